import type { Parameters } from './sql.ts';

/** What the thread is for: answering queries until it is ended, or one long task. */
export type ReaderTask = { readonly kind: 'serve'; readonly path: string } | FileTask;

export type FileTask =
	/** Checks a database that is in use. */
	| { readonly kind: 'check'; readonly path: string }
	/** Checks a copy and turns it into a single file that needs no separate log. */
	| { readonly kind: 'verify'; readonly path: string }
	/** Copies a database in use to `target`, then verifies the copy in the same way. */
	| { readonly kind: 'copy'; readonly path: string; readonly target: string }
	/** Checks a file and reads its contents. */
	| { readonly kind: 'inspect'; readonly path: string }
	/** Replaces everything in `target`, while it is in use, with everything in `path`, in one transaction. */
	| { readonly kind: 'replace'; readonly path: string; readonly target: string }
	/** Migrates a database that nobody has open to this schema. */
	| { readonly kind: 'migrate'; readonly path: string; readonly migrationsFolder: string; readonly now: number }
	/** Returns the space of deleted rows to the disk. */
	| { readonly kind: 'compact'; readonly path: string };

/** Contents of an Assay database. Times in ms since 1970. */
export interface FileContents {
	readonly schema: number;
	readonly conversations: number;
	readonly messages: number;
	readonly newestAt: number | null;
}

/** 'ok' or the first faults of the file; with its contents if they were requested and are readable. */
export interface FileTaskResult {
	readonly verdict: string;
	readonly contents?: FileContents;
}

/** An error if the task failed. */
export type FileTaskAnswer = FileTaskResult | { readonly error: string; readonly code: string | null };

export type ReaderRequest = { readonly id: number; readonly sql: string; readonly parameters: Parameters };

export type ReaderAnswer =
	| { readonly id: number; readonly rows: readonly unknown[] }
	| { readonly id: number; readonly error: string; readonly code: string | null };

/**
 * Address of the thread's code: next to this file, as TypeScript in a checkout or under its name in a build
 * (`reader-worker.js`). A host that puts it elsewhere passes its own address.
 */
export const defaultReaderEntry = new URL(
	import.meta.url.endsWith('.ts') ? './reader-worker.ts' : './reader-worker.js',
	import.meta.url,
);
