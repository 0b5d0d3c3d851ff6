import type { SampleFilter } from '../../contract/dataset/schema.ts';
import type { SqlValue } from '../../database/sql.ts';

/** Condition on `dataset_version_samples m` alone. */
export const splitCondition = '(:splits IS NULL OR m.split IN (SELECT value FROM json_each(:splits)))';

/** Conditions that also read `samples s`. The text of the query is the same for every filter. */
export const sampleCondition = `${splitCondition}
  AND (:ids IS NULL OR s.id IN (SELECT value FROM json_each(:ids)))
  AND (:target IS NULL OR (s.target IS NOT NULL) = :target)
  AND (:tags IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(:tags) w WHERE
    CASE w.value WHEN '' THEN s.tags <> '[]'
      ELSE NOT EXISTS (SELECT 1 FROM json_each(s.tags) t WHERE t.value = w.value) END))
  AND (:patterns IS NULL OR EXISTS (SELECT 1 FROM json_each(:patterns) p WHERE
    s.input LIKE p.value ESCAPE '\\' OR s.target LIKE p.value ESCAPE '\\' OR s.key LIKE p.value ESCAPE '\\'
    OR s.choices LIKE p.value ESCAPE '\\'))`;

export type FilterParameters = Readonly<Record<'splits' | 'ids' | 'target' | 'tags' | 'patterns', SqlValue>>;

export function filterParameters(filter: SampleFilter): FilterParameters {
	const list = (values: readonly (string | number)[] | undefined): string | null =>
		values === undefined || values.length === 0 ? null : JSON.stringify(values);
	return {
		splits: list(filter.splits),
		ids: filter.ids === undefined ? null : JSON.stringify(filter.ids),
		target: filter.target === undefined ? null : filter.target === 'some' ? 1 : 0,
		tags: list(filter.tags),
		patterns: list(patternsOf(filter.text ?? '')),
	};
}

/** Returns true if the filter uses only the split, so that no samples need to be read. */
export function isBySplitOnly(filter: SampleFilter): boolean {
	const { text, tags, ids, target } = filter;
	return (text ?? '') === '' && (tags ?? []).length === 0 && ids === undefined && target === undefined;
}

/** LIKE ignores case only for English letters; other letters are searched in both cases. */
function patternsOf(text: string): string[] {
	if (text === '') return [];
	const escaped = text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
	return [...new Set([escaped, escaped.toLowerCase(), escaped.toUpperCase()])].map((each) => `%${each}%`);
}
