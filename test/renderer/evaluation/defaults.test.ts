import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../electron/contract/dataset/dataset.ts';
import type { Facets, Sample, SampleRow } from '../../../electron/contract/dataset/sample.ts';
import { runConfigSchema } from '../../../electron/contract/evaluation/config.ts';
import { techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import {
	type DatasetLook,
	defaultPrompts,
	defaultScorers,
	defaultTechnique,
	exampleSplit,
	fits,
	withExamples,
} from '../../../electron/contract/prompt/defaults.ts';
import type { Prompt } from '../../../electron/contract/prompt/prompt.ts';
import {
	configOf,
	draftOf,
	emptyDraft,
	missingOf,
	newScorer,
	scorerNames,
	scorerOf,
	withUniqueNames,
} from '../../../renderer/evaluation/plan/draft.ts';
import { firstConfig } from '../../../renderer/evaluation/plan/first-run.ts';
import { mostShots, shareApart } from '../../../renderer/evaluation/plan/set-apart.ts';
import { modelFile } from '../../support/fake-application/data.ts';
import { versionOf } from '../../support/fake-application/dataset/data.ts';
import { promptVersion } from '../../support/fake-application/prompt/data.ts';

function look(
	targets: readonly (string | null)[],
	facets: Partial<Facets> = {},
	starterId: string | null = null,
	first: Partial<Sample> = {},
): DatasetLook {
	const dataset: Dataset = {
		...{ id: 1, name: 'Set', description: '', starterId, versions: 1, latest: versionOf(11, 1, 1, targets.length) },
		...{ createdAt: 0, updatedAt: 0, deletedAt: null },
	};
	return {
		dataset,
		facets: {
			...{ splits: [], tags: [], variables: ['ticket'], withTarget: targets.length, withChoices: 0, tasks: [] },
			...facets,
		},
		rows: targets.map((target) => ({ target }) as SampleRow),
		first: { metadata: {}, ...first } as Sample,
	};
}

const prompt = (id: number, starterId: string | null, variables: string[] = ['input'], updatedAt = 0): Prompt => ({
	...{ id, name: `p${id}`, description: '', starterId, versions: 1, createdAt: 0, updatedAt, deletedAt: null },
	latest: promptVersion(id * 10, id, 1, { variables }),
});

describe('how answers are marked where nobody says it', () => {
	test.each([
		['numbers by value', look(['45', '1,204', '12.5 %', '−3']), ['numeric']],
		['JSON by its fields', look(['{"topic": "billing"}', '{"topic": "bug"}']), ['json-fields', 'json']],
		['labels that come again word by word', look(['spam', 'ham', 'spam', 'ham', 'spam', 'ham']), ['exact']],
		['short answers where they are found', look(['Paris', 'Mount Fuji', 'oxygen']), ['includes']],
		['long ones by what they share', look([`A ${'long '.repeat(30)}answer`]), ['rouge-l']],
		['choices by their letter', look(['Paris'], { withChoices: 40 }), ['letter']],
		['published sets as they are published', look(['A'], { withChoices: 9, tasks: ['arc_easy'] }), ['choice']],
		['GSM8K by its last number', look(['#### 4'], { tasks: ['gsm8k'] }), ['numeric']],
		['instructions by program', look([null], {}, null, { metadata: { instruction_id_list: ['x'] } }), ['ifeval']],
		['nothing where nothing says what is right', look([null, '']), []],
	])('%s', (_name, given, kinds) => {
		expect(defaultScorers(given).map(({ kind }) => kind)).toEqual(kinds);
	});
});

test('choices are asked for as their test set is, else by letter; without choices the question is put as it is', () => {
	expect(defaultTechnique(look(['A'], { withChoices: 1, tasks: ['mmlu'] }))).toEqual({
		kind: 'choice-likelihood',
		form: 'letters',
	});
	expect(defaultTechnique(look(['A'], { withChoices: 1 }))).toEqual({ kind: 'choice-letter' });
	expect(defaultTechnique(look(['A']))).toEqual({ kind: 'zero-shot' });
});

test('examples are offered only from a split of their own that has enough of them', () => {
	const splits = [
		{ split: 'test', count: 40 },
		{ split: 'examples', count: 8 },
	];
	expect(withExamples({ kind: 'zero-shot' }, look(['a'], { splits }))).toEqual({
		kind: 'few-shot',
		shots: 3,
		split: 'examples',
	});
	expect(withExamples({ kind: 'choice-letter' }, look(['a'], { splits }))).toMatchObject({
		kind: 'choice-letter',
		shots: 3,
	});
	expect(withExamples({ kind: 'zero-shot' }, look(['a'], { splits: [{ split: 'test', count: 40 }] }))).toBeNull();
	expect(withExamples({ kind: 'zero-shot' }, look(['a'], { splits }), 9)).toBeNull();
});

test('a set that comes with Assay begins with the plain question and a prompt that suits it, one’s own with the prompt used last', () => {
	const all = [
		prompt(1, 'plain'),
		prompt(2, 'word-problem'),
		prompt(3, null, ['topic']),
		prompt(4, null, ['ticket'], 5),
		prompt(5, null, ['input'], 2),
	];
	expect(defaultPrompts(all, look(['1'], {}, 'arithmetic')).map(({ id }) => id)).toEqual([1, 2]);
	expect(defaultPrompts(all, look(['1'])).map(({ id }) => id)).toEqual([4]);
	expect(fits(all[2]!, look(['1']))).toBe(false);
	expect(defaultPrompts([], look(['1']))).toEqual([]);
	const config = firstConfig(
		look(['1'], {}, 'arithmetic'),
		defaultPrompts(all, look(['1'], {}, 'arithmetic')),
		modelFile(1),
	);
	expect(runConfigSchema.parse(config)).toMatchObject({
		promptVersionIds: [10, 20],
		modelFileIds: [1],
		techniques: [{ kind: 'zero-shot' }],
	});
});

describe('the form', () => {
	const filled = {
		...emptyDraft,
		...{
			datasetId: 1,
			promptVersionIds: [3],
			modelFileIds: [1],
			scorers: [scorerOf({ kind: 'exact' }), scorerOf({ kind: 'exact' })],
		},
	};

	test('says what is missing, one thing after the other', () => {
		const steps = [
			emptyDraft,
			{ ...emptyDraft, datasetId: 1 },
			{ ...filled, modelFileIds: [] },
			{ ...filled, scorers: [] },
		];
		expect(steps.map(missingOf)).toEqual([
			'Choose a dataset',
			'Choose a prompt',
			'Choose a model',
			'Choose how answers are scored',
		]);
		for (const kind of ['regex', 'judge'] as const)
			expect(missingOf({ ...filled, scorers: [newScorer(kind, 1)] })).toMatch(/^Write/);
		expect(missingOf({ ...filled, scorers: [newScorer('javascript', 1)] })).toBeNull();
		expect(configOf(emptyDraft)).toBeNull();
	});

	test('every scorer has a name of its own, and criteria of scorers that are gone go with them', () => {
		expect(scorerNames(withUniqueNames(filled.scorers))).toEqual(['exact', 'exact 2']);
		const criteria = ['exact 2', 'rouge-l', 'latency-p95'].map((metric) => ({
			metric,
			operator: 'at-most' as const,
			value: 1,
		}));
		expect(configOf({ ...filled, criteria })?.criteria?.map(({ metric }) => metric)).toEqual([
			'exact 2',
			'latency-p95',
		]);
	});

	test('a run’s config fills it in and comes out of it as it was', () => {
		const config = runConfigSchema.parse(configOf({ ...filled, limit: 8, split: 'test', epochs: 3 }));
		expect(runConfigSchema.parse(configOf(draftOf(config)))).toEqual(config);
	});
});

describe('samples to show', () => {
	const splits = (...names: readonly string[]) => names.map((split) => ({ split, count: 10 }));

	test('come from the split that is kept for it, whichever dataset is chosen', () => {
		expect(exampleSplit(look(['1'], { splits: splits('test', 'examples') }))).toBe('examples');
		expect(exampleSplit(look(['1'], { splits: splits('dev', 'train') }))).toBe('train');
		expect(exampleSplit(look(['1'], { splits: splits('test') }))).toBe('test');
		expect(exampleSplit(null)).toBe('examples');
	});

	test('are a fifth of a dataset that has none, or as many as are asked for, never more than half', () => {
		const shots = mostShots(
			[{ kind: 'zero-shot' }, { kind: 'few-shot', shots: 3 }].map((one) => techniqueSchema.parse(one)),
		);
		expect(shots).toBe(3);
		expect(shareApart(100, shots)).toBe(0.2);
		expect(shareApart(15, shots)).toBe(0.3);
		expect(shareApart(4, shots)).toBe(0.5);
	});
});
