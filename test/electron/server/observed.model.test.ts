import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModels } from '../../../electron/api/open-models.ts';
import { type Application, createApplication } from '../../../electron/application/application.ts';
import { checkEndpoint } from '../../../electron/server/endpoint-doctor/check-endpoint.ts';
import { starterModelPath } from '../../support/starter-model.ts';
import { freePort } from './serving.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
let application: Application;
let openai: OpenAI;
let url: string;
let key: string;

beforeAll(async () => {
	application = await createApplication({
		dataFolder: folder,
		host: 'browser',
		version: '0',
		log: () => {},
		models: openModels(),
	});
	const { client } = application;
	const model = await client.models.add({ path: await starterModelPath() });
	await client.models.setOptions({ id: model.id, options: { threads: 1, contextSize: 2_048 } });
	const port = await freePort();
	const started = await client.server.start({ port });
	key = started.key ?? '';
	url = `http://127.0.0.1:${port}/v1`;
	openai = new OpenAI({ apiKey: key, baseURL: url, maxRetries: 0 });
});
afterAll(async () => {
	await application.close();
	rmSync(folder, { recursive: true, force: true });
});

const question = [{ role: 'user' as const, content: 'What is the capital of France?' }];

test('OpenAI’s client gets responses of the starter model, whole and streamed', async () => {
	const response = await openai.responses.create({
		model: 'default',
		input: question,
		temperature: 0,
		max_output_tokens: 12,
	});
	expect(response.output_text.length).toBeGreaterThan(0);
	expect(response.usage?.input_tokens).toBe(37);
	const stream = await openai.responses.create({
		model: 'default',
		input: question,
		temperature: 0,
		max_output_tokens: 12,
		stream: true,
	});
	let text = '';
	for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
	expect(text).toBe(response.output_text);
});

test('deterministic answers are equal to the last bit, whatever else is asked meanwhile', async () => {
	const ask = (more: object) =>
		openai.chat.completions.create({
			model: 'default',
			messages: [{ role: 'user', content: `${'The river runs to the sea. '.repeat(12)}Tell a story.` }],
			max_tokens: 24,
			seed: 5,
			temperature: 1,
			logprobs: true,
			...more,
		});
	const alone = await ask({ deterministic: true });
	expect(alone).toMatchObject({ deterministic: true, usage: { prompt_tokens_details: { cached_tokens: 0 } } });
	const others = [1, 2, 3].map((seed) => ask({ seed, messages: [{ role: 'user', content: `Count to ${seed}0.` }] }));
	const among = await ask({ deterministic: true });
	await Promise.all(others);
	expect(among.choices).toEqual(alone.choices);
});

test('a bias bans a token, and the log names where the prompt left the cache', async () => {
	const { tokens } = (await (
		await fetch(url.replace('/v1', '/tokenize'), {
			method: 'POST',
			body: JSON.stringify({ content: 'yes' }),
			headers: { authorization: `Bearer ${key}` },
		})
	).json()) as { tokens: number[] };
	const long = (word: string) => `${'All rivers run into the sea. '.repeat(20)}${word}. Say yes.`;
	const ask = (word: string) =>
		openai.chat.completions.create({
			model: 'default',
			messages: [{ role: 'user', content: long(word) }],
			max_tokens: 8,
			temperature: 0,
			logit_bias: Object.fromEntries(tokens.map((token) => [token, -100])),
		});
	await application.client.settings.set({ serverKeepBodies: 'day' });
	expect((await ask('monday')).choices[0]?.message.content?.startsWith('yes')).toBe(false);
	const second = await ask('tuesday');
	expect(second.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThanOrEqual(64);
	const [request] = (await application.client.server.requests()).requests;
	expect(request?.client).toMatch(/^OpenAI\/JS/);
	expect(request?.cacheMiss).toMatchObject({ cached: expect.stringMatching(/m/), prompt: expect.stringMatching(/t/) });
});

test('the doctor finds nothing broken', async () => {
	const { checks } = await checkEndpoint(url, { key });
	const wrong = checks.filter(({ outcome }) => outcome !== 'ok');
	// The starter writes; vectors need an embedding model.
	expect(wrong.map(({ name, outcome }) => [name, outcome])).toEqual([['embeddings', 'missing']]);
});
