import { describe, expect, test } from 'vitest';
import { type ScorerInput, scorerSchema } from '../../../../electron/contract/evaluation/scorer.ts';
import { toolCallParts } from '../../../../electron/contract/evaluation/tool-task.ts';
import { scoreOf } from './score-sample.ts';

type Case = readonly [scorer: ScorerInput, better: string, worse: string, sample?: object];

const paris = { target: 'Paris' };
const brief = { metadata: { instruction_id_list: ['punctuation:no_comma'], kwargs: [{}] } };

/** A better and a worse answer for each kind of text scorer. */
const cases: readonly Case[] = [
	[{ kind: 'exact' }, 'Paris', 'Rome', paris],
	[{ kind: 'includes' }, 'It is Paris.', 'It is Rome.', paris],
	[{ kind: 'regex', pattern: 'P.r.s' }, 'Paris', 'Rome', paris],
	[{ kind: 'numeric' }, 'It is 4.', 'It is 5.', { target: '4' }],
	[{ kind: 'json' }, '{"a": 1}', '{"a"', paris],
	[{ kind: 'json-fields' }, '{"a": 1, "b": 2}', '{"a": 1, "b": 3}', { target: '{"a": 1, "b": 2}' }],
	[{ kind: 'letter' }, 'B', 'A', { choices: ['Rome', 'Paris'], target: 'Paris' }],
	[{ kind: 'levenshtein' }, 'Pariss', 'Patrician', paris],
	[{ kind: 'rouge-l' }, 'the city of Paris', 'the village of Rome', { target: 'the city of Paris' }],
	[{ kind: 'ifeval' }, 'No mark here.', 'A mark, here.', brief],
	[
		{ kind: 'javascript', code: 'function score({ output, target }) { return output === target }' },
		'Paris',
		'Rome',
		paris,
	],
];

describe('for every scorer higher is better, as comparisons, gates, filters and charts assume', () => {
	test.each(cases.map((one) => [one[0].kind, one] as const))(
		'%s',
		async (_kind, [scorer, better, worse, sample = {}]) => {
			const [more, less] = [await scoreOf(scorer, better, sample), await scoreOf(scorer, worse, sample)];
			expect(more).toBeGreaterThan(less ?? Number.NaN);
		},
	);

	test.each(['acc', 'acc-norm', 'acc-bytes', 'mutual-information', 'brier'] as const)('choice, %s', async (measure) => {
		const sample = { choices: ['right', 'wrong'], target: 'right' };
		const value = (right: number) =>
			scoreOf({ kind: 'choice', measure }, '', sample, {
				detail: { likelihoods: [{ logLikelihoods: [right, -2] }, { logLikelihoods: [-3, -3] }] },
			});
		expect(await value(-1)).toBeGreaterThan((await value(-4)) ?? Number.NaN);
	});

	test.each(['recall', 'mrr', 'ndcg', 'precision'] as const)('sources, %s', async (measure) => {
		const value = (...titles: string[]) =>
			scoreOf(
				{ kind: 'sources', measure },
				'',
				{ variables: { sources: 'right' } },
				{
					passages: titles.map((title) => ({ title, page: null, text: '' })),
				},
			);
		expect(await value('right', 'wrong')).toBeGreaterThan((await value('wrong', 'other')) ?? Number.NaN);
	});

	test('quotes', async () => {
		const passages = [{ title: 'Kettle', page: null, text: 'The kettle on the stove was older than the house.' }];
		const value = (output: string) => scoreOf({ kind: 'quotes' }, output, {}, { passages });
		const wrong = await value('It says “younger than the whole garden”.');
		expect(await value('It says “older than the house”.')).toBeGreaterThan(wrong ?? Number.NaN);
	});

	test.each(toolCallParts)('tool-calls, %s', async (part) => {
		const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
		const metadata = { tools: [{ name: 'get_weather', parameters }], calls: [{ get_weather: { city: ['Paris'] } }] };
		const value = (output: string, ...calls: object[]) => {
			const made = calls.map((one) => ({
				name: 'get_weather',
				arguments: JSON.stringify(one),
				result: null,
				isError: false,
			}));
			const rounds = [{ message: 0, text: '', promptTokens: 1, completionTokens: 1, calls: made }];
			return scoreOf({ kind: 'tool-calls', part }, output, { target: 'rain', metadata }, { detail: { rounds } });
		};
		const wrong = await value('Sun.', { town: 'Rome' }, { town: 'Oslo' });
		expect(await value('It will rain.', { city: 'Paris' })).toBeGreaterThan(wrong ?? Number.NaN);
	});

	test('every kind is covered except the judge, whose verdicts say which is better', () => {
		const kinds = scorerSchema.options.map((option) => option.shape.kind.value);
		const others = ['choice', 'sources', 'quotes', 'tool-calls', 'judge'];
		expect(new Set([...cases.map(([{ kind }]) => kind), ...others])).toEqual(new Set(kinds));
	});
});
