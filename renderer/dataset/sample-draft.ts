import type { Sample, SampleContent, SampleEdit } from '../../electron/contract/dataset/schema.ts';
import { t } from '../messages/t.ts';

/** A sample being edited, with everything as text. */
export interface SampleDraft {
	readonly input: SampleContent['input'];
	readonly target: string;
	readonly choices: readonly string[];
	/** Separated by commas. */
	readonly tags: string;
	readonly split: string;
	readonly cluster: string;
	readonly variables: Readonly<Record<string, string>>;
}

export const emptyDraft: SampleDraft = {
	input: '',
	target: '',
	choices: [],
	tags: '',
	split: '',
	cluster: '',
	variables: {},
};

export function toSampleDraft({ input, target, choices, tags, split, cluster, variables }: Sample): SampleDraft {
	return {
		input,
		split,
		variables,
		choices: choices ?? [],
		target: target ?? '',
		tags: tags.join(', '),
		cluster: cluster ?? '',
	};
}

/**
 * Changes the input. A column that had the same text and was not edited, such as the one that the input was read from,
 * changes with it: otherwise prompts that use the column would ask the old question.
 */
export function changeInput(before: SampleDraft, now: SampleDraft, input: SampleDraft['input']): SampleDraft {
	if (typeof input !== 'string') return { ...now, input };
	const follows = (name: string): boolean =>
		before.variables[name] === before.input && now.variables[name] === now.input;
	const variables = Object.fromEntries(
		Object.entries(now.variables).map(([name, value]) => [name, follows(name) ? input : value]),
	);
	return { ...now, input, variables };
}

/**
 * Returns the changed fields of a sample; {} if there are none. An empty target, cluster or list of choices counts as
 * none.
 */
export function toSampleEdit(before: SampleDraft, after: SampleDraft): SampleEdit {
	const differs = (part: keyof SampleDraft) => JSON.stringify(before[part]) !== JSON.stringify(after[part]);
	const choices = after.choices.filter((choice) => choice.trim() !== '');
	return {
		...(differs('input') ? { input: after.input } : {}),
		...(differs('target') ? { target: after.target === '' ? null : after.target } : {}),
		...(differs('choices') ? { choices: choices.length === 0 ? null : choices } : {}),
		...(differs('tags') ? { tags: parseTags(after.tags) } : {}),
		...(differs('split') && after.split.trim() !== '' ? { split: after.split.trim() } : {}),
		...(differs('cluster') ? { cluster: after.cluster.trim() === '' ? null : after.cluster.trim() } : {}),
		...(differs('variables') ? { variables: after.variables } : {}),
	};
}

/** Parses tags: "a, b,a" → ["a", "b"] */
export function parseTags(text: string): string[] {
	return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

/** Returns the reason why it can't be saved; null if it can. */
export function findDraftProblem({ input }: SampleDraft): string | null {
	const empty = typeof input === 'string' ? input.trim() === '' : input.every(({ content }) => content.trim() === '');
	return empty ? t('Enter an input') : null;
}
