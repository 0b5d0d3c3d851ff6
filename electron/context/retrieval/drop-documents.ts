import type { ReadableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { writeInTurns } from '../../jobs/write-in-turns.ts';
import { deleteSomeChunks } from './chunk-store.ts';
import type { RetrievalContext } from './context.ts';
import { type DocumentRow, documentsOfSource, setRemoved, touchIndex } from './store.ts';

type Context = Pick<RetrievalContext, 'database' | 'clock'>;

const leaving = 'FROM documents INDEXED BY documents_leaving WHERE leaving = 1 AND collection_id = :collectionId';
/** Sources that were taken out, where an earlier process ended before it had marked all of their documents. */
const leftSources = `FROM document_sources
	WHERE removed_at IS NOT NULL AND documents > 0 AND collection_id = :collectionId`;

/** Whether documents that left a collection, or can't be read, still have chunks in the index. */
export function hasLeaving(database: ReadableDatabase, collectionId: number): boolean {
	const sql = `SELECT EXISTS (SELECT 1 ${leaving}) OR EXISTS (SELECT 1 ${leftSources}) AS has`;
	return get<{ has: number }>(database, sql, { collectionId })?.has === 1;
}

/**
 * Takes the chunks of documents that were removed, or can't be read, out of the index. Those of a document that is to be
 * read again meanwhile stay until then. Throws the signal's reason.
 */
export async function dropLeaving(
	{ database, clock }: Context,
	collectionId: number,
	signal: AbortSignal,
	progress: (done: number, total: number) => void = () => {},
): Promise<void> {
	const sources = all<{ id: number; at: number }>(database, `SELECT id, removed_at AS at ${leftSources}`, {
		collectionId,
	});
	for (const { id, at } of sources) await removeDocumentsOf(database, id, at, signal);
	const total = get<{ n: number }>(database, `SELECT count(*) AS n ${leaving}`, { collectionId })?.n ?? 0;
	if (total === 0) return;
	let done = 0;
	function* documents(): Generator<number, void> {
		for (;;) {
			const document = get<{ id: number }>(database, `SELECT id ${leaving} LIMIT 1`, { collectionId });
			if (document === undefined) return;
			yield document.id;
		}
	}
	const drop = (id: number): void => {
		if (deleteSomeChunks(database, id)) return;
		run(database, 'UPDATE documents SET leaving = 0 WHERE id = :id', { id });
		done += 1;
		progress(done, Math.max(done, total));
	};
	try {
		await writeInTurns(database, documents(), drop, { signal });
	} finally {
		// Once: after each time, a search compares what it holds with every vector that is there.
		touchIndex(database, collectionId, clock());
	}
}

/** Does so in every collection, also those in the trash. */
export async function dropAllLeaving(context: Context, signal: AbortSignal): Promise<void> {
	for (const { id } of all<{ id: number }>(context.database, 'SELECT id FROM collections'))
		await dropLeaving(context, id, signal);
}

/** Marks the documents of a source as taken out at a time, ms since 1970; returns the ids of those that were not before. */
export async function removeDocumentsOf(
	database: Context['database'],
	sourceId: number,
	at: number,
	signal?: AbortSignal,
): Promise<number[]> {
	const ids: number[] = [];
	const remove = ({ id }: DocumentRow): void => {
		if (setRemoved(database, id, at)) ids.push(id);
	};
	await writeInTurns(database, documentsOfSource(database, sourceId), remove, { signal });
	return ids;
}
