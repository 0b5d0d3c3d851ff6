import { type Summary, summarise } from './summarise.ts';

/** A row of scores with what it is grouped by. */
export interface TaggedValue {
	readonly value: number | null;
	readonly tags: readonly string[];
	readonly cluster: string | null;
}

/** The mean of each tag, by name; a row counts for each of its tags, once. Tags of which nothing was scored are left out. */
export function summariseByTag(rows: readonly TaggedValue[]): readonly (Summary & { readonly tag: string })[] {
	const groups = new Map<string, TaggedValue[]>();
	for (const row of rows) {
		for (const tag of new Set(row.tags)) {
			const group = groups.get(tag);
			if (group === undefined) groups.set(tag, [row]);
			else group.push(row);
		}
	}
	return [...groups]
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.flatMap(([tag, group]) => {
			const clusters = group.some(({ cluster }) => cluster !== null) ? group.map(({ cluster }) => cluster) : null;
			const summary = summarise(
				group.map(({ value }) => value),
				clusters,
			);
			return summary === null ? [] : [{ tag, ...summary }];
		});
}
