import { describe, expect, test } from 'vitest';
import { answering } from '../../support/conversation.ts';
import { errorOf, serving, user } from './serving.ts';

const thinks = answering([{ type: 'text', text: '<think>the capital</think> It is Paris.' }]);

describe('Anthropic’s Messages API', () => {
	const asked = { model: 'default', max_tokens: 50, messages: user('Capital of France?') };

	test('answers with typed blocks; reasoning is one of them if it was asked for', async () => {
		const { ask } = await serving(thinks);
		const plain = await (await ask('/v1/messages', asked)).json();
		expect(plain).toMatchObject({
			type: 'message',
			role: 'assistant',
			content: [{ type: 'text', text: 'It is Paris.' }],
			stop_reason: 'end_turn',
			usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
		});
		const thinking = await (await ask('/v1/messages', { ...asked, thinking: { type: 'enabled' } })).json();
		expect(thinking).toMatchObject({ content: [{ type: 'thinking', thinking: 'the capital' }, { type: 'text' }] });
	});

	test('streams its events in order', async () => {
		const { ask } = await serving(thinks);
		const text = await (await ask('/v1/messages', { ...asked, stream: true, thinking: { type: 'enabled' } })).text();
		const names = [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
		expect(names.filter((name, at) => name !== names[at - 1])).toEqual([
			'message_start',
			...['content_block_start', 'content_block_delta', 'content_block_stop'],
			...['content_block_start', 'content_block_delta', 'content_block_stop'],
			'message_delta',
			'message_stop',
		]);
		const data = [...text.matchAll(/^data: (.*)$/gm)].map(([, line]) => JSON.parse(line ?? ''));
		const deltas = data.filter(({ type }) => type === 'content_block_delta');
		expect(deltas.map(({ delta }) => delta.text ?? '').join('')).toBe('It is Paris.');
		expect(data[0].message.usage.input_tokens).toEqual(expect.any(Number));
	});

	test('counts tokens, with the system text but without the part that changes with every request', async () => {
		const { ask } = await serving();
		const count = async (system: unknown) =>
			((await (await ask('/v1/messages/count_tokens', { ...asked, system })).json()) as { input_tokens: number })
				.input_tokens;
		const block = (text: string) => ({ type: 'text', text });
		const without = await count([block('Be brief.')]);
		expect(without).toBeGreaterThan(await count(undefined));
		expect(await count([block('x-anthropic-billing-header: cc=1; a b c'), block('Be brief.')])).toBe(without);
	});

	test('reports errors in its own form', async () => {
		const { ask } = await serving();
		const response = await ask('/v1/messages', { ...asked, model: 'claude' });
		expect(response.status).toBe(404);
		expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
		expect(await (await ask('/v1/messages', asked, { authorization: 'Bearer no' })).json()).toMatchObject({
			type: 'error',
			error: { type: 'authentication_error' },
		});
	});
});

describe('Ollama’s API', () => {
	test('streams lines of JSON that end with the counts', async () => {
		const { ask } = await serving(thinks);
		const text = await (await ask('/api/chat', { model: 'default', messages: user('Capital of France?') })).text();
		const lines = text
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(lines.map(({ message }) => message.content).join('')).toBe('It is Paris.');
		expect(lines.map(({ message }) => message.thinking ?? '').join('')).toBe('the capital');
		expect(lines.at(-1)).toMatchObject({ done: true, done_reason: 'stop', eval_count: expect.any(Number) });
		expect(lines.slice(0, -1).every(({ done }) => done === false)).toBe(true);
	});

	test('lists and shows models, and answers as one document on request', async () => {
		const { ask } = await serving();
		const { models } = (await (await ask('/api/tags')).json()) as { models: { name: string; details: object }[] };
		expect(models[0]).toMatchObject({ details: { format: 'gguf' } });
		const shown = await (await ask('/api/show', { model: models[0]?.name })).json();
		expect(shown).toMatchObject({ capabilities: ['completion', 'tools'] });
		const answer = await (
			await ask('/api/chat', { messages: user('hi'), stream: false, options: { num_predict: -1 } })
		).json();
		expect(answer).toMatchObject({ done: true, message: { role: 'assistant', content: 'You said: hi' } });
		expect(await (await ask('/api/chat', { model: 'nope', messages: user('x') })).json()).toMatchObject({
			error: expect.stringContaining('nope'),
		});
	});
});

test('an open server answers without a key, or with one that it doesn’t know; its keys keep their scopes', async () => {
	const { application, ask } = await serving();
	await application.client.settings.set({ serverOpen: true });
	for (const authorization of ['', 'Bearer ollama']) {
		expect((await ask('/v1/chat/completions', { messages: user('x') }, { authorization })).status).toBe(200);
	}
	const { secret } = await application.client.server.addKey({ name: 'thumbs', scopes: ['feedback'] });
	const refused = await ask('/v1/chat/completions', { messages: user('x') }, { authorization: `Bearer ${secret}` });
	expect(await errorOf(refused)).toMatchObject({ status: 403 });
});
