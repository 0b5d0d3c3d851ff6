import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { scorerName } from '../../../electron/contract/evaluation/scorer-name.ts';
import { formatList, phraseSeparator } from '../../design/format.ts';
import { t } from '../../messages/t.ts';

/**
 * Describes how the scorers differ from those of the run that generated the outputs: "exact is new, json is left out";
 * null: not at all.
 */
export function describeScorerChanges({ manifest }: Pick<Run, 'manifest'>): string | null {
	const { marked, scorers, arms } = manifest;
	if (marked === undefined) return null;
	const named = (all: typeof scorers) =>
		new Map(all.map((scorer) => [scorerName(scorer), JSON.stringify(scorer)] as const));
	const [before, now] = [named(marked.scorers), named(scorers)];
	const added = [...now.keys()].filter((name) => !before.has(name));
	const changed = [...now].flatMap(([name, rule]) => (before.has(name) && before.get(name) !== rule ? [name] : []));
	const removed = [...before.keys()].filter((name) => !now.has(name));
	const parts = [
		added.length === 0
			? null
			: t('{names} {count, plural, one {is new} other {are new}}', { names: quote(added), count: added.length }),
		changed.length === 0
			? null
			: t('{names} {count, plural, one {has another rule} other {have other rules}}', {
					names: quote(changed),
					count: changed.length,
				}),
		removed.length === 0
			? null
			: t('{names} {count, plural, one {is left out} other {are left out}}', {
					names: quote(removed),
					count: removed.length,
				}),
		arms.some(({ technique }, at) => JSON.stringify(technique) !== JSON.stringify(marked.techniques[at]))
			? t('answers are extracted differently')
			: null,
	].filter((part) => part !== null);
	return parts.length === 0 ? null : parts.join(phraseSeparator('semicolon'));
}

const quote = (names: readonly string[]): string => formatList(names.map((name) => `“${name}”`));
