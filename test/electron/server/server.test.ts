import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answering } from '../../support/conversation.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dataOf, errorOf, freePort, openApplication, serving, user } from './serving.ts';

describe('the server', () => {
	test('is off until it is switched on, keeps its port across a restart, and ends with the application', async () => {
		const folder = temporaryFolder();
		const first = await openApplication(folder);
		expect(await first.client.server.status()).toEqual({ state: 'off' });
		const port = await freePort();
		const { status, key } = await first.client.server.start({ port });
		expect(status).toMatchObject({ state: 'on', port, url: `http://127.0.0.1:${port}/v1` });
		expect(key).toMatch(/^sk-assay-[\w-]{43}$/);
		await first.close();
		await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
		const second = await openApplication(folder);
		await expect.poll(async () => (await second.client.server.status()).state).toBe('on');
		expect(await (await fetch(`http://127.0.0.1:${port}/health`)).json()).toEqual({ status: 'ok' });
		expect((await second.client.server.start({})).key).toBeNull();
		expect(await second.client.server.stop()).toEqual({ state: 'off' });
		await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
	});

	test('says which port is taken, and stays off', async () => {
		const other = createServer().listen(0, '127.0.0.1');
		await once(other, 'listening');
		onTestFinished(() => void other.close());
		const address = other.address();
		const port = typeof address === 'object' && address !== null ? address.port : 0;
		const application = await openApplication(temporaryFolder());
		await expect(application.client.server.start({ port })).rejects.toMatchObject({
			data: { code: 'port-taken', message: expect.stringContaining(String(port)) },
		});
		expect(await application.client.server.status()).toEqual({ state: 'off' });
	});
});

describe('a client', () => {
	test('without a key, with a wrong or a revoked one is refused', async () => {
		const { application, port, ask } = await serving();
		expect((await fetch(`http://127.0.0.1:${port}/v1/models`)).status).toBe(401);
		expect(await errorOf(await ask('/v1/models', undefined, { authorization: 'Bearer nope' }))).toMatchObject({
			status: 401,
			code: 'invalid_api_key',
		});
		expect((await ask('/v1/models')).status).toBe(200);
		const [key] = (await application.client.server.keys()).keys;
		expect(key).toMatchObject({ name: 'First key', lastUsedAt: expect.any(Number) });
		await application.client.server.revokeKey({ id: key?.id ?? 0 });
		expect((await ask('/v1/models')).status).toBe(401);
		await application.client.server.restoreKey({ id: key?.id ?? 0 });
		expect((await ask('/v1/models')).status).toBe(200);
	});

	test('needs the scope of what it asks for', async () => {
		const { application, ask } = await serving();
		const { secret } = await application.client.server.addKey({ name: 'thumbs', scopes: ['feedback'] });
		const authorization = `Bearer ${secret}`;
		const refused = await ask('/v1/chat/completions', { messages: user('x') }, { authorization });
		expect(await errorOf(refused)).toMatchObject({ status: 403, code: 'missing_scope' });
		expect((await ask('/v1/models', undefined, { authorization: '', 'x-api-key': secret })).status).toBe(200);
	});

	test('a key for administration loads and unloads models; another key does not', async () => {
		const { application, ask } = await serving();
		const { secret } = await application.client.server.addKey({ name: 'admin', scopes: ['administration'] });
		const authorization = `Bearer ${secret}`;
		const { data } = (await (await ask('/v1/models')).json()) as { data: { id: string }[] };
		const model = data[0]!.id;
		expect(await (await ask('/models/load', { model }, { authorization })).json()).toEqual({ success: true, model });
		expect(await (await ask('/models/unload', { model }, { authorization })).json()).toEqual({ success: true, model });
		expect(await errorOf(await ask('/models/unload', { model }))).toMatchObject({ code: 'missing_scope' });
		expect(await errorOf(await ask('/models/load', { model: 'none' }, { authorization }))).toMatchObject({
			status: 404,
		});
	});

	test('of a foreign page leaves nothing in the log, which any page could fill', async () => {
		const { application, ask } = await serving();
		await ask('/v1/models', undefined, { origin: 'http://evil.example' });
		// As a picture: browsers name no origin for it.
		const picture = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image', 'sec-fetch-mode': 'no-cors' };
		const refused = await ask('/v1/models', undefined, { ...picture, authorization: '' });
		expect(await errorOf(refused)).toMatchObject({ status: 403, code: 'foreign_origin' });
		await ask('/v1/models');
		await expect.poll(async () => (await application.client.server.requests({})).total).toBe(1);
	});

	test('of another host name or a foreign page is refused; an allowed page gets its preflight', async () => {
		const { application, port, key, ask } = await serving();
		const [response] = (await once(
			httpRequest({ port, path: '/health', headers: { host: 'evil.example' } }).end(),
			'response',
		)) as [{ statusCode: number; resume(): void }];
		response.resume();
		expect(response.statusCode).toBe(403);
		const origin = 'http://localhost:3000';
		expect(await errorOf(await ask('/health', undefined, { origin }))).toMatchObject({ code: 'foreign_origin' });
		await application.client.settings.set({ serverOrigins: [origin] });
		const preflight = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
			method: 'OPTIONS',
			headers: { origin },
		});
		expect(preflight.status).toBe(204);
		expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
		const models = await ask('/v1/models', undefined, { origin, authorization: `Bearer ${key}` });
		expect(models.headers.get('access-control-allow-origin')).toBe(origin);
	});
});

describe('a chat completion', () => {
	test('answers with text, usage and times, and separates the reasoning', async () => {
		const { ask } = await serving(answering([{ type: 'text', text: '<think>the capital</think> It is Paris.' }]));
		const response = await ask('/v1/chat/completions', { model: 'default', messages: user('Capital of France?') });
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({
			id: expect.stringMatching(/^chatcmpl-/),
			object: 'chat.completion',
			choices: [
				{
					index: 0,
					message: { role: 'assistant', content: 'It is Paris.', reasoning_content: 'the capital' },
					finish_reason: 'stop',
				},
			],
			usage: { prompt_tokens: expect.any(Number), prompt_tokens_details: { cached_tokens: expect.any(Number) } },
			timings: { predicted_n: expect.any(Number) },
		});
	});

	test('streams chunks that end with the reason, the usage and [DONE]', async () => {
		const { ask } = await serving(answering([{ type: 'text', text: 'one two three' }]));
		const asked = { messages: user('count'), stream: true, stream_options: { include_usage: true } };
		const response = await ask('/v1/chat/completions', asked);
		expect(response.headers.get('content-type')).toContain('text/event-stream');
		const data = (await dataOf(response)) as {
			choices: { index: number; delta: { role?: string; content?: string }; finish_reason: unknown }[];
			usage?: unknown;
		}[];
		expect(data.at(-1)).toBe('done');
		const chunks = data.slice(0, -1);
		expect(chunks[0]?.choices[0]).toMatchObject({ index: 0, delta: { role: 'assistant' } });
		expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('one two three');
		expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
		expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } });
	});

	test('gives n answers, each with its index', async () => {
		const { ask } = await serving();
		const { choices } = (await (await ask('/v1/chat/completions', { messages: user('hi'), n: 3 })).json()) as {
			choices: { index: number }[];
		};
		expect(choices.map(({ index }) => index)).toEqual([0, 1, 2]);
	});

	test('that doesn’t fit the context is refused with both numbers, never cut', async () => {
		const { ask } = await serving({ script: { contextSize: 64 } });
		const messages = [...user('first'), { role: 'assistant', content: 'ok' }, ...user('word '.repeat(80))];
		for (const stream of [false, true]) {
			const error = await errorOf(await ask('/v1/chat/completions', { messages, stream }));
			expect(error).toMatchObject({ status: 400, code: 'context_length_exceeded' });
			expect(error.message).toMatch(/have \d+ tokens; the context has 64/);
		}
	});

	test.for([
		['no messages', { messages: [] }, 'messages'],
		['a temperature out of range', { messages: user('x'), temperature: 9 }, 'temperature'],
		['an image', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'text parts only'],
		['tools', { messages: user('x'), tools: [{}] }, 'tools'],
		['a role of another API', { messages: [{ role: 'robot', content: 'x' }] }, 'robot'],
		[
			'a schema that no grammar can force',
			{ messages: user('x'), response_format: { type: 'json_schema', json_schema: { schema: { not: {} } } } },
			'schema',
		],
	] as const)('with %s is refused, naming the field', async ([, body, word]) => {
		const { ask } = await serving();
		const error = await errorOf(await ask('/v1/chat/completions', body));
		expect(error.status).toBe(400);
		expect(error.message).toContain(word);
	});

	test('ignores unknown fields, and names each once in the log', async () => {
		const { ask, log } = await serving();
		for (let time = 0; time < 2; time += 1) {
			expect((await ask('/v1/chat/completions', { messages: user('x'), store: false, metadata: {} })).status).toBe(200);
		}
		expect(log.filter((line) => line.includes('store, metadata'))).toHaveLength(1);
	});

	test('ends in the client’s protocol if the worker crashes, mid-stream too', async () => {
		const crash = { type: 'crash', how: { signal: 'SIGSEGV' } } as const;
		const { ask } = await serving(answering([{ type: 'text', text: 'so far' }, crash]));
		expect(await errorOf(await ask('/v1/chat/completions', { messages: user('x') }))).toMatchObject({
			status: 500,
			code: 'worker_crashed',
		});
		const data = await dataOf(await ask('/v1/chat/completions', { messages: user('x'), stream: true }));
		expect(data.at(-1)).toMatchObject({ error: { code: 'worker_crashed', type: 'server_error' } });
		expect(data).not.toContain('done');
	});

	test('stops when the client leaves, and measurements wait for it no longer', async () => {
		const { application, ask } = await serving(answering([{ type: 'text', text: 'so far' }, { type: 'stall' }]));
		const leaving = new AbortController();
		const events: string[] = [];
		onTestFinished(application.events.subscribe(({ type }) => void events.push(type)));
		const response = await fetch((await ask('/health')).url.replace('/health', '/v1/chat/completions'), {
			method: 'POST',
			body: JSON.stringify({ messages: user('x'), stream: true }),
			headers: {
				authorization: `Bearer ${(await application.client.server.addKey({ name: 'b', scopes: ['inference'] })).secret}`,
			},
			signal: leaving.signal,
		});
		await response.body?.getReader().read();
		leaving.abort();
		await expect.poll(() => events).toContain('temporary-ended');
		await expect.poll(async () => application.client.server.status()).toMatchObject({ active: 0 });
	});

	test('takes no place before its body is here; above the limit a client is told to come back', async () => {
		const { port, key, ask } = await serving(answering([{ type: 'stall' }]));
		for (let slow = 0; slow < 70; slow += 1) {
			const socket = connect(port, '127.0.0.1');
			onTestFinished(() => void socket.destroy());
			socket.on('error', () => {});
			socket.write(
				`POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\nContent-Length: 100\r\n\r\n{`,
			);
		}
		await sleep(50);
		const leaving = new AbortController();
		onTestFinished(() => leaving.abort());
		const body = JSON.stringify({ messages: user('x'), stream: true });
		const headers = { authorization: `Bearer ${key}` };
		for (let held = 0; held < 64; held += 1) {
			fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
				method: 'POST',
				body,
				headers,
				signal: leaving.signal,
			}).catch(() => {});
		}
		await expect.poll(async () => (await ask('/v1/chat/completions', { messages: user('x') })).status).toBe(429);
		const refused = await ask('/v1/chat/completions', { messages: user('x') });
		expect(refused.headers.get('retry-after')).toBe('5');
	});
});

test.for([
	['no JSON', '{"messages": [', 400],
	['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 400],
	['a body that is too large', `"${'x'.repeat(33 * 1024 * 1024)}"`, 413],
	['100,000 levels', '['.repeat(100_000), 400],
] as const)('%s is refused, and the server goes on', async ([, body, status]) => {
	const { port, key, ask } = await serving();
	const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
		method: 'POST',
		body,
		headers: { authorization: `Bearer ${key}` },
	}).catch(() => null);
	// A connection that is closed while it still sends may show no answer.
	if (response !== null) expect(response.status).toBe(status);
	expect((await ask('/health')).status).toBe(200);
});

test('models have ids that clients can use, and a wrong name lists them', async () => {
	const { ask } = await serving();
	const { data } = (await (await ask('/v1/models')).json()) as { data: { id: string }[] };
	const [model] = data;
	expect(await (await ask(`/v1/models/${model?.id}`)).json()).toEqual(model);
	const tokens = (await (await ask('/tokenize', { content: 'one two', model: model?.id })).json()) as { count: number };
	expect(tokens.count).toBeGreaterThan(1);
	const error = await errorOf(await ask('/v1/chat/completions', { model: 'gpt-4o', messages: user('x') }));
	expect(error).toMatchObject({ status: 404, code: 'model_not_found' });
	expect(error.message).toContain(model?.id);
});
