import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { closeDatabase, connect } from '../connect.ts';
import { isDamage } from '../database-failure.ts';
import { pendingMigrations, readMigrations } from '../migrations.ts';
import { inspectFile, runFileTask } from '../reader.ts';
import type { FileContents } from '../reader-protocol.ts';

export interface RestoreOptions {
	/** The database in use. */
	readonly path: string;
	/** Any database of Assay, also one that another Assay has open. */
	readonly source: string;
	readonly migrationsFolder: string;
	readonly readerEntry: URL;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/** A checked copy of a backup, in this Assay's schema, ready to take over. */
export interface PreparedRestore {
	readonly contents: FileContents;
	/**
	 * Puts it in the place of all that the open database holds, in one transaction: whoever reads meanwhile sees the old
	 * content, and a process that dies leaves it.
	 */
	replace(): Promise<void>;
	/** Removes the copy. */
	discard(): void;
}

/**
 * Makes ready what `source` holds; the database in use is not touched. Throws Failure `backup-missing`,
 * `backup-damaged`, `not-a-backup`, `database-newer`, `disk-full`.
 */
export async function prepareRestore(options: RestoreOptions): Promise<PreparedRestore> {
	const { path, readerEntry, now } = options;
	const source = resolve(options.source);
	requireFile(source);
	const draft = draftOf(path);
	removeDraft(path);
	try {
		const verdict = await runFileTask({ kind: 'copy', path: source, target: draft }, readerEntry).catch(
			(error: unknown) => faultOf(error, source),
		);
		if (verdict !== 'ok') throw damaged(source, verdict);
		const contents = await contentsOf(draft, source, readerEntry);
		requireKnownSchema(draft, options.migrationsFolder);
		await runFileTask({ kind: 'migrate', path: draft, migrationsFolder: options.migrationsFolder, now }, readerEntry);
		return {
			contents,
			async replace() {
				await runFileTask({ kind: 'replace', path: draft, target: path }, readerEntry);
			},
			discard: () => removeDraft(path),
		};
	} catch (error) {
		removeDraft(path);
		throw error;
	}
}

function draftOf(path: string): string {
	return `${path}.restoring`;
}

/** Removes the copy that a process left which died while restoring into the database at `path`. */
export function removeDraft(path: string): void {
	for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${draftOf(path)}${suffix}`, { force: true });
}

/** Throws Failure `database-newer` or `migration-changed` where this Assay does not know the copy's tables. */
function requireKnownSchema(draft: string, migrationsFolder: string): void {
	const copy = connect(draft);
	try {
		pendingMigrations(copy, readMigrations(migrationsFolder));
	} finally {
		closeDatabase(copy);
	}
}

export function requireFile(path: string): void {
	if (existsSync(path)) return;
	throw new Failure({
		code: 'backup-missing',
		message: `There is no file at ${path}.`,
		next: ['Check the path', 'Choose a backup of the list'],
	});
}

async function contentsOf(draft: string, source: string, readerEntry: URL): Promise<FileContents> {
	const { contents } = await inspectFile(draft, readerEntry).catch((error: unknown) => {
		throw notABackup(source, error);
	});
	if (contents === undefined || contents.schema === 0) throw notABackup(source, null);
	return contents;
}

/** What is wrong with the file itself, in SQLite's words; everything else is thrown on. */
function faultOf(error: unknown, source: string): string {
	if (!isDamage(error)) throw error;
	const detail = error instanceof Failure ? error.detail : undefined;
	return detail ?? `${source} is no database`;
}

function damaged(source: string, verdict: string): Failure {
	return new Failure({
		code: 'backup-damaged',
		message: `${source} is damaged or no database, so it was not restored. Nothing was changed.`,
		next: ['Choose another backup'],
		detail: verdict,
	});
}

function notABackup(source: string, error: unknown): Failure {
	return new Failure({
		code: 'not-a-backup',
		message: `${source} is a database, but not one of Assay. Nothing was changed.`,
		next: ['Choose a backup that Assay made', 'Or the assay.db of another data folder'],
		...(error instanceof Error ? { detail: error.message } : {}),
	});
}
