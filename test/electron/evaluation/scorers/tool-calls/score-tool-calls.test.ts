import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scorerSchema } from '../../../../../electron/contract/evaluation/scorer.ts';
import type { ToolCallPart, ToolTaskInput } from '../../../../../electron/contract/evaluation/tool-task.ts';
import { scoreToolCalls } from '../../../../../electron/evaluation/scorers/tool-calls/score-tool-calls.ts';

interface Made {
	readonly name: string;
	/** JSON. */
	readonly arguments: string;
	readonly message?: number;
}

function scoreOf(
	task: ToolTaskInput,
	calls: readonly Made[],
	{ part = 'call', output = '', target = null }: { part?: ToolCallPart; output?: string; target?: string | null } = {},
) {
	const scorer = scorerSchema.parse({ kind: 'tool-calls', part }) as Extract<
		ReturnType<typeof scorerSchema.parse>,
		{ kind: 'tool-calls' }
	>;
	const rounds = calls.map(({ message = 0, ...call }) => ({
		...{ message, text: '', promptTokens: 1, completionTokens: 1 },
		calls: [{ ...call, result: null, isError: false }],
	}));
	return scoreToolCalls(scorer, {
		sample: { input: '', target, choices: null, variables: {}, metadata: { ...task } },
		...{ output, answer: null, detail: { rounds } },
	});
}

const weather = {
	name: 'get_weather',
	parameters: {
		type: 'object',
		properties: { city: { type: 'string' }, days: { type: 'integer' }, unit: { type: 'string', enum: ['C', 'F'] } },
		required: ['city'],
	},
};
const timer = { name: 'set_timer', parameters: { type: 'object', properties: { minutes: { type: 'number' } } } };
const paris = { get_weather: { city: ['Paris', 'Paris, France'], days: [3, ''], unit: ['C', ''] } };
const call = (name: string, args: object): Made => ({ name, arguments: JSON.stringify(args) });

test('524 varied calls get the verdicts of BFCL’s own checker', () => {
	const { tool, cases } = JSON.parse(readFileSync(new URL('bfcl-verdicts.json', import.meta.url), 'utf8')) as {
		tool: { name: string };
		cases: { sample?: string; answer?: string; calls: string; valid: boolean }[];
	};
	const tasks = new Map(
		readFileSync(new URL('../../../../../texts/datasets/tools.jsonl', import.meta.url), 'utf8')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as { id: string; metadata: ToolTaskInput })
			.map(({ id, metadata }) => [id, metadata] as const),
	);
	const wrong = cases.flatMap((one) => {
		const { tools, calls } = tasks.get(one.sample ?? '') ?? { tools: [tool], calls: one.answer ?? '' };
		const score = scoreOf({ tools, calls } as ToolTaskInput, splitCalls(one.calls));
		return (score.value === 1) === one.valid ? [] : [{ ...one, score }];
	});
	expect(wrong).toEqual([]);
	expect(cases).toHaveLength(524);
});

/** Keeps the texts of numbers: JavaScript would write 5.0 as 5. */
function splitCalls(text: string): Made[] {
	const mark = (...[, value, context]: readonly [string, unknown, { source?: string }?]): unknown =>
		typeof value === 'number' ? `\u0001${context?.source ?? ''}\u0001` : value;
	return (JSON.parse(text, mark) as Record<string, unknown>[]).flatMap((one) =>
		Object.entries(one).map(([name, args]) => ({
			name,
			arguments: JSON.stringify(args).replaceAll(/"\\u0001([^\\]*)\\u0001"/g, '$1'),
		})),
	);
}

test.each<[string, ToolTaskInput['calls'], Made[], Partial<Record<ToolCallPart, number>>]>([
	[
		'the expected call is right in every part',
		[paris],
		[call('get_weather', { city: 'paris' })],
		{ call: 1, tool: 1, schema: 1, arguments: 1, steps: 1 },
	],
	[
		'another value is the right tool with wrong arguments',
		[paris],
		[call('get_weather', { city: 'Rome' })],
		{ call: 0, tool: 1, schema: 1, arguments: 0, steps: 1 },
	],
	[
		'a value that the schema forbids is invalid',
		[paris],
		[call('get_weather', { city: 'Paris', unit: 'K' })],
		{ call: 0, tool: 1, schema: 0, arguments: 0 },
	],
	[
		'a tool that is not offered has no valid arguments',
		[paris],
		[call('weather', { city: 'Paris' })],
		{ call: 0, tool: 0, schema: 0 },
	],
	['no call where one is expected is wrong', [paris], [], { call: 0, tool: 0, schema: 0, arguments: 0, steps: 0 }],
	[
		'a call too many is wrong, and half of the calls are right',
		[paris],
		[call('get_weather', { city: 'Paris' }), call('set_timer', { minutes: 1 })],
		{ call: 0, tool: 0, schema: 1, arguments: 0.5, steps: 0.5 },
	],
	[
		'parallel calls may come in any order',
		[paris, { set_timer: { minutes: [5] } }],
		[call('set_timer', { minutes: 5 }), call('get_weather', { city: 'Paris' })],
		{ call: 1, tool: 1, arguments: 1, steps: 1 },
	],
	['no call is right where none fits', [], [], { call: 1, tool: 1, schema: 1, arguments: 1, steps: 1 }],
	[
		'a call is wrong where none fits',
		[],
		[call('set_timer', { minutes: 5 })],
		{ call: 0, tool: 0, schema: 0, arguments: 0, steps: 0 },
	],
	['any call will do', 'any', [call('set_timer', { minutes: 5 })], { call: 1, tool: 1, schema: 1, arguments: 1 }],
	['any call, but none was made', 'any', [], { call: 0, tool: 0, schema: 0, arguments: 0, steps: 0 }],
	[
		'either of two tools is right',
		[{ get_weather: { city: ['Paris'] }, set_timer: { minutes: [5] } }],
		[call('set_timer', { minutes: 5 })],
		{ call: 1, tool: 1 },
	],
	[
		'arguments that are no JSON are wrong',
		[paris],
		[{ name: 'get_weather', arguments: '{"city": ' }],
		{ call: 0, schema: 0 },
	],
])('%s', (_title, calls, made, scores) => {
	const task = { tools: [weather, { type: 'function' as const, function: timer }], calls };
	const found = Object.keys(scores).map((part) => [part, scoreOf(task, made, { part: part as ToolCallPart }).value]);
	expect(Object.fromEntries(found)).toEqual(scores);
});

test('all messages of a conversation have to be right, and the explanation says which is not', () => {
	const task = {
		tools: [weather],
		calls: [paris],
		followUps: [{ input: 'And in Rome?', calls: [{ get_weather: { city: ['Rome'] } }] }],
	};
	const first = call('get_weather', { city: 'Paris' });
	expect(scoreOf(task, [first, { ...call('get_weather', { city: 'Rome' }), message: 1 }]).value).toBe(1);
	const wrong = scoreOf(task, [first, { ...call('get_weather', { city: 'Nice' }), message: 1 }]);
	expect(wrong).toEqual({ value: 0, explanation: 'Message 2: It called get_weather, but city is "Nice", not "Rome".' });
});

test('the end result is the target in the last words, whatever its case and separators', () => {
	const result = (output: string, target: string | null) => scoreOf({}, [], { part: 'result', output, target }).value;
	expect(result('That makes 1,200 Euro.', '1200 euro')).toBe(1);
	expect(result('It is Tuesday.', 'Monday | Tuesday')).toBe(1);
	expect(result('It is Sunday.', 'Monday | Tuesday')).toBe(0);
	expect(result('It is Sunday.', null)).toBeNull();
});

test('a row without tools, and a sample that expects nothing, are unscored and say why', () => {
	const scorer = { kind: 'tool-calls', part: 'call' } as const;
	const sample = { input: '', target: null, choices: null, variables: {}, metadata: {} };
	expect(scoreToolCalls(scorer, { sample, output: 'Hello', answer: null, detail: {} })).toEqual({
		value: null,
		explanation: 'No tools were offered. Ask with the technique “Tools”.',
	});
	expect(scoreOf({ tools: [weather] }, []).value).toBeNull();
	expect(() => scoreOf({ tools: [weather], calls: '[{' }, [])).toThrow('can’t be read');
});
