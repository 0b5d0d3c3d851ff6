import type { ScanEvent } from '../../models/scan/scan-folders.ts';

/** What the scanning thread is started with. */
export interface ScanTask {
	readonly paths: readonly string[];
	/** One number, see `flag`. */
	readonly flags: Int32Array;
}

/** Places in `flags`; 1 means yes. */
export const flag = { cancel: 0 } as const;

export type ScanMessage = { readonly events: readonly ScanEvent[] } | { readonly done: true };

/** Where the thread's code lies: beside this file in a checkout, or beside the bundle under the name a build gives it. */
export const defaultScanEntry = new URL(
	import.meta.url.endsWith('.ts') ? './scan-worker.ts' : './scan-worker.js',
	import.meta.url,
);
