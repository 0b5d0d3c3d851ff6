import type { ScanEvent } from '../../models/scan/scan-folders.ts';

/** Input of the scanning thread. */
export interface ScanTask {
	readonly paths: readonly string[];
	/** One number, see `flag`. */
	readonly flags: Int32Array;
}

/** Indices in `flags`; 1 means yes. */
export const flag = { cancel: 0 } as const;

export type ScanMessage = { readonly events: readonly ScanEvent[] } | { readonly done: true };

/**
 * Location of the worker's code: next to this file in a checkout, or next to the bundle under its name in the build.
 */
export const defaultScanEntry = new URL(
	import.meta.url.endsWith('.ts') ? './scan-worker.ts' : './scan-worker.js',
	import.meta.url,
);
