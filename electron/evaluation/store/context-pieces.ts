import type { ContextPiece } from '../../conversation/context-builder.ts';
import { type PieceColumns, pieceOf, sourceValues } from '../../conversation/store/context-pieces.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, run } from '../../database/sql.ts';

/** Stores what was put into the prompt of an output, in a transaction. What was deleted since leaves no words here. */
export function insertOutputPieces(
	database: WritableDatabase,
	outputId: number,
	pieces: readonly ContextPiece[],
): void {
	for (const [position, { kind, place, text, source }] of pieces.entries()) {
		const { sourceMessageId: _, ...values } = sourceValues(source);
		run(
			database,
			`INSERT INTO eval_context_pieces (output_id, position, kind, place, text, number, title, document_id, page,
			   heading, start_at, end_at, is_whole)
			 SELECT :outputId, :position, :kind, :place, :text, :number, :title, :documentId, :page, :heading, :start, :end,
			   :whole
			 WHERE :documentId IS NULL OR EXISTS (SELECT 1 FROM documents WHERE id = :documentId)`,
			{ outputId, position, kind, place, text, ...values },
		);
	}
}

/** Gives an output the pieces of the one that a row has now. */
export function copyOutputPieces(database: WritableDatabase, resultId: number, outputId: number): void {
	run(
		database,
		`INSERT INTO eval_context_pieces (output_id, position, kind, place, text, number, title, document_id, page, heading,
		   start_at, end_at, is_whole)
		 SELECT :outputId, position, kind, place, text, number, title, document_id, page, heading, start_at, end_at, is_whole
		 FROM eval_context_pieces WHERE output_id = (SELECT output_id FROM eval_results WHERE id = :resultId)`,
		{ resultId, outputId },
	);
}

export const piecesOfResults = `SELECT r.id AS resultId, p.kind, p.place, p.text, p.number, p.title,
    p.document_id AS documentId, NULL AS sourceMessageId, p.page, p.heading, p.start_at AS start, p.end_at AS end,
    p.is_whole AS whole
  FROM json_each(:ids) i CROSS JOIN eval_results r ON r.id = i.value
  CROSS JOIN eval_context_pieces p ON p.output_id = r.output_id ORDER BY r.id, p.position`;

/** Returns what was put into the prompts of these rows, by row; those without anything are missing. */
export function piecesOf(
	database: ReadableDatabase,
	resultIds: readonly number[],
): ReadonlyMap<number, readonly ContextPiece[]> {
	const rows = all<PieceColumns & { resultId: number }>(database, piecesOfResults, { ids: JSON.stringify(resultIds) });
	return new Map([...Map.groupBy(rows, ({ resultId }) => resultId)].map(([id, some]) => [id, some.map(pieceOf)]));
}
