import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { techniqueSchema } from '../../../../electron/contract/evaluation/technique.ts';
import type { ToolRound } from '../../../../electron/contract/evaluation/tool-task.ts';
import { all } from '../../../../electron/database/sql.ts';
import { readTask } from '../../../../electron/evaluation/tools/read-task.ts';
import type { ChatTurn } from '../../../../models/contract/generation.ts';
import type { MeasureRow } from '../../../../models/contract/native/tasks.ts';
import { type Answering, writtenCall } from '../../../support/evaluation.ts';
import { type SetupOptions, setUp, type TestSample } from '../setup.ts';

const parts = ['call', 'tool', 'schema', 'arguments', 'steps', 'result'].map((part) => ({
	...{ kind: 'tool-calls', name: part, part },
}));

const starter = readFileSync(new URL('../../../../texts/datasets/tools.jsonl', import.meta.url), 'utf8')
	.trim()
	.split('\n')
	.map(
		(line) => JSON.parse(line) as { id: string } & Required<Pick<TestSample, 'input' | 'tags' | 'metadata' | 'target'>>,
	)
	.map(({ id, ...sample }) => ({ key: id, ...sample }));

function turnsOf({ prompt }: MeasureRow): readonly ChatTurn[] {
	return 'turns' in prompt ? prompt.turns : [];
}

async function runTools(
	samples: readonly TestSample[],
	answer: Answering,
	technique: object = {},
	more: SetupOptions = {},
) {
	const setup = setUp(samples, { answer, ...more });
	const id = await setup.evaluations.create(
		setup.config({ techniques: [techniqueSchema.parse({ kind: 'tools', ...technique })], scorers: parts }),
	);
	await setup.evaluations.measure(id, { signal: new AbortController().signal, now: () => {} }).catch(() => undefined);
	const run = await setup.ended(id);
	const details = all<{ output: string; detail: string }>(
		setup.database,
		`SELECT o.output, o.detail FROM eval_results r JOIN eval_outputs o ON o.id = r.output_id
		 WHERE r.arm_id = :armId ORDER BY r.position`,
		{ armId: run.arms[0]!.id },
	).map(({ output, detail }) => ({ output, ...(JSON.parse(detail) as { rounds: ToolRound[] }) }));
	return { setup, run, metrics: run.arms[0]!.metrics, details };
}

/** A model that makes the expected calls, one round per message, in as many rounds as results are needed. */
const perfect: Answering = (row) => {
	const turns = turnsOf(row);
	const asked = turns.filter(({ role }) => role === 'user');
	const sample = starter.find(({ input }) => input === asked[0]?.content);
	if (sample === undefined) return { text: 'I don’t know.' };
	const { expected } = readTask(sample);
	const wanted = expected[asked.length - 1];
	if (turns.at(-1)?.role === 'tool') return { text: `${turns.at(-1)?.content}. ${sample.target ?? ''}` };
	if (wanted === 'any') return { text: writtenCall((sample.metadata.tools as { name: string }[])[0]!.name, {}) };
	const texts = (wanted ?? []).flatMap((one) =>
		[...one].slice(0, 1).map(([name, allowed]) =>
			writtenCall(
				name,
				Object.fromEntries(
					Object.entries(allowed).flatMap(([key, values]) => {
						const value = values.find((own) => own !== '');
						return value === undefined || values.includes('') ? [] : [[key, plain(value)]];
					}),
				),
			),
		),
	);
	return { text: texts.length === 0 ? 'There is nothing to call.' : texts.join('\n') };
};

/** Allowed objects hold lists of values. */
function plain(value: unknown): unknown {
	if (Array.isArray(value)) return value.map((one) => (typeof one === 'object' && one !== null ? first(one) : one));
	return value instanceof Object && 'value' in value ? value.value : value;
}

function first(value: object): unknown {
	return Object.fromEntries(Object.entries(value).map(([key, values]) => [key, (values as unknown[])[0]]));
}

test('the starter set can be solved: the expected calls have recorded results and score 1 in every part', async () => {
	expect(starter.length).toBeGreaterThanOrEqual(60);
	const { run, metrics, details } = await runTools(starter, perfect);
	expect(run.failure).toBeNull();
	const values = Object.fromEntries(Object.entries(metrics).map(([name, { value, n }]) => [name, { value, n }]));
	const all72 = { value: 1, n: starter.length };
	const targets = starter.filter(({ target }) => target != null).length;
	expect(values).toEqual({
		...{ call: all72, tool: all72, arguments: all72, steps: all72, result: { value: 1, n: targets } },
		// “Any call” was made without arguments.
		schema: { value: (starter.length - 2) / starter.length, n: starter.length },
	});
	const failed = details.flatMap(({ rounds }) => rounds.flatMap(({ calls }) => calls.filter(({ isError }) => isError)));
	expect(failed).toEqual([]);
	expect(new Set(run.byTag.map(({ tag }) => tag))).toEqual(
		new Set([
			'simple',
			'multiple',
			'parallel',
			'parallel-multiple',
			'irrelevance',
			'relevance',
			'steps',
			'conversation',
		]),
	);
});

const weather = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };
const recorded = {
	tools: [weather],
	calls: [{ get_weather: { city: ['Paris'] } }],
	recordings: [{ name: 'get_weather', arguments: { city: 'Paris' }, result: '18 °C' }],
};

test('a recorded result goes back to the model, and its last words are the answer', async () => {
	const seen: ChatTurn[][] = [];
	const { details, metrics } = await runTools(
		[{ input: 'Weather in Paris?', target: '18', metadata: recorded }],
		(row) => {
			seen.push([...turnsOf(row)]);
			return {
				text: seen.length === 1 ? `Let me see. ${writtenCall('get_weather', { city: 'paris' })}` : 'It is 18 °C.',
			};
		},
	);
	expect(seen[1]?.slice(1)).toEqual([
		{
			role: 'assistant',
			content: 'Let me see.',
			toolCalls: [{ id: 'call_1_1', name: 'get_weather', arguments: '{"city":"paris"}' }],
		},
		{ role: 'tool', content: '18 °C', toolCallId: 'call_1_1', name: 'get_weather' },
	]);
	expect(details[0]?.output).toBe('It is 18 °C.');
	expect(details[0]?.rounds.map(({ calls }) => calls.length)).toEqual([1, 0]);
	expect([metrics.call?.value, metrics.result?.value]).toEqual([1, 1]);
});

test('a call that was not recorded is told so and runs nowhere', async () => {
	const { details } = await runTools([{ input: 'Weather in Rome?', metadata: recorded }], (row) => ({
		text: turnsOf(row).length === 1 ? writtenCall('get_weather', { city: 'Rome' }) : 'I could not find out.',
	}));
	expect(details[0]?.rounds[0]?.calls).toEqual([
		{
			name: 'get_weather',
			arguments: '{"city":"Rome"}',
			result: 'Nothing is known for these arguments.',
			isError: true,
		},
	]);
});

test('without recordings the first calls are all there is, as in BFCL', async () => {
	const { details, setup } = await runTools(
		[{ input: 'Weather in Paris?', metadata: { ...recorded, recordings: [] } }],
		() => ({ text: writtenCall('get_weather', { city: 'Paris' }) }),
	);
	expect(details[0]?.rounds).toHaveLength(1);
	expect(details[0]?.output).toBe('get_weather({"city":"Paris"})');
	expect(setup.sessions.asked).toHaveLength(1);
});

test('built-in tools really run, with a fixed clock and in the sandbox', async () => {
	const calls = [
		writtenCall('calculator', { expression: '17 * 23' }),
		writtenCall('current_time', {}),
		writtenCall('run_javascript', { code: '[1, 2, 3].map((n) => n * n).join()' }),
	];
	const { details } = await runTools(
		[{ input: 'Compute', metadata: {} }],
		(row) => ({ text: turnsOf(row).length === 1 ? calls.join('\n') : 'Done.' }),
		{ builtIn: ['calculator', 'current_time', 'run_javascript'], now: '2026-02-03T04:05:06Z' },
	);
	expect(details[0]?.rounds[0]?.calls.map(({ result }) => result)).toEqual([
		'391',
		'2026-02-03T04:05:06+00:00 (Tuesday, UTC), week 6',
		'1,4,9',
	]);
});

test('a model that calls without end is stopped at the limit and answers in words', async () => {
	const choices: unknown[] = [];
	const { details, metrics } = await runTools(
		[{ input: 'Weather in Paris?', metadata: recorded }],
		(row) => {
			const choice = 'turns' in row.prompt ? row.prompt.tools?.choice : undefined;
			choices.push(choice);
			return { text: choice === 'none' ? 'I give up.' : writtenCall('get_weather', { city: 'Paris' }) };
		},
		{ rounds: 2 },
	);
	expect(choices).toEqual(['auto', 'auto', 'auto', 'none']);
	expect(details[0]?.rounds[2]?.calls[0]?.result).toMatch('limit of 2 rounds of calls');
	expect(details[0]?.output).toBe('I give up.');
	expect([metrics.call?.value, metrics.steps?.value]).toEqual([0, 1 / 3]);
});

test('a sample that can’t be asked fails alone: without tools, or with calls that can’t be read', async () => {
	const { run } = await runTools(
		[
			{ input: 'No tools', metadata: {} },
			{ input: 'Bad calls', metadata: { tools: [weather], calls: 7 } },
			{ input: 'Weather in Paris?', metadata: recorded },
		],
		() => ({ text: 'Hm.' }),
	);
	expect(run.status).toBe('done');
	expect([run.arms[0]?.n, run.arms[0]?.errors]).toEqual([3, 2]);
});

test('the recordings of a technique are part of the manifest', async () => {
	const { run } = await runTools([{ input: 'Weather in Paris?', metadata: {} }], () => ({ text: 'Hm.' }), {
		tools: [weather],
		recordings: recorded.recordings,
	});
	expect(run.manifest.arms[0]?.technique).toMatchObject({
		kind: 'tools',
		recordings: [{ name: 'get_weather', arguments: { city: 'Paris' }, result: '18 °C' }],
	});
});

test('a sample tells which calls it expects', async () => {
	const chosen = starter.filter(({ key }) => ['simple-1', 'relevance-1'].includes(key));
	const none = starter.find(({ tags }) => tags.includes('irrelevance'))!;
	const { setup, run } = await runTools([...chosen, none], perfect);
	const expected = [0, 1, 2].map(
		(position) => setup.evaluations.row([run.arms[0]!.id], position, 0).sample.expectedCalls,
	);
	expect(expected).toEqual([
		['get_weather(city: "Lisbon", date: "2026-03-14", [unit: "celsius" | "fahrenheit"])'],
		'any',
		[],
	]);
});
