import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModels } from '../../../electron/api/open-models.ts';
import { type Application, createApplication } from '../../../electron/application/application.ts';
import { starterModelPath } from '../../support/starter-model.ts';
import { freePort } from './serving.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
let application: Application;
let openai: OpenAI;
let anthropic: Anthropic;
let ollama: Ollama;

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
	const { key } = await client.server.start({ port });
	const apiKey = key ?? '';
	const base = `http://127.0.0.1:${port}`;
	openai = new OpenAI({ apiKey, baseURL: `${base}/v1`, maxRetries: 0 });
	anthropic = new Anthropic({ apiKey, baseURL: base, maxRetries: 0 });
	ollama = new Ollama({ host: base, headers: { authorization: `Bearer ${apiKey}` } });
});
afterAll(async () => {
	await application.close();
	rmSync(folder, { recursive: true, force: true });
});

const parameters = {
	type: 'object' as const,
	properties: { a: { type: 'integer' }, b: { type: 'integer' } },
	required: ['a', 'b'],
};
const add = { type: 'function' as const, function: { name: 'add', description: 'Adds two numbers', parameters } };
const sum = 'What is 2 plus 3?';

describe('unmodified clients call tools of the starter model', () => {
	const request = {
		model: 'default',
		temperature: 0,
		max_tokens: 120,
		messages: [{ role: 'user' as const, content: sum }],
		tools: [add],
		tool_choice: { type: 'function' as const, function: { name: 'add' } },
	};

	test('OpenAI’s, whole, streamed, and with the result', { timeout: 120_000 }, async () => {
		const { choices } = await openai.chat.completions.create(request);
		const [call] = choices[0]?.message.tool_calls ?? [];
		if (call?.type !== 'function') throw new Error('there is no call');
		expect(choices[0]?.finish_reason).toBe('tool_calls');
		expect(JSON.parse(call.function.arguments)).toEqual({ a: 2, b: 3 });

		const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
		expect(streamed.choices[0]?.message.tool_calls).toMatchObject([
			{ type: 'function', function: { name: 'add', arguments: call.function.arguments } },
		]);

		const messages = [
			...request.messages,
			{ role: 'assistant' as const, content: null, tool_calls: [call] },
			{ role: 'tool' as const, tool_call_id: call.id, content: '5' },
		];
		const after = await openai.chat.completions.create({ ...request, messages, tool_choice: 'auto' });
		expect(['stop', 'tool_calls', 'length']).toContain(after.choices[0]?.finish_reason);
	});

	test('OpenAI’s helper that runs tools gets its results back', { timeout: 120_000 }, async () => {
		const given: unknown[] = [];
		const runner = openai.chat.completions.runTools({
			...{ model: 'default', temperature: 0, max_tokens: 120, messages: request.messages },
			tool_choice: request.tool_choice,
			tools: [
				{
					type: 'function',
					function: {
						...add.function,
						parse: JSON.parse,
						function: (args: { a: number; b: number }) => {
							given.push(args);
							return String(args.a + args.b);
						},
					},
				},
			],
		});
		await runner.done();
		expect(given).toEqual([{ a: 2, b: 3 }]);
	});

	test('OpenAI’s structured answers follow the schema', { timeout: 120_000 }, async () => {
		const { choices } = await openai.chat.completions.create({
			...{ model: 'default', temperature: 0, max_tokens: 100 },
			messages: [{ role: 'user', content: 'Describe a city.' }],
			response_format: {
				type: 'json_schema',
				json_schema: {
					name: 'city',
					schema: {
						type: 'object',
						properties: {
							code: { type: 'string', pattern: '^[A-Z]{3}-\\d{2}$' },
							people: { type: 'integer', minimum: 1_000, maximum: 9_999 },
							founded: { type: 'string', format: 'date' },
						},
						required: ['code', 'people', 'founded'],
						additionalProperties: false,
					},
				},
			},
		});
		const city = JSON.parse(choices[0]?.message.content ?? '') as { code: string; people: number; founded: string };
		expect(city.code).toMatch(/^[A-Z]{3}-\d{2}$/);
		expect(city.people).toBeGreaterThanOrEqual(1_000);
		expect(city.people).toBeLessThanOrEqual(9_999);
		expect(new Date(`${city.founded}T00:00:00Z`).toISOString().slice(0, 10)).toBe(city.founded);
	});

	test('Anthropic’s, whole and streamed', { timeout: 120_000 }, async () => {
		const message = {
			...{ model: 'default', max_tokens: 120, temperature: 0, messages: request.messages },
			tools: [{ name: 'add', description: 'Adds two numbers', input_schema: parameters }],
			tool_choice: { type: 'tool' as const, name: 'add' },
		};
		const whole = await anthropic.messages.create(message);
		expect(whole.stop_reason).toBe('tool_use');
		expect(whole.content).toMatchObject([{ type: 'tool_use', name: 'add', input: { a: 2, b: 3 } }]);
		const streamed = await anthropic.messages.stream(message).finalMessage();
		expect(streamed.content).toMatchObject([{ type: 'tool_use', name: 'add', input: { a: 2, b: 3 } }]);
		const { input_tokens } = await anthropic.messages.countTokens(message);
		expect(input_tokens).toBeGreaterThan(60);
	});

	test('Ollama’s, whole and streamed', { timeout: 120_000 }, async () => {
		// Its API can't ask for a call; the prompt can.
		const chat = {
			...{ model: 'default', options: { temperature: 0, num_predict: 120 }, tools: [add] },
			messages: [{ role: 'user', content: 'Use the tool add to add 2 and 3.' }],
		};
		const whole = await ollama.chat(chat);
		const parts = await ollama.chat({ ...chat, stream: true });
		let content = '';
		const calls: unknown[] = [];
		for await (const { message } of parts) {
			content += message.content;
			calls.push(...(message.tool_calls ?? []));
		}
		const plain = (list: unknown) =>
			JSON.parse(JSON.stringify(list ?? [], (key, value) => (key === 'id' ? undefined : value)));
		expect({ content, calls: plain(calls) }).toEqual({
			content: whole.message.content,
			calls: plain(whole.message.tool_calls),
		});
	});
});
