import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answering } from '../../support/conversation.ts';
import { dataOf, errorOf, serving, user } from './serving.ts';

describe('/metrics', () => {
	test('reports requests, tokens, times, cache and memory in Prometheus’ format', async () => {
		const { ask } = await serving(answering([{ type: 'text', text: 'one two three' }]));
		for (let time = 0; time < 2; time += 1) await (await ask('/v1/chat/completions', { messages: user('a b') })).json();
		await ask('/v1/chat/completions', { messages: [] });
		await sleep(20);
		const response = await ask('/metrics');
		expect(response.headers.get('content-type')).toContain('text/plain');
		const text = await response.text();
		const value = (name: string): number =>
			Number(
				text
					.split('\n')
					.find((line) => line.startsWith(`${name} `))
					?.split(' ')[1],
			);
		expect(value('assay_requests_total{route="/v1/chat/completions",status="200"}')).toBe(2);
		expect(value('assay_requests_total{route="/v1/chat/completions",status="400"}')).toBe(1);
		expect(value('assay_completion_tokens_total{model="scripted-f32"}')).toBe(6);
		expect(value('assay_cached_tokens_total{model="scripted-f32"}')).toBeGreaterThan(0);
		expect(value('assay_prefix_cache_requests_total{result="hit"}')).toBe(1);
		expect(value('assay_time_to_first_token_seconds_count')).toBe(2);
		expect(value('assay_inter_token_seconds_count')).toBe(4);
		expect(value('assay_memory_bytes')).toBeGreaterThan(1e6);
		expect(value('assay_model_memory_bytes{model="scripted-f32"}')).toBeGreaterThan(0);
		expect(value('assay_requests_active')).toBe(0);
	});

	test('needs a key', async () => {
		const { ask } = await serving();
		expect((await ask('/metrics', undefined, { authorization: '' })).status).toBe(401);
	});
});

test('/openapi.json describes every route by the schemas of the handlers', async () => {
	const { ask } = await serving();
	const document = (await (await ask('/openapi.json', undefined, { authorization: '' })).json()) as {
		openapi: string;
		paths: Record<string, Record<string, { requestBody?: { content: { 'application/json': { schema: object } } } }>>;
	};
	expect(document.openapi).toBe('3.1.0');
	const missing = await errorOf(await ask('/v1/nothing'));
	const served = /Assay serves (.*)\.$/
		.exec(missing.message)?.[1]
		?.split(', ')
		.filter((path) => path !== '/mcp');
	expect(Object.keys(document.paths)).toEqual(served);
	const chat = document.paths['/v1/chat/completions']?.['post']?.requestBody?.content['application/json'].schema;
	expect(chat).toMatchObject({
		type: 'object',
		required: ['messages'],
		properties: { temperature: {}, logit_bias: {}, deterministic: {} },
	});
});

describe('a chat completion', () => {
	const asked = { messages: user('hi') };

	test('gives log-probabilities on request, streamed too, as OpenAI does', async () => {
		const { ask, port, key } = await serving(answering([{ type: 'text', text: '<think>so</think> one two' }]));
		const body = { ...asked, logprobs: true, top_logprobs: 1 };
		const whole = (await (await ask('/v1/chat/completions', body)).json()) as {
			choices: { logprobs: { content: { token: string }[] } }[];
		};
		const content = whole.choices[0]?.logprobs.content;
		expect(content?.map(({ token }) => token).join('')).toBe('<think>so</think> one two');
		expect(content?.at(-1)).toEqual({
			token: ' two',
			logprob: -0.5,
			bytes: [...Buffer.from(' two')],
			top_logprobs: [{ token: ' two', logprob: -0.5, bytes: [...Buffer.from(' two')] }],
		});
		type Chunk = { choices: { logprobs: { content: object[] } | null }[] };
		const chunks = (await dataOf(await ask('/v1/chat/completions', { ...body, stream: true }))).slice(0, -1) as Chunk[];
		expect(chunks.flatMap(({ choices }) => choices[0]?.logprobs?.content ?? [])).toEqual(content);
		// OpenAI's client for JavaScript counts those of the first chunk twice.
		const openai = new OpenAI({ apiKey: key, baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
		const messages = [{ role: 'user' as const, content: 'hi' }];
		const read = await openai.chat.completions.stream({ ...body, messages, model: 'default' }).finalChatCompletion();
		expect(read.choices[0]?.logprobs?.content).toEqual(content);
		const plain = (await (await ask('/v1/chat/completions', asked)).json()) as typeof whole;
		expect(plain.choices[0]?.logprobs).toBeNull();
	});

	test.for([
		['more alternatives than there are', { logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
		['alternatives without log-probabilities', { top_logprobs: 2 }, 'logprobs'],
		['a bias beyond the range', { logit_bias: { 5: 101 } }, 'logit_bias'],
		['a bias of no token', { logit_bias: { Paris: 1 } }, 'logit_bias'],
	] as const)('with %s is refused', async ([, more, field]) => {
		const { ask } = await serving();
		const error = await errorOf(await ask('/v1/chat/completions', { ...asked, ...more }));
		expect(error).toMatchObject({ status: 400, message: expect.stringContaining(field) });
	});

	test('says whether it is deterministic if that was asked for', async () => {
		const { ask } = await serving();
		expect(await (await ask('/v1/chat/completions', { ...asked, deterministic: true })).json()).toMatchObject({
			deterministic: true,
			usage: { prompt_tokens_details: { cached_tokens: 0 } },
		});
		const chunks = await dataOf(await ask('/v1/chat/completions', { ...asked, deterministic: true, stream: true }));
		expect(chunks.at(-2)).toMatchObject({ deterministic: true });
		expect(await (await ask('/v1/chat/completions', asked)).json()).not.toHaveProperty('deterministic');
	});

	test('computes its prompt anew without cache_prompt', async () => {
		const { ask } = await serving();
		const cached = async (body: object): Promise<unknown> => {
			const { usage } = (await (await ask('/v1/chat/completions', { ...asked, ...body })).json()) as {
				usage: { prompt_tokens_details: { cached_tokens: number } };
			};
			return usage.prompt_tokens_details.cached_tokens;
		};
		expect(await cached({})).toBe(0);
		expect(await cached({})).toBeGreaterThan(0);
		expect(await cached({ cache_prompt: false })).toBe(0);
	});
});

describe('the queue', () => {
	test('a stream says as comments what it waits for, with its place', async () => {
		const { ask, application, port, key } = await serving(answering([{ type: 'stall' }]));
		const leaving = new AbortController();
		onTestFinished(() => leaving.abort());
		const stream = (content: string) =>
			fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
				method: 'POST',
				body: JSON.stringify({ messages: user(content), stream: true }),
				headers: { authorization: `Bearer ${key}` },
				signal: leaving.signal,
			});
		void stream('first').catch(() => {});
		const places = async () => (await application.client.server.liveRequests()).requests.map(({ place }) => place);
		await expect.poll(places, { timeout: 10_000 }).toEqual([null]);
		void stream('second').catch(() => {});
		await expect.poll(places, { timeout: 10_000 }).toEqual([null, 1]);
		const third = await stream('third');
		expect(await places()).toEqual([null, 1, 2]);
		const { value } = (await third.body?.getReader().read()) ?? {};
		expect(Buffer.from(value ?? []).toString()).toBe(': waiting for other answers, place 2\n\n');
		expect((await ask('/health')).status).toBe(200);
	});

	test('a request whose client goes leaves it at once, and the next takes its place', async () => {
		const { application, port, key } = await serving(answering([{ type: 'stall' }]));
		const stream = (signal: AbortSignal) =>
			fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
				method: 'POST',
				body: JSON.stringify({ messages: user('x'), stream: true }),
				headers: { authorization: `Bearer ${key}` },
				signal,
			}).catch(() => null);
		const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()] as const;
		onTestFinished(() => first.abort());
		onTestFinished(() => third.abort());
		const places = async () => (await application.client.server.liveRequests()).requests.map(({ place }) => place);
		void stream(first.signal);
		await expect.poll(places, { timeout: 10_000 }).toEqual([null]);
		void stream(second.signal);
		await expect.poll(places, { timeout: 10_000 }).toEqual([null, 1]);
		void stream(third.signal);
		await expect.poll(places, { timeout: 10_000 }).toEqual([null, 1, 2]);
		second.abort();
		await expect.poll(places, { timeout: 10_000 }).toEqual([null, 1]);
		expect(await application.client.server.status()).toMatchObject({ active: 2 });
	});
});

test('a key has limits of its own: requests a minute and at once, told in the headers', async () => {
	const { application, ask } = await serving();
	const { client } = application;
	const { key, secret } = await client.server.addKey({ name: 'small', scopes: ['inference'] });
	expect(key.limits).toEqual({ perMinute: null, atOnce: null });
	await client.server.setKeyLimits({ id: key.id, limits: { perMinute: 2, atOnce: null } });
	const headers = { authorization: `Bearer ${secret}` };
	const post = () => ask('/v1/chat/completions', { messages: user('x') }, headers);
	expect((await post()).headers.get('x-ratelimit-remaining-requests')).toBe('1');
	expect((await post()).headers.get('x-ratelimit-remaining-requests')).toBe('0');
	const refused = await post();
	expect(refused.status).toBe(429);
	expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
	expect((await ask('/v1/chat/completions', { messages: user('x') })).status).toBe(200);
});
