import { describe, expect, test } from 'vitest';
import { answering } from '../../support/conversation.ts';
import { dataOf, errorOf, serving, user } from './serving.ts';

const weather = {
	type: 'function',
	function: {
		name: 'get_weather',
		description: 'The weather of a city',
		parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
	},
};

const calls = answering([{ type: 'text', text: '{"tool": "get_weather", "arguments": {"city": "Oslo"}}' }]);
const twice = answering([
	{
		type: 'text',
		text: '{"tool": "get_weather", "arguments": {"city": "Oslo"}}\n{"tool": "get_weather", "arguments": {"city": "Rome"}}',
	},
]);
const answers = answering([{ type: 'text', text: '{"answer": "It is \\"cold\\"."}' }]);
const broken = answering([{ type: 'text', text: '{"tool": "get_weather", "arguments": {"city": Oslo}} sorry' }]);
const unknown = answering([{ type: 'text', text: '{"tool": "rm", "arguments": {}}' }]);

const asked = { messages: user('Is it cold in Oslo?'), tools: [weather] };

interface Chunk {
	choices: {
		delta: {
			content?: string;
			tool_calls?: { index: number; id?: string; function: { name?: string; arguments: string } }[];
		};
		finish_reason: string | null;
		malformed_tool_call?: unknown;
	}[];
}

async function streamed(ask: (path: string, body: unknown) => Promise<Response>, body: object) {
	const data = (await dataOf(await ask('/v1/chat/completions', { ...body, stream: true }))) as Chunk[];
	const choices = data.flatMap((chunk) => chunk.choices ?? []);
	return {
		content: choices.map(({ delta }) => delta.content ?? '').join(''),
		deltas: choices.flatMap(({ delta }) => delta.tool_calls ?? []),
		last: choices.at(-1),
	};
}

describe('tools in chat completions', () => {
	test('a call is an answer with tool_calls, whose arguments are a text', async () => {
		const { ask } = await serving(calls);
		const { choices } = (await (await ask('/v1/chat/completions', asked)).json()) as { choices: object[] };
		expect(choices).toMatchObject([
			{
				message: {
					role: 'assistant',
					content: null,
					tool_calls: [
						{
							id: expect.stringMatching(/^call_\w+$/),
							type: 'function',
							function: { name: 'get_weather', arguments: '{"city": "Oslo"}' },
						},
					],
				},
				finish_reason: 'tool_calls',
			},
		]);
	});

	test('in a stream, each call begins with its id and name, and its arguments follow', async () => {
		const { ask } = await serving(twice);
		const { content, deltas, last } = await streamed(ask, asked);
		expect(content).toBe('');
		expect(deltas.filter(({ id }) => id !== undefined).map(({ index, function: { name } }) => [index, name])).toEqual([
			[0, 'get_weather'],
			[1, 'get_weather'],
		]);
		const argumentsOf = (index: number) =>
			JSON.parse(
				deltas
					.filter((one) => one.index === index)
					.map((one) => one.function.arguments)
					.join(''),
			);
		expect([argumentsOf(0), argumentsOf(1)]).toEqual([{ city: 'Oslo' }, { city: 'Rome' }]);
		expect(new Set(deltas.flatMap(({ id }) => id ?? [])).size).toBe(2);
		expect(last?.finish_reason).toBe('tool_calls');
	});

	test('an answer in words is the content', async () => {
		const { ask } = await serving(answers);
		const { content, deltas, last } = await streamed(ask, asked);
		expect({ content, deltas, reason: last?.finish_reason }).toEqual({
			content: 'It is "cold".',
			deltas: [],
			reason: 'stop',
		});
	});

	test.for([
		['that is no JSON', broken, 'Oslo}} sorry'],
		['of a tool that does not exist', unknown, '{"tool": "rm", "arguments": {}}'],
	] as const)('a call %s breaks nothing: its text, its position, and an honest end', async ([, script, text]) => {
		const { ask, log } = await serving(script);
		const { content, last } = await streamed(ask, asked);
		expect(content).toContain(text);
		expect(last).toMatchObject({
			finish_reason: 'stop',
			malformed_tool_call: { position: expect.any(Number), reason: expect.any(String) },
		});
		expect(log.join('\n')).toMatch(/wrote a call that can't be read, at character \d+/);
		const whole = (await (await ask('/v1/chat/completions', asked)).json()) as { choices: object[] };
		expect(whole.choices).toMatchObject([{ finish_reason: 'stop', malformed_tool_call: expect.anything() }]);
	});

	test('tool_choice "none" and tools of other kinds leave the answer alone', async () => {
		const { ask } = await serving(calls);
		for (const body of [
			{ ...asked, tool_choice: 'none' },
			{ ...asked, tools: [{ type: 'web_search' }] },
		]) {
			const { content, last } = await streamed(ask, body);
			expect(content).toContain('"tool"');
			expect(last?.finish_reason).toBe('stop');
		}
	});

	test('results come back as messages of their own', async () => {
		const { ask } = await serving(answers);
		const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } };
		const messages = [
			...user('Is it cold in Oslo?'),
			{ role: 'assistant', content: null, tool_calls: [call] },
			{ role: 'tool', tool_call_id: 'call_1', content: '-4 °C' },
		];
		const response = await ask('/v1/chat/completions', { messages, tools: [weather] });
		expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'It is "cold".' } }] });
	});

	test.for([
		['a tool without a name', { tools: [{ type: 'function', function: {} }] }, 'tools.0.function.name'],
		['a choice that is no tool', { tool_choice: { type: 'function', function: { name: 'x' } } }, 'tool_choice'],
		['a choice of another kind', { tool_choice: 7 }, 'tool_choice'],
		[
			'calls without a name',
			{ messages: [...user('x'), { role: 'assistant', tool_calls: [{}] }] },
			'messages.1.tool_calls',
		],
	] as const)('%s is refused, naming the field', async ([, body, field]) => {
		const { ask } = await serving(calls);
		const error = await errorOf(await ask('/v1/chat/completions', { ...asked, ...body }));
		expect(error.status).toBe(400);
		expect(error.message).toContain(field);
	});
});

describe('tools in the other APIs', () => {
	const claude = {
		max_tokens: 200,
		messages: user('Is it cold in Oslo?'),
		tools: [{ name: 'get_weather', input_schema: weather.function.parameters }],
	};

	test('Anthropic’s clients get tool_use blocks, whole and in a stream', async () => {
		const { ask } = await serving(calls);
		expect(await (await ask('/v1/messages', claude)).json()).toMatchObject({
			content: [{ type: 'tool_use', id: expect.any(String), name: 'get_weather', input: { city: 'Oslo' } }],
			stop_reason: 'tool_use',
		});
		const data = (await dataOf(await ask('/v1/messages', { ...claude, stream: true }))) as {
			type: string;
			content_block?: object;
			delta?: { partial_json?: string; stop_reason?: string };
		}[];
		expect(data.find(({ type }) => type === 'content_block_start')).toMatchObject({
			content_block: { type: 'tool_use', name: 'get_weather', input: {} },
		});
		expect(JSON.parse(data.map(({ delta }) => delta?.partial_json ?? '').join(''))).toEqual({ city: 'Oslo' });
		expect(data.find(({ type }) => type === 'message_delta')?.delta?.stop_reason).toBe('tool_use');
	});

	test('an image in a result of Anthropic’s clients is refused by name, not left out', async () => {
		const { ask } = await serving(answers);
		const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } };
		const messages = [
			{ role: 'user', content: 'x' },
			{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'get_weather', input: {} }] },
			{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [image] }] },
		];
		const refused = await ask('/v1/messages', { max_tokens: 9, messages });
		expect(refused.status).toBe(400);
		expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining('not "image"') } });
	});

	test('Anthropic’s results are read', async () => {
		const { ask } = await serving(answers);
		const messages = [
			...user('Is it cold?'),
			{ role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'get_weather', input: { city: 'Oslo' } }] },
			{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: '-4' }] }] },
		];
		expect(await (await ask('/v1/messages', { ...claude, messages })).json()).toMatchObject({
			content: [{ type: 'text', text: 'It is "cold".' }],
			stop_reason: 'end_turn',
		});
		const count = await ask('/v1/messages/count_tokens', { ...claude, messages });
		expect(await count.json()).toMatchObject({ input_tokens: expect.any(Number) });
	});

	test('Ollama’s clients get calls with their arguments as objects', async () => {
		const { ask } = await serving(calls);
		const expected = { message: { tool_calls: [{ function: { name: 'get_weather', arguments: { city: 'Oslo' } } }] } };
		expect(await (await ask('/api/chat', { ...asked, stream: false })).json()).toMatchObject(expected);
		const lines = (await (await ask('/api/chat', asked)).text())
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(lines.at(-2)).toMatchObject(expected);
		expect(lines.at(-1)).toMatchObject({ done: true });
	});
});

describe('schemas of answers', () => {
	const format = (schema: object) => ({
		messages: user('x'),
		response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
	});

	test('what a grammar leaves open is named before the answer, and checked after it', async () => {
		const { ask, log } = await serving(answering([{ type: 'text', text: '[1, 1]' }]));
		const response = await ask(
			'/v1/chat/completions',
			format({ type: 'array', items: { type: 'integer' }, uniqueItems: true }),
		);
		expect(response.status).toBe(200);
		expect(response.headers.get('x-assay-schema-open')).toBe('uniqueItems at /');
		expect(response.headers.get('x-assay-schema-valid')).toBe('false');
		expect(log.join('\n')).toMatch(/an answer does not follow its schema: .*duplicate/);
	});

	test('a schema that a grammar enforces needs no check', async () => {
		const { ask } = await serving(answering([{ type: 'text', text: '3' }]));
		const response = await ask('/v1/chat/completions', format({ type: 'integer', minimum: 2, maximum: 5 }));
		expect(response.headers.get('x-assay-schema-open')).toBeNull();
		expect(response.headers.get('x-assay-schema-valid')).toBeNull();
	});
});
