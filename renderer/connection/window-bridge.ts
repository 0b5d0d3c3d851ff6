import type { WindowBridge } from '../../electron/contract/bridge.ts';

/** Returns the functions that only the window has; undefined in a browser tab. */
export function getWindowBridge(): WindowBridge | undefined {
	return (globalThis as { assay?: WindowBridge }).assay;
}
