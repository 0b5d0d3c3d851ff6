import { describe, expect, test } from 'vitest';
import { techniqueSchema } from '../../../../electron/contract/evaluation/technique.ts';
import { promptSampleSchema } from '../../../../electron/contract/prompt/schema.ts';
import { takenChoice } from '../../../../electron/evaluation/scorers/choice.ts';
import { buildRequests } from '../../../../electron/prompt/build-request.ts';
import { sharedRows } from '../../../support/shared-data.ts';
import { scoreOf, scoreSample } from './score-sample.ts';

const choices = ['long wrong answer', 'right', 'no'];
const detail = (...logLikelihoods: number[]) => ({ likelihoods: [{ logLikelihoods }] });

describe('choices by likelihood', () => {
	const sample = { choices, target: 'right' };

	test('the most likely choice counts, according to the measure', async () => {
		const likelihoods = detail(-10, -11, -9);
		expect(await scoreSample({ kind: 'choice' }, '', sample, { detail: likelihoods })).toEqual({
			value: 0,
			explanation: '“no” was likelier, where “right” is right.',
		});
		// By characters: −10/17, −11/5, −9/2.
		expect(
			await scoreOf({ kind: 'choice', measure: 'acc-norm' }, '', { ...sample, target: 'A' }, { detail: likelihoods }),
		).toBe(1);
		const alone = { likelihoods: [{ logLikelihoods: [-10, -11, -9] }, { logLikelihoods: [-12, -20, -9] }] };
		expect(await scoreOf({ kind: 'choice', measure: 'mutual-information' }, '', sample, { detail: alone })).toBe(1);
		expect(
			await scoreOf({ kind: 'choice', measure: 'mutual-information' }, '', sample, { detail: likelihoods }),
		).toBeNull();
	});

	test('of equally likely choices the first counts; lengths are code points or bytes', async () => {
		expect(
			await scoreOf({ kind: 'choice' }, '', { choices: ['a', 'b'], target: 'a' }, { detail: detail(-1, -1) }),
		).toBe(1);
		const emoji = { choices: ['😀😀', 'abc'], target: '😀😀' };
		// Two code points, four UTF-16 units, eight bytes.
		expect(await scoreOf({ kind: 'choice', measure: 'acc-norm' }, '', emoji, { detail: detail(-4, -3) })).toBe(0);
		expect(await scoreOf({ kind: 'choice', measure: 'acc-bytes' }, '', emoji, { detail: detail(-4, -3) })).toBe(1);
	});

	test('the answer is the choice of the first choice scorer, and the explanation names the measure', async () => {
		const given = { sample: { ...sample, choices: ['no', 'a longer one'] }, detail: detail(-6, -9) };
		const input = {
			...given,
			sample: promptSampleSchema.parse({ input: '', ...given.sample }),
			output: '',
			answer: 'no',
		};
		const taken = (...measures: readonly ('acc' | 'acc-norm' | 'brier')[]) =>
			takenChoice(
				measures.map((measure) => ({ kind: 'choice', measure })),
				input,
			);
		expect(taken('acc')).toBe('no');
		expect(taken('acc-norm', 'acc')).toBe('a longer one');
		expect(taken('brier', 'acc-norm')).toBe('a longer one');
		expect(taken()).toBeNull();
		const marked = await scoreSample(
			{ kind: 'choice', measure: 'acc-norm' },
			'',
			{ ...given.sample, target: 'no' },
			given,
		);
		expect(marked.explanation).toBe('“a longer one” was likelier by its length in characters, where “no” is right.');
	});

	test('all letters have the same length', async () => {
		const likelihoods = detail(-3, -2, -2.5);
		const more = { detail: { ...likelihoods, form: 'letters' } };
		expect(await scoreOf({ kind: 'choice', measure: 'acc-norm' }, '', sample, more)).toBe(1);
	});

	test('likelihoods also count for the letter scorer, so that both ways to ask can be compared', async () => {
		expect(await scoreOf({ kind: 'letter' }, '', sample, { detail: detail(-3, -2, -4) })).toBe(1);
		expect(await scoreOf({ kind: 'letter' }, '', sample, { detail: detail(-1, -2, -4) })).toBe(0);
	});

	test('the Brier score uses the probabilities', async () => {
		const even = detail(Math.log(0.5), Math.log(0.25), Math.log(0.25));
		const value = await scoreOf({ kind: 'choice', measure: 'brier' }, '', sample, { detail: even });
		expect(value).toBeCloseTo(1 - (0.5 ** 2 + 0.75 ** 2 + 0.25 ** 2) / 2, 12);
	});

	test('a sample without likelihoods, with NaN, other counts or a target that is no choice is unscored', async () => {
		const all = [{}, null, detail(-1, Number.NaN, -2), detail(-1, -2)];
		for (const odd of all) expect(await scoreOf({ kind: 'choice' }, '', sample, { detail: odd })).toBeNull();
		const lost = { choices, target: 'something else' };
		expect(await scoreOf({ kind: 'choice' }, '', lost, { detail: detail(-1, -2, -3) })).toBeNull();
	});

	test('several choices can be right, or one by its position', async () => {
		const several = { choices, target: null, metadata: { targetIndices: [0, 2] } };
		expect(await scoreOf({ kind: 'choice' }, '', several, { detail: detail(-3, -2, -1) })).toBe(1);
		const twins = { choices: ['same', 'same', 'other'], target: 'same', metadata: { targetIndex: 1 } };
		expect(await scoreOf({ kind: 'choice' }, '', twins, { detail: detail(-1, -2, -3) })).toBe(0);
	});
});

test('a letter is compared with that of the right choice', async () => {
	const sample = { choices, target: 'right' };
	expect(await scoreOf({ kind: 'letter' }, 'The answer is B', sample, { answer: 'B' })).toBe(1);
	expect(await scoreOf({ kind: 'letter' }, '', sample, { answer: 'A' })).toBe(0);
	expect(await scoreOf({ kind: 'letter' }, '', sample, { answer: null })).toBe(0);
	expect(await scoreOf({ kind: 'letter' }, '', { choices, target: 'none of them' }, { answer: 'A' })).toBeNull();
});

interface Golden {
	readonly gold: number;
	readonly context: string | readonly [string, string];
	readonly choices?: readonly string[];
	readonly continuation?: string;
	readonly subject?: string;
	readonly ll: readonly number[];
	readonly pred: number;
	readonly pred_norm: number | null;
	readonly pred_bytes?: number;
}

/** The contexts and choices of lm-evaluation-harness; the question is recovered from its context. */
describe('lm-evaluation-harness, item by item', () => {
	const question = /^Question: ([\s\S]*)\nAnswer:$/;

	test.for([
		['arc_easy', 'Question: {{input}}\nAnswer:'],
		['arc_challenge', 'Question: {{input}}\nAnswer:'],
		['piqa', 'Question: {{input}}\nAnswer:'],
		['hellaswag', '{{input}}'],
	] as const)('%s: context, continuations, and what each measure chooses', async ([task, template], context) => {
		for (const item of sharedRows<Golden>(context, 'lm_eval_golden', `${task}.jsonl`)) {
			const asked = String(item.context);
			const input = template === '{{input}}' ? asked : (question.exec(asked)?.[1] ?? '');
			const own = [...(item.choices ?? [])];
			const request = buildRequests({
				version: { system: '', template, example: '' },
				technique: techniqueSchema.parse({ kind: 'choice-likelihood' }),
				examples: [],
				sample: promptSampleSchema.parse({ input, target: own[item.gold], choices: own }),
			});
			const continuations = own.map((choice) => ` ${choice}`);
			expect(request).toEqual({ kind: 'likelihood', items: [{ context: item.context, continuations }] });
			const more = { detail: detail(...item.ll) };
			const chosen = (measure: 'acc' | 'acc-norm' | 'acc-bytes', index: number) =>
				scoreOf(
					{ kind: 'choice', measure },
					'',
					{ choices: own, target: null, metadata: { targetIndex: index } },
					more,
				);
			expect(await chosen('acc', item.pred)).toBe(1);
			expect(await chosen('acc-norm', item.pred_norm ?? -1)).toBe(1);
			expect(await chosen('acc-bytes', item.pred_bytes ?? -1)).toBe(1);
		}
	});

	test('mmlu: lettered choices under the subject, then a letter', async (context) => {
		for (const item of sharedRows<Golden>(context, 'lm_eval_golden', 'mmlu_world_religions.jsonl')) {
			const body = String(item.context).split('\n\n').slice(1).join('\n\n');
			const [, input = '', lines = ''] = /^([\s\S]*?)\n(A\. [\s\S]*)\nAnswer:$/.exec(body) ?? [];
			const own = lines.split(/\n(?=[B-D]\. )/).map((line) => line.slice(3));
			const request = buildRequests({
				version: {
					system: 'The following are multiple choice questions (with answers) about {{subject}}.',
					template: '{{input}}\n{{choices}}\nAnswer:',
					example: '',
				},
				technique: techniqueSchema.parse({ kind: 'choice-likelihood', form: 'letters' }),
				examples: [],
				sample: promptSampleSchema.parse({
					input,
					target: 'A',
					choices: own,
					variables: { subject: 'world religions' },
				}),
			});
			expect(request).toEqual({
				kind: 'likelihood',
				items: [{ context: item.context, continuations: [' A', ' B', ' C', ' D'] }],
			});
		}
	});

	test('winogrande: two contexts with the same rest, from a sentence with a blank or from whole beginnings', async (context) => {
		for (const item of sharedRows<Golden>(context, 'lm_eval_golden', 'winogrande.jsonl')) {
			const [first, second] = item.context as [string, string];
			let shared = 0;
			while (first[shared] === second[shared]) shared += 1;
			const rest = item.continuation ?? '';
			const samples = [
				{ input: `${first.slice(0, shared)}_${rest}`, choices: [first.slice(shared), second.slice(shared)] },
				{ input: rest.trim(), choices: [first, second] },
			];
			for (const sample of samples) {
				const request = buildRequests({
					version: { system: '', template: '{{input}}', example: '' },
					technique: techniqueSchema.parse({ kind: 'choice-likelihood', form: 'blank' }),
					examples: [],
					sample: promptSampleSchema.parse({ ...sample, target: null }),
				});
				const items = [first, second].map((one) => ({ context: one, continuations: [rest] }));
				expect(request).toEqual({ kind: 'likelihood', items });
			}
			const measured = { likelihoods: item.ll.map((value) => ({ logLikelihoods: [value] })) };
			const sample = { choices: ['a', 'b'], target: null, metadata: { targetIndex: item.pred } };
			expect(await scoreOf({ kind: 'choice' }, '', sample, { detail: measured })).toBe(1);
			expect(await scoreOf({ kind: 'choice', measure: 'acc-norm' }, '', sample, { detail: measured })).toBeNull();
		}
	});
});
