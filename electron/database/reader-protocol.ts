import type { Parameters } from './sql.ts';

/** What the thread is started for: to answer queries until it is ended, or for one long task. */
export type ReaderTask = { readonly kind: 'serve'; readonly path: string } | FileTask;

export type FileTask =
	/** Checks a database that is in use. */
	| { readonly kind: 'check'; readonly path: string }
	/** Checks a copy and turns it into a single file that needs no log beside it. */
	| { readonly kind: 'verify'; readonly path: string }
	/** Copies a database that is in use to `target`, then does the same with the copy. */
	| { readonly kind: 'copy'; readonly path: string; readonly target: string }
	/** Checks a file and says what it holds. */
	| { readonly kind: 'inspect'; readonly path: string }
	/** Puts all that `path` holds in the place of all that `target` holds, while that is in use, in one transaction. */
	| { readonly kind: 'replace'; readonly path: string; readonly target: string }
	/** Brings a database that nobody has open to this schema. */
	| { readonly kind: 'migrate'; readonly path: string; readonly migrationsFolder: string; readonly now: number }
	/** Gives the room that deleted rows left back to the disk. */
	| { readonly kind: 'compact'; readonly path: string };

/** What a database of Assay holds. Times in ms since 1970. */
export interface FileContents {
	readonly schema: number;
	readonly conversations: number;
	readonly messages: number;
	readonly newestAt: number | null;
}

/** 'ok' or the first faults of the file, with its contents where they were asked for and can be read. */
export interface FileTaskResult {
	readonly verdict: string;
	readonly contents?: FileContents;
}

/** An error where the task could not be done. */
export type FileTaskAnswer = FileTaskResult | { readonly error: string; readonly code: string | null };

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
