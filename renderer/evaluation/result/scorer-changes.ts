import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { scorerName } from '../../../electron/contract/evaluation/scorer-name.ts';

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
	const parts = [
		describeNames(
			[...now.keys()].filter((name) => !before.has(name)),
			'is new',
			'are new',
		),
		describeNames(
			[...now].flatMap(([name, rule]) => (before.has(name) && before.get(name) !== rule ? [name] : [])),
			'has another rule',
			'have other rules',
		),
		describeNames(
			[...before.keys()].filter((name) => !now.has(name)),
			'is left out',
			'are left out',
		),
		arms.some(({ technique }, at) => JSON.stringify(technique) !== JSON.stringify(marked.techniques[at]))
			? 'answers are found in another way'
			: null,
	].filter((part) => part !== null);
	return parts.length === 0 ? null : parts.join('; ');
}

function describeNames(names: readonly string[], one: string, several: string): string | null {
	if (names.length === 0) return null;
	return `${names.map((name) => `“${name}”`).join(', ')} ${names.length === 1 ? one : several}`;
}
