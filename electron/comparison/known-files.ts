import { overallQuality } from '../contract/comparison/overall-quality.ts';
import type { Comparison, ComparisonSummary, KnownFile } from '../contract/comparison/schema.ts';

/** Comparisons that are looked through, newest first. */
const recent = 20;

/** The newest figures of each library file, from the comparisons that were measured to their end on this computer. */
export function findKnownFiles(
	summaries: readonly ComparisonSummary[],
	view: (id: number) => Comparison,
): readonly KnownFile[] {
	const known = new Map<number, KnownFile>();
	const done = summaries.filter(({ status, importedFrom }) => status === 'done' && importedFrom === null);
	for (const { id } of done.slice(0, recent)) {
		for (const row of view(id).rows) {
			const { modelFileId, generation, reference } = row;
			if (modelFileId === null || known.has(modelFileId)) continue;
			const quality = reference ? undefined : overallQuality(row);
			known.set(modelFileId, {
				modelFileId,
				sameTop: quality?.sameTop ?? null,
				klDivergence: quality?.klDivergence ?? null,
				generation: generation?.median ?? null,
			});
		}
	}
	return [...known.values()];
}
