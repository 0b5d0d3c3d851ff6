import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { answering } from '../../support/conversation.ts';
import { errorOf, serving } from './serving.ts';

const thinks = answering([{ type: 'text', text: '<think>the capital</think> It is Paris.' }]);

async function client(options: Parameters<typeof serving>[0] = thinks) {
	const served = await serving(options);
	const openai = new OpenAI({ apiKey: served.key, baseURL: `http://127.0.0.1:${served.port}/v1`, maxRetries: 0 });
	return { ...served, openai };
}

describe('the Responses API', () => {
	test('answers OpenAI’s client with items, usage and the reasoning apart', async () => {
		const { openai } = await client();
		const response = await openai.responses.create({
			model: 'default',
			instructions: 'Be brief.',
			input: 'Capital of France?',
			max_output_tokens: 50,
			metadata: { trace: 'a' },
		});
		expect(response.output_text).toBe('It is Paris.');
		expect(response).toMatchObject({
			id: expect.stringMatching(/^resp_/),
			object: 'response',
			status: 'completed',
			error: null,
			incomplete_details: null,
			instructions: 'Be brief.',
			metadata: { trace: 'a' },
			store: false,
			usage: {
				input_tokens: expect.any(Number),
				input_tokens_details: { cached_tokens: expect.any(Number) },
				output_tokens: 5,
				total_tokens: expect.any(Number),
			},
		});
		expect(response.output).toMatchObject([
			{ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'the capital' }] },
			{
				type: 'message',
				role: 'assistant',
				status: 'completed',
				content: [{ type: 'output_text', text: 'It is Paris.', annotations: [] }],
			},
		]);
	});

	test('streams its events in order, numbered, with their parts', async () => {
		const { openai } = await client();
		const stream = openai.responses.stream({ model: 'default', input: 'Capital of France?' });
		const events: { type: string; sequence_number: number }[] = [];
		stream.on('event', (event) => void events.push(event));
		const final = await stream.finalResponse();
		expect(final.output_text).toBe('It is Paris.');
		expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
		const types = events.map(({ type }) => type.replace(/^response\./, ''));
		expect(types.filter((type, at) => type !== types[at - 1])).toEqual([
			'created',
			'in_progress',
			...['output_item.added', 'content_part.added', 'reasoning_text.delta', 'reasoning_text.done'],
			...['content_part.done', 'output_item.done'],
			...['output_item.added', 'content_part.added', 'output_text.delta', 'output_text.done'],
			...['content_part.done', 'output_item.done'],
			'completed',
		]);
		const raw = await openai.responses.create({ model: 'default', input: 'again', stream: true });
		let text = '';
		for await (const event of raw) if (event.type === 'response.output_text.delta') text += event.delta;
		expect(text).toBe('It is Paris.');
	});

	test('takes items, and says that an answer was cut', async () => {
		const { openai, ask } = await client({});
		const input = [
			{ role: 'developer', content: 'Be kind.' },
			{ role: 'user', content: [{ type: 'input_text', text: 'one' }] },
			{ type: 'reasoning', id: 'rs_1', summary: [] },
			{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'two' }] },
			{ role: 'user', content: 'three four five' },
		];
		const cut = await ask('/v1/responses', { input, max_output_tokens: 2 });
		expect(await cut.json()).toMatchObject({
			status: 'incomplete',
			incomplete_details: { reason: 'max_output_tokens' },
			output: [{ status: 'incomplete', content: [{ text: 'You said:' }] }],
		});
		const scored = await openai.responses.create({
			model: 'default',
			input: 'x',
			include: ['message.output_text.logprobs'],
			top_logprobs: 1,
		});
		const [message] = scored.output;
		expect(message).toMatchObject({
			content: [{ logprobs: [{ token: 'You', top_logprobs: [{ token: 'You' }] }, {}, {}] }],
		});
	});

	test('continues an earlier response only if its texts are kept, else names the field', async () => {
		const { openai, application } = await client({});
		const first = await openai.responses.create({
			model: 'default',
			instructions: 'Be brief.',
			input: 'My name is Ada.',
		});
		await expect(
			openai.responses.create({ model: 'default', previous_response_id: first.id, input: 'Who am I?' }),
		).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found', param: 'previous_response_id' });
		await application.client.settings.set({ serverKeepBodies: 'always' });
		const kept = await openai.responses.create({
			model: 'default',
			instructions: 'Be brief.',
			input: 'My name is Ada.',
		});
		expect(kept).toMatchObject({ store: true });
		const next = await openai.responses.create({
			model: 'default',
			instructions: 'Be long.',
			previous_response_id: kept.id,
			input: 'Who am I?',
		});
		const [request] = (await application.client.server.requests()).requests;
		const { body } = await application.client.server.request({ id: request?.id ?? 0 });
		expect(next.previous_response_id).toBe(kept.id);
		expect(body?.prompt?.turns).toEqual([
			{ role: 'system', content: 'Be long.' },
			{ role: 'user', content: 'My name is Ada.' },
			{ role: 'assistant', content: 'You said: My name is Ada.' },
			{ role: 'user', content: 'Who am I?' },
		]);
		const hidden = await openai.responses.create({ model: 'default', input: 'secret', store: false });
		expect(hidden).toMatchObject({ store: false });
		const [last] = (await application.client.server.requests()).requests;
		expect(last).toMatchObject({ responseId: hidden.id, hasBody: false });
	});

	test('a refused request leaves nothing either if it may not be stored', async () => {
		const { ask, application } = await serving();
		await application.client.settings.set({ serverKeepBodies: 'always' });
		const refused = { input: [{ type: 'image', secret: 'x' }], store: false };
		expect((await ask('/v1/responses', refused)).status).toBe(400);
		const [last] = (await application.client.server.requests()).requests;
		expect(last).toMatchObject({ status: 400, hasBody: false });
	});

	test('an answer is continued only with the key that asked for it', async () => {
		const { ask, application } = await serving();
		const { client } = application;
		await client.settings.set({ serverKeepBodies: 'always' });
		const { id } = (await (await ask('/v1/responses', { input: 'My name is Ada.' })).json()) as { id: string };
		const next = { input: 'Who am I?', previous_response_id: id };
		expect((await ask('/v1/responses', next)).status).toBe(200);
		const { secret } = await client.server.addKey({ name: 'other', scopes: ['inference'] });
		const other = await ask('/v1/responses', next, { authorization: `Bearer ${secret}` });
		expect(await errorOf(other)).toMatchObject({ status: 400, code: 'previous_response_not_found' });
	});

	test('a request without an input is refused by its name', async () => {
		const { ask } = await serving();
		for (const body of [{}, { input: null, stream: true }]) {
			expect(await errorOf(await ask('/v1/responses', body))).toMatchObject({
				status: 400,
				code: 'missing_required_parameter',
			});
		}
	});

	test('a tool of a kind that Assay doesn’t know is left out with a warning, never refused', async () => {
		const { ask } = await client();
		const response = await ask('/v1/responses', {
			input: 'x',
			tools: [{ type: 'web_search' }, { type: 'custom', name: 'y' }],
		});
		expect(response.status).toBe(200);
		expect(response.headers.get('x-assay-warning')).toContain('web_search');
		expect(response.headers.get('x-assay-warning')).toContain('custom');
	});

	const weather = {
		type: 'function' as const,
		name: 'get_weather',
		description: 'The weather of a city',
		parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
		strict: false,
	};
	const calling = answering([{ type: 'text', text: '{"tool": "get_weather", "arguments": {"city": "Oslo"}}' }]);

	test('calls tools, streamed too, also those of a namespace, and takes their results', async () => {
		const { openai, application } = await client(calling);
		await application.client.settings.set({ serverKeepBodies: 'always' });
		const response = await openai.responses.create({ model: 'default', input: 'Is it cold?', tools: [weather] });
		expect(response.output).toMatchObject([
			{ type: 'function_call', status: 'completed', name: 'get_weather', call_id: expect.stringMatching(/^call_/) },
		]);
		const [call] = response.output;
		if (call?.type !== 'function_call') throw new Error('no call');
		expect(JSON.parse(call.arguments)).toEqual({ city: 'Oslo' });
		const result = { type: 'function_call_output' as const, call_id: call.call_id, output: '3 degrees' };
		const next = await openai.responses.create({
			model: 'default',
			previous_response_id: response.id,
			input: [result],
			tools: [weather],
		});
		expect(next.status).toBe('completed');
		const [request] = (await application.client.server.requests()).requests;
		const { body } = await application.client.server.request({ id: request?.id ?? 0 });
		expect(body?.prompt?.turns).toEqual([
			{ role: 'user', content: 'Is it cold?' },
			{
				role: 'assistant',
				content: '',
				toolCalls: [{ id: call.call_id, name: 'get_weather', arguments: call.arguments }],
			},
			{ role: 'tool', content: '3 degrees', toolCallId: call.call_id, name: 'get_weather' },
		]);
		const tools = [{ type: 'namespace' as const, name: 'city', description: 'Of cities', tools: [weather] }];
		const stream = openai.responses.stream({ model: 'default', input: 'Is it cold?', tools });
		const types: string[] = [];
		stream.on('event', ({ type }) => void types.push(type.replace(/^response\./, '')));
		const final = await stream.finalResponse();
		expect(final.output).toMatchObject([{ type: 'function_call', name: 'get_weather', arguments: call.arguments }]);
		expect(types.filter((type, at) => type !== types[at - 1])).toEqual([
			...['created', 'in_progress', 'output_item.added', 'function_call_arguments.delta'],
			...['function_call_arguments.done', 'output_item.done', 'completed'],
		]);
	});

	test.for([
		['a conversation', { input: 'x', conversation: 'conv_1' }, 'conversation'],
		['work in the background', { input: 'x', background: true }, 'background'],
		['an item of another kind', { input: [{ type: 'item_reference', id: 'x' }] }, 'item_reference'],
		['an image', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x' }] }] }, 'input_image'],
	] as const)('%s is refused by its name', async ([, body, word]) => {
		const { ask } = await client();
		const error = await errorOf(await ask('/v1/responses', body));
		expect(error).toMatchObject({ status: 400, message: expect.stringContaining(word) });
	});

	test('ends with response.failed if the worker crashes in between', async () => {
		const crash = { type: 'crash', how: { signal: 'SIGSEGV' } } as const;
		const { openai } = await client(answering([{ type: 'text', text: 'so far' }, crash]));
		const stream = await openai.responses.create({ model: 'default', input: 'x', stream: true });
		const events = [];
		for await (const event of stream) events.push(event);
		expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { error: { code: 'worker_crashed' } } });
	});
});
