import { sha256OfFile } from '../../../models/library/hash.ts';
import type { Comparison } from '../../contract/comparison/comparison.ts';
import type { ComparisonContext } from '../context.ts';

/** With the hash of every file that is still there: the library computes them in the background, and may not be done. */
export async function addHashes(
	{ library }: Pick<ComparisonContext, 'library'>,
	comparison: Comparison,
): Promise<Comparison> {
	const rows = [];
	for (const row of comparison.rows) {
		const { modelFileId } = row;
		const open = row.sha256 === null && modelFileId !== null;
		// A file that can't be read any more only stays unknown to the other computer.
		const sha256 = open ? await sha256OfFile(library.modelFile(modelFileId).path).catch(() => null) : row.sha256;
		rows.push({ ...row, sha256 });
	}
	return { ...comparison, rows };
}
