import type { ReadableDatabase, WritableDatabase } from '../../database/handle.ts';
import { all, run } from '../../database/sql.ts';

export interface StoredCandidate {
	readonly id: number;
	readonly position: number;
	readonly name: string;
	readonly modelFileId: number | null;
	/** Of the file in the library; null: not known, or out of it. */
	readonly sha256: string | null;
	readonly path: string;
	readonly quantization: string;
	readonly produce: boolean;
	readonly sizeBytes: number | null;
	readonly bitsPerWeight: number | null;
	readonly fallbacks: number | null;
	/** Left out of what is measured and decided; what was measured of it is kept. */
	readonly dropped: boolean;
}

/** A file that takes part, before it is kept. */
export type NewCandidate = Omit<StoredCandidate, 'id' | 'sha256' | 'dropped'>;

export interface StoredText {
	readonly position: number;
	readonly category: string;
	readonly path: string;
}

/** Files that take part, the reference first; `dropped` those that were left out of it since. */
export function candidatesOf(
	database: ReadableDatabase,
	comparisonId: number,
	{ dropped = false }: { readonly dropped?: boolean } = {},
): readonly StoredCandidate[] {
	const rows = all<Omit<StoredCandidate, 'produce' | 'dropped'> & { produce: number }>(
		database,
		`SELECT id, position, name, model_file_id AS modelFileId, path, quantization, produce, size_bytes AS sizeBytes,
		 bits_per_weight AS bitsPerWeight, fallbacks,
		 (SELECT sha256 FROM model_files WHERE model_files.id = model_file_id) AS sha256
		 FROM comparison_candidates WHERE comparison_id = :comparisonId AND dropped = :dropped ORDER BY position`,
		{ comparisonId, dropped: dropped ? 1 : 0 },
	);
	return rows.map((row) => ({ ...row, produce: row.produce === 1, dropped }));
}

export function textsOf(database: ReadableDatabase, comparisonId: number): readonly StoredText[] {
	return all<StoredText>(
		database,
		'SELECT position, category, path FROM comparison_texts WHERE comparison_id = :comparisonId ORDER BY position',
		{ comparisonId },
	);
}

/** A file that was made is in the library now. */
export function setProduced(
	database: WritableDatabase,
	candidateId: number,
	produced: Pick<StoredCandidate, 'modelFileId' | 'sizeBytes' | 'bitsPerWeight' | 'fallbacks'>,
): void {
	run(
		database,
		`UPDATE comparison_candidates SET model_file_id = :modelFileId, size_bytes = :sizeBytes,
		 bits_per_weight = :bitsPerWeight, fallbacks = :fallbacks WHERE id = :candidateId`,
		{ candidateId, ...produced },
	);
}

/** Leaves a file out, or takes it in again. */
export function setDropped(database: WritableDatabase, candidateId: number, dropped: boolean): void {
	run(database, 'UPDATE comparison_candidates SET dropped = :dropped WHERE id = :candidateId', {
		candidateId,
		dropped: dropped ? 1 : 0,
	});
}
