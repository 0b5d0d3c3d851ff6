import type { Parameters } from '../sql.ts';

/** What the thread is started for: to answer queries until it is ended, or for one long task. */
export type ReaderTask = { readonly kind: 'serve'; readonly path: string } | FileTask;

export type FileTask =
	/** Checks a database that is in use. */
	| { readonly kind: 'check'; readonly path: string }
	/** Checks a copy and turns it into a single file that needs no log beside it. */
	| { readonly kind: 'verify'; readonly path: string }
	/** Copies a database that is in use to `target`, then does the same with the copy. */
	| { readonly kind: 'copy'; readonly path: string; readonly target: string };

/** 'ok' or the first faults of the file; an error where it could not be copied. */
export type FileTaskAnswer = { readonly verdict: string } | { readonly error: string; readonly code: string | null };

export type ReaderRequest = { readonly id: number; readonly sql: string; readonly parameters: Parameters };

export type ReaderAnswer =
	| { readonly id: number; readonly rows: readonly unknown[] }
	| { readonly id: number; readonly error: string; readonly code: string | null };

/**
 * Where the thread's code lies: beside this file, as TypeScript in a checkout, or under the name that a build gives
 * it (`reader-worker.js`). A host that puts it elsewhere passes its own address.
 */
export const defaultReaderEntry = new URL(
	import.meta.url.endsWith('.ts') ? './reader-worker.ts' : './reader-worker.js',
	import.meta.url,
);
