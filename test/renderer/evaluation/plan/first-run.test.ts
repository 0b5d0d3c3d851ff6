import { describe, expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Facets, Sample, SampleRow } from '../../../../electron/contract/dataset/schema.ts';
import {
	type DatasetLook,
	defaultAnswerTokens,
	defaultPrompts,
	defaultScorers,
	defaultTechnique,
	exampleSplit,
	fits,
	taskNote,
	withExamples,
} from '../../../../electron/contract/evaluation/defaults.ts';
import { runConfigSchema } from '../../../../electron/contract/evaluation/run-config.ts';
import { techniqueSchema } from '../../../../electron/contract/evaluation/technique.ts';
import type { Prompt } from '../../../../electron/contract/prompt/schema.ts';
import { variableNamesIn } from '../../../../electron/prompt/compile-prompt.ts';
import { starterPrompts } from '../../../../electron/prompt/starter-prompts.ts';
import { createFirstConfig, fetchLibraryFiles } from '../../../../renderer/evaluation/plan/first-run.ts';
import { computeHeldOutShare, countMostShots } from '../../../../renderer/evaluation/plan/hold-out-examples.ts';
import {
	completeScorer,
	createScorer,
	describeMissing,
	emptyDraft,
	listScorerNames,
	replaceScorers,
	toRunConfig,
	toRunDraft,
} from '../../../../renderer/evaluation/plan/run-draft.ts';
import { buildDataset, buildDatasetVersion } from '../../../support/fixtures/dataset.ts';
import { buildModelFile } from '../../../support/fixtures/model.ts';
import { buildPrompt, buildPromptVersion } from '../../../support/fixtures/prompt.ts';

function look(
	targets: readonly (string | null)[],
	facets: Partial<Facets> = {},
	starterId: string | null = null,
	first: Partial<Sample> = {},
): DatasetLook {
	return {
		dataset: buildDataset(1, buildDatasetVersion(11, 1, 1, targets.length), { starterId }),
		facets: {
			splits: [],
			tags: [],
			variables: ['ticket'],
			withTarget: targets.length,
			withChoices: 0,
			tasks: [],
			...facets,
		},
		rows: targets.map((target) => ({ target }) as SampleRow),
		first: { metadata: {}, ...first } as Sample,
	};
}

const prompt = (id: number, starterId: string | null, variables: string[] = ['input'], updatedAt = 0): Prompt =>
	buildPrompt(id, buildPromptVersion(id * 10, id, 1, { variables }), { name: `p${id}`, starterId, updatedAt });

describe('default scorers', () => {
	test.each([
		['numbers are scored by value', look(['45', '1,204', '12.5 %', '−3']), ['numeric']],
		['JSON is scored by its fields', look(['{"topic": "billing"}', '{"topic": "bug"}']), ['json-fields', 'json']],
		['repeated labels are scored by exact match', look(['spam', 'ham', 'spam', 'ham', 'spam', 'ham']), ['exact']],
		['short answers are scored by inclusion', look(['Paris', 'Mount Fuji', 'oxygen']), ['includes']],
		['long answers are scored by overlap', look([`A ${'long '.repeat(30)}answer`]), ['rouge-l']],
		['choices are scored by letter', look(['Paris'], { withChoices: 40 }), ['letter']],
		['published benchmarks are scored as published', look(['A'], { withChoices: 9, tasks: ['arc_easy'] }), ['choice']],
		['GSM8K is scored by its last number', look(['#### 4'], { tasks: ['gsm8k'] }), ['numeric']],
		[
			'instructions are scored by program, with the four figures of IFEval',
			look([null], {}, null, { metadata: { instruction_id_list: ['x'] } }),
			['ifeval', 'ifeval', 'ifeval', 'ifeval'],
		],
		['programs, which cannot run here, have no scorer', look(['return 1'], { tasks: ['humaneval'] }), []],
		['samples without targets have no scorer', look([null, '']), []],
	])('%s', (_name, given, kinds) => {
		expect(defaultScorers(given).map(({ kind }) => kind)).toEqual(kinds);
	});
});

test('a dataset published with a judge uses that judge if there is a model', () => {
	const given = look([null], { tasks: ['mt_bench'] });
	expect(defaultScorers(given)).toEqual([]);
	expect(defaultScorers(given, 7).map(completeScorer)).toMatchObject([
		{ kind: 'judge', name: 'MT-Bench', modelFileId: 7, scale: 'grade-10', showTarget: true, reasons: true },
	]);
});

test('choices are asked in the form of their benchmark, otherwise by letter; without choices the question is asked plainly', () => {
	expect(defaultTechnique(look(['A'], { withChoices: 1, tasks: ['mmlu'] }))).toEqual({
		kind: 'choice-likelihood',
		form: 'letters',
	});
	expect(defaultTechnique(look(['A'], { withChoices: 1 }))).toEqual({ kind: 'choice-letter' });
	expect(defaultTechnique(look(['A']))).toEqual({ kind: 'zero-shot' });
});

describe('a published benchmark', () => {
	const splits = [
		{ split: 'test', count: 40 },
		{ split: 'examples', count: 5 },
	];
	const starters = starterPrompts.map(({ starterId, template, system }, index) =>
		prompt(index + 1, starterId, variableNamesIn({ template, system, example: '' })),
	);
	const asked = (facets: Partial<Facets>): (string | null)[] =>
		defaultPrompts(starters, look(['A'], facets)).map(({ starterId }) => starterId);

	test.each([
		['arc_easy', 'question-answer'],
		['hellaswag', 'plain'],
		['winogrande', 'plain'],
		['commonsense_qa', 'question-choices'],
		['truthfulqa', 'q-a'],
		['gsm8k', 'question-answer'],
		['ifeval', 'plain'],
	])('%s uses its own prompt, not the one for choices', (task, starterId) => {
		expect(asked({ tasks: [task], withChoices: 40 })).toEqual([starterId]);
	});

	test('the prompt for MMLU names the subject and the one for BBH the task, if the rows have it', () => {
		expect(asked({ tasks: ['mmlu'], withChoices: 40, variables: ['subject'] })).toEqual(['benchmark-letters']);
		expect(asked({ tasks: ['mmlu'], withChoices: 40 })).toEqual(['multiple-choice']);
		expect(asked({ tasks: ['bbh'], variables: ['description', 'answer'] })).toEqual(['worked-out']);
		expect(asked({ tasks: ['bbh'] })).toEqual(['q-a']);
	});

	test('uses as many examples as its published figures, and is compared with zero-shot', () => {
		const gsm8k = look(['18'], { tasks: ['gsm8k'], splits, variables: ['answer'] });
		expect(defaultTechnique(gsm8k)).toEqual({
			kind: 'few-shot',
			shots: 5,
			split: 'examples',
			pick: 'first',
			answer: '{{answer}}',
		});
		expect(defaultScorers(gsm8k).map(({ name }) => name)).toEqual(['strict match', 'flexible extract']);
		expect(createFirstConfig(gsm8k, [starters[0]!], buildModelFile(1)).techniques?.map(({ kind }) => kind)).toEqual([
			...['zero-shot', 'few-shot'],
		]);
		const mmlu = { tasks: ['mmlu'], withChoices: 40, splits };
		expect(defaultTechnique(look(['A'], mmlu))).toMatchObject({ form: 'letters', shots: 5, answer: '{{target}}' });
		// The first examples of many subjects would all come from one of them.
		const tags = [
			{ tag: 'anatomy', count: 20 },
			{ tag: 'astronomy', count: 20 },
		];
		expect(defaultTechnique(look(['A'], { ...mmlu, tags }))).toEqual({ kind: 'choice-likelihood', form: 'letters' });
		const bbh = look(['(B)'], { tasks: ['bbh'], splits, variables: ['description', 'answer'] });
		expect(defaultTechnique(bbh)).toMatchObject({
			kind: 'chain-of-thought',
			shots: 3,
			instruction: '',
			answer: '{{answer}}',
			extract: { kind: 'after', marker: 'the answer is' },
		});
	});

	test('says what can’t be measured here, and what is missing', () => {
		expect(taskNote(look(['return 1'], { tasks: ['humaneval'] }))).toMatch(/runs no program/);
		expect(taskNote(look(['18'], { tasks: ['gsm8k'] }))).toMatch(/5 worked-out examples/);
		expect(taskNote(look(['18'], { tasks: ['gsm8k'], splits }))).toBeNull();
		expect(taskNote(look([null], { tasks: ['mt_bench'] }))).toMatch(/48 % here is 4\.8 there/);
		expect(taskNote(look(['18']))).toBeNull();
		expect(defaultAnswerTokens(look([null], { tasks: ['ifeval'] }))).toBe(1_280);
	});
});

test('examples are offered only from a separate split that has enough of them', () => {
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

test('a built-in dataset starts with the plain question and a suitable prompt, a user’s own with the last used prompt', () => {
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
	const config = createFirstConfig(
		look(['1'], {}, 'arithmetic'),
		defaultPrompts(all, look(['1'], {}, 'arithmetic')),
		buildModelFile(1),
	);
	expect(runConfigSchema.parse(config)).toMatchObject({
		promptVersionIds: [10, 20],
		modelFileIds: [1],
		techniques: [{ kind: 'zero-shot' }],
	});
});

test('a newly opened page fetches the models before it chooses one', async () => {
	const state = createStore<{ status: string; models: unknown[] }>(() => ({ status: 'loading', models: [] }));
	const refresh = async () => state.setState({ status: 'ready', models: [buildModelFile(3)] });
	const files = await fetchLibraryFiles({ models: { state, refresh } } as never);
	expect(files.map(({ id }) => id)).toEqual([3]);
});

describe('the form of a new run', () => {
	const filled = {
		...emptyDraft,
		datasetId: 1,
		promptVersionIds: [3],
		modelFileIds: [1],
		scorers: [completeScorer({ kind: 'exact' }), completeScorer({ kind: 'exact' })],
	};

	test('names missing fields one at a time', () => {
		const steps = [
			emptyDraft,
			{ ...emptyDraft, datasetId: 1 },
			{ ...filled, modelFileIds: [] },
			{ ...filled, scorers: [] },
		];
		expect(steps.map(describeMissing)).toEqual([
			'Choose a dataset',
			'Choose a prompt',
			'Choose a model',
			'Add a scorer',
		]);
		for (const kind of ['regex', 'judge'] as const)
			expect(describeMissing({ ...filled, scorers: [createScorer(kind, 1)] })).toMatch(/^Write/);
		expect(describeMissing({ ...filled, scorers: [createScorer('javascript', 1)] })).toBeNull();
		expect(toRunConfig(emptyDraft)).toBeNull();
	});

	test('every scorer has a unique name, and removing scorers removes their criteria', () => {
		expect(listScorerNames(filled.scorers)).toEqual(['exact', 'exact 2']);
		const choices = [completeScorer({ kind: 'choice' }), completeScorer({ kind: 'choice', measure: 'acc-norm' })];
		expect(listScorerNames(choices)).toEqual(['choice acc', 'choice acc-norm']);
		expect(listScorerNames([completeScorer({ kind: 'choice', name: 'choice 2' }), choices[0]!])).toEqual([
			'choice 2',
			'choice',
		]);
		const asked = {
			...filled,
			scorers: choices.slice(0, 1),
			criteria: [{ metric: 'choice', operator: 'at-least' as const, value: 0.5 }],
		};
		const both = { ...filled, ...replaceScorers(asked, choices) };
		expect(both.criteria[0]?.metric).toBe('choice acc');
		expect(replaceScorers(both, choices.slice(0, 1)).criteria[0]?.metric).toBe('choice');
		const criteria = ['exact 2', 'rouge-l', 'latency-p95'].map((metric) => ({
			metric,
			operator: 'at-most' as const,
			value: 1,
		}));
		expect(toRunConfig({ ...filled, criteria })?.criteria?.map(({ metric }) => metric)).toEqual([
			'exact 2',
			'latency-p95',
		]);
	});

	test('a run’s config fills the form and comes out unchanged', () => {
		const config = runConfigSchema.parse(toRunConfig({ ...filled, limit: 8, split: 'test', epochs: 3 }));
		expect(runConfigSchema.parse(toRunConfig(toRunDraft(config)))).toEqual(config);
	});
});

describe('few-shot examples', () => {
	const splits = (...names: readonly string[]) => names.map((split) => ({ split, count: 10 }));

	test('come from the split reserved for them, in any dataset', () => {
		expect(exampleSplit(look(['1'], { splits: splits('test', 'examples') }))).toBe('examples');
		expect(exampleSplit(look(['1'], { splits: splits('dev', 'train') }))).toBe('train');
		expect(exampleSplit(look(['1'], { splits: splits('test') }))).toBe('test');
		expect(exampleSplit(null)).toBe('examples');
	});

	test('are a fifth of a dataset without such a split, or as many as requested, never more than half', () => {
		const shots = countMostShots(
			[{ kind: 'zero-shot' }, { kind: 'few-shot', shots: 3 }].map((one) => techniqueSchema.parse(one)),
		);
		expect(shots).toBe(3);
		expect(computeHeldOutShare(100, shots)).toBe(0.2);
		expect(computeHeldOutShare(15, shots)).toBe(0.3);
		expect(computeHeldOutShare(4, shots)).toBe(0.5);
	});
});
