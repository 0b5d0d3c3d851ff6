import type { Parameters } from '../sql.ts';

/** What a reader thread is started for: to answer queries, or to check one file and end. */
export type ReaderTask = { readonly kind: 'serve' | 'verify'; readonly path: string };

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
