import type { Comparison } from '../../contract/comparison/comparison.ts';
import type { SideBySide } from '../../contract/comparison/exchange.ts';
import type { ReadableDatabase } from '../../database/handle.ts';
import { all } from '../../database/sql.ts';
import { compareSideBySide } from './beside.ts';

interface Row {
	readonly id: number;
	readonly imported: number;
	readonly sha256: string;
}

/** Which files each comparison is of, by their weights. Newest first. */
function filesOf(database: ReadableDatabase): readonly Row[] {
	return all<Row>(
		database,
		`SELECT c.id, 0 AS imported, f.sha256, c.created_at AS at FROM comparisons c
		 JOIN comparison_candidates p ON p.comparison_id = c.id JOIN model_files f ON f.id = p.model_file_id
		 WHERE f.sha256 IS NOT NULL
		 UNION ALL
		 SELECT c.id, 1, value ->> 'sha256', c.created_at FROM comparisons c, json_each(c.imported, '$.rows')
		 WHERE c.imported IS NOT NULL AND value ->> 'sha256' IS NOT NULL
		 ORDER BY at DESC, 1 DESC`,
	);
}

/**
 * A comparison and one of the same files from another computer, side by side. Of a comparison made here only imported
 * ones are partners, of an imported one all others. `otherId` null: the newest.
 */
export function findSideBySide(
	database: ReadableDatabase,
	view: (id: number) => Comparison,
	id: number,
	otherId: number | null,
): SideBySide {
	const first = view(id);
	const own = new Set(first.rows.flatMap(({ sha256 }) => sha256 ?? []));
	const ids = new Set(
		filesOf(database).flatMap((row) =>
			row.id !== id && own.has(row.sha256) && (row.imported === 1 || first.importedFrom !== null) ? [row.id] : [],
		),
	);
	const partners = [...ids].map(view);
	const chosen = partners.find((one) => one.id === otherId) ?? partners[0];
	return {
		partners: partners.map(({ id: partnerId, title, importedFrom }) => ({
			id: partnerId,
			title,
			machine: importedFrom,
		})),
		pair: chosen === undefined ? null : compareSideBySide(first, chosen),
	};
}
