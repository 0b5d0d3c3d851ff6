import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { ParserPool } from '../../parsing/parser-pool.ts';
import { ParserStopped } from '../../parsing/parser-stopped.ts';
import { closeDatabase, connect } from '../connect.ts';
import { isDamage } from '../database-failure.ts';
import { createForeignFilePool, runForeignFileTask } from '../foreign-file.ts';
import { pendingMigrations, readMigrations } from '../migrations.ts';
import { runFileTask } from '../reader.ts';
import type { FileContents } from '../reader-protocol.ts';
import { carryDeletions } from './carry-deletions.ts';

export interface RestoreOptions {
	/** Path of the database in use. */
	readonly path: string;
	/** Path of any Assay database, even one that another Assay has open. */
	readonly source: string;
	readonly migrationsFolder: string;
	readonly readerEntry: URL;
	/** A real Node binary for the process that reads the file; default: the one that runs this process. */
	readonly nodeBinary?: string | undefined;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/** A checked copy of a backup with this Assay's schema, ready to replace the data. */
export interface PreparedRestore {
	readonly contents: FileContents;
	/**
	 * Replaces the whole contents of the open database with the copy, in one transaction: readers meanwhile see the old
	 * contents, and so does the next start if the process dies. The times of deletions stay known.
	 */
	replace(): Promise<void>;
	/** Removes the copy. */
	discard(): void;
}

/**
 * Prepares a restore from `source` without touching the database in use. Throws Failure `backup-missing`,
 * `backup-damaged`, `not-a-backup`, `database-newer`, `disk-full`.
 */
export async function prepareRestore(options: RestoreOptions): Promise<PreparedRestore> {
	const { path, readerEntry, now } = options;
	const source = resolve(options.source);
	requireFile(source);
	const draft = draftOf(path);
	removeDraft(path);
	const pool = createForeignFilePool(source, { entry: readerEntry, nodeBinary: options.nodeBinary });
	try {
		const verdict = await runForeignFileTask({ kind: 'copy', path: source, target: draft }, pool).then(
			(result) => result.verdict,
			(error: unknown) => faultOf(error, source),
		);
		if (verdict !== 'ok') throw damaged(source, verdict);
		const contents = await contentsOf(draft, source, pool);
		const { migrationsFolder } = options;
		requireKnownSchema(draft, migrationsFolder);
		await runForeignFileTask({ kind: 'migrate', path: draft, migrationsFolder, now }, pool, source);
		return {
			contents,
			async replace() {
				carryDeletions(path, draft);
				await runFileTask({ kind: 'replace', path: draft, target: path }, readerEntry);
			},
			discard: () => removeDraft(path),
		};
	} catch (error) {
		removeDraft(path);
		throw error;
	} finally {
		await pool.close();
	}
}

function draftOf(path: string): string {
	return `${path}.restoring`;
}

/** Deletes the copy left by a process that died during a restore into the database at `path`. */
export function removeDraft(path: string): void {
	for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${draftOf(path)}${suffix}`, { force: true });
}

/** Throws Failure `database-newer` or `migration-changed` if this Assay does not know the copy's schema. */
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
		message: said`There is no file at ${path}.`,
		next: [said`Check the path`, said`Or choose a backup from the list`],
	});
}

async function contentsOf(draft: string, source: string, pool: ParserPool): Promise<FileContents> {
	const { contents } = await runForeignFileTask({ kind: 'inspect', path: draft }, pool, source).catch(
		(error: unknown) => {
			throw isLimit(error) ? error : notABackup(source, error);
		},
	);
	if (contents === undefined || contents.schema === 0) throw notABackup(source, null);
	return contents;
}

/** A file that exceeds a limit may be a backup or not. */
function isLimit(error: unknown): boolean {
	return error instanceof Failure && error.cause instanceof ParserStopped;
}

/** Returns what is wrong with the file itself, in SQLite's words; throws every other error. */
function faultOf(error: unknown, source: string): string {
	if (!isDamage(error)) throw error;
	const detail = error instanceof Failure ? error.detail : undefined;
	return detail ?? `${source} isn’t a database`;
}

function damaged(source: string, verdict: string): Failure {
	return new Failure({
		code: 'backup-damaged',
		message: said`${source} is damaged or not a database. Nothing was changed.`,
		next: [said`Choose another backup`],
		detail: verdict,
	});
}

function notABackup(source: string, error: unknown): Failure {
	return new Failure({
		code: 'not-a-backup',
		message: said`${source} is a database, but not Assay’s. Nothing was changed.`,
		next: [said`Choose a backup made by Assay`, said`Or the assay.db of another data folder`],
		...(error instanceof Error ? { detail: error.message } : {}),
	});
}
