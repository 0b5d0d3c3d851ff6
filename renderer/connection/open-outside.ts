import { getWindowBridge } from './window-bridge.ts';

/**
 * Opens a web address in the user's browser; from a browser tab, in a new one. Only within moments of a click or a key
 * of the user: otherwise does nothing and returns false. The window's main process checks the same on its own.
 */
export async function openOutside(address: string): Promise<boolean> {
	if (!navigator.userActivation.isActive) return false;
	const bridge = getWindowBridge();
	if (bridge) await bridge.openLink(address);
	else window.open(address, '_blank', 'noopener,noreferrer');
	return true;
}
