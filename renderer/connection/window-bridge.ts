import type { WindowBridge } from '../../electron/contract/bridge.ts';

/** What only the window can do; undefined in a browser tab. */
export function getWindowBridge(): WindowBridge | undefined {
	return (globalThis as { assay?: WindowBridge }).assay;
}
