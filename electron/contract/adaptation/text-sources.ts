import type { TrainingRun } from './schema.ts';

/** The collections, or the files and folders, whose texts a run learns, as its manifest has them; empty: a dataset. */
export function textSources({ manifest: { data } }: Pick<TrainingRun, 'manifest'>): readonly string[] {
	if (typeof data !== 'object' || data === null) return [];
	const { collections, paths } = data as Readonly<Partial<Record<'collections' | 'paths', readonly string[]>>>;
	return collections ?? paths ?? [];
}
