import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { samplingChoicesSchema } from '../../models/contract/sampling.ts';
import type { SamplingChoices } from '../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, get, run, transaction } from '../database/sql.ts';

/** One row of the list, without the text. */
export interface PageRow {
	readonly id: number;
	readonly title: string;
	readonly characters: number;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly deletedAt: number | null;
}

/** One page with its text. */
export interface StoredPage extends Omit<PageRow, 'characters'> {
	readonly titleSource: 'automatic' | 'user';
	readonly text: string;
	readonly revision: number;
	readonly modelFileId: number | null;
	readonly sampling: SamplingChoices;
}

const entryColumns = `id, title, length(text) AS characters, created_at AS createdAt, updated_at AS updatedAt,
	deleted_at AS deletedAt`;

/** Pages outside the trash, last changed first. */
export const newestPages = `SELECT ${entryColumns} FROM pages INDEXED BY pages_newest
	WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT :limit`;

/** Pages in the trash, last deleted first. */
export const trashedPages = `SELECT ${entryColumns} FROM pages INDEXED BY pages_trash
	WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, id DESC LIMIT :limit`;

export function listPageRows(database: ReadableDatabase, trash: boolean, limit: number): readonly PageRow[] {
	return all(database, trash ? trashedPages : newestPages, { limit });
}

/** Counts the pages outside the trash and in it. */
export function countPages(database: ReadableDatabase): { readonly total: number; readonly inTrash: number } {
	const sql = `SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS total,
		count(*) FILTER (WHERE deleted_at IS NOT NULL) AS inTrash FROM pages`;
	return get<{ total: number; inTrash: number }>(database, sql) ?? { total: 0, inTrash: 0 };
}

/** Reads a page, also one in the trash. Throws Failure `page-unknown`. */
export function getPage(database: ReadableDatabase, id: number): StoredPage {
	const row = get<Omit<StoredPage, 'sampling'> & { sampling: string }>(
		database,
		`SELECT id, title, title_source AS titleSource, text, revision, model_file_id AS modelFileId, sampling,
			created_at AS createdAt, updated_at AS updatedAt, deleted_at AS deletedAt FROM pages WHERE id = :id`,
		{ id },
	);
	if (row === undefined) throw pageUnknown(id);
	const parsed = samplingChoicesSchema.safeParse(JSON.parse(row.sampling));
	return { ...row, sampling: parsed.success ? parsed.data : {} };
}

function pageUnknown(id: number): Failure {
	return new Failure({
		code: 'page-unknown',
		message: said`There is no page with the number ${id}.`,
		next: [said`Choose another page`, said`Start a new one`],
	});
}

/** Model and values of the page changed last, which a new page starts with. */
export function lastChoices(database: ReadableDatabase): Pick<StoredPage, 'modelFileId' | 'sampling'> | null {
	const [last] = listPageRows(database, false, 1);
	return last === undefined ? null : getPage(database, last.id);
}

export function insertPage(
	database: WritableDatabase,
	page: Pick<StoredPage, 'title' | 'titleSource' | 'text' | 'modelFileId' | 'sampling'>,
	now: number,
): number {
	const { title, titleSource, text, modelFileId, sampling } = page;
	const sql = `INSERT INTO pages (title, title_source, text, model_file_id, sampling, created_at, updated_at)
		VALUES (:title, :titleSource, :text, :modelFileId, :sampling, :now, :now)`;
	const values = { title, titleSource, text, modelFileId, sampling: JSON.stringify(sampling), now };
	return run(database, sql, values).id;
}

/** Replaces title and text; the revision counts it. */
export function writeText(
	database: WritableDatabase,
	{ id, title, text }: Pick<StoredPage, 'id' | 'title' | 'text'>,
	now: number,
): void {
	const sql = `UPDATE pages SET title = :title, text = :text, revision = revision + 1, updated_at = :now WHERE id = :id`;
	run(database, sql, { id, title, text, now });
}

export function writeTitle(
	database: WritableDatabase,
	{ id, title, titleSource }: Pick<StoredPage, 'id' | 'title' | 'titleSource'>,
): void {
	const sql = 'UPDATE pages SET title = :title, title_source = :titleSource WHERE id = :id';
	run(database, sql, { id, title, titleSource });
}

export function writeChoices(
	database: WritableDatabase,
	{ id, modelFileId, sampling }: Pick<StoredPage, 'id' | 'modelFileId' | 'sampling'>,
): void {
	const sql = 'UPDATE pages SET model_file_id = :modelFileId, sampling = :sampling WHERE id = :id';
	run(database, sql, { id, modelFileId, sampling: JSON.stringify(sampling) });
}

/** Moves a page to the trash, or out of it with null. */
export function writeDeletedAt(database: WritableDatabase, id: number, deletedAt: number | null): void {
	run(database, 'UPDATE pages SET deleted_at = :deletedAt WHERE id = :id', { id, deletedAt });
}

/** Stores what is being written at a place of the page; null: nothing is being written any more. */
export function writeInserted(database: WritableDatabase, id: number, at: number | null, inserted: string): void {
	run(database, 'UPDATE pages SET insert_at = :at, inserted = :inserted WHERE id = :id', { id, at, inserted });
}

/** Pages that were being written on when their process ended. */
export const pagesBeingWritten = `SELECT id, insert_at AS at, inserted FROM pages INDEXED BY pages_written
	WHERE insert_at IS NOT NULL`;

export function listPagesBeingWritten(
	database: ReadableDatabase,
): readonly { readonly id: number; readonly at: number; readonly inserted: string }[] {
	return all(database, pagesBeingWritten);
}

/** Deletes pages of the trash: those deleted up to `until`, or only `ids` of them. Returns how many. */
export function deleteTrashed(database: WritableDatabase, until: number, ids: readonly number[] | null): number {
	if (ids === null) {
		return run(database, 'DELETE FROM pages WHERE deleted_at IS NOT NULL AND deleted_at <= :until', { until }).changes;
	}
	const sql = 'DELETE FROM pages WHERE id = :id AND deleted_at IS NOT NULL AND deleted_at <= :until';
	return transaction(database, () => ids.reduce((sum, id) => sum + run(database, sql, { id, until }).changes, 0));
}
