import { getWindowBridge } from './window-bridge.ts';

/** How long the browser may take to begin with a download, ms. */
const keptMs = 10_000;

/**
 * Saves a text made of `parts`: where the person says (window), or as a download (browser tab). The path where it is
 * known, '' where only the browser knows it, null where the person cancelled.
 */
export async function saveText(fileName: string, parts: readonly string[]): Promise<string | null> {
	const bridge = getWindowBridge();
	if (bridge) return bridge.saveText({ fileName, text: parts.join('') });
	const address = URL.createObjectURL(new Blob([...parts], { type: 'text/plain' }));
	const link = document.createElement('a');
	link.href = address;
	link.download = fileName;
	link.click();
	setTimeout(() => URL.revokeObjectURL(address), keptMs);
	return '';
}
