import { describe, expect, test } from 'vitest';
import { mcpServing } from './application.ts';
import { call, type Era, failureOf, httpClient } from './clients.ts';

const eras: readonly Era[] = ['modern', 'legacy'];

/** About 50 words a second for 100 seconds. */
const slow = { answers: [{ steps: [{ type: 'text' as const, text: 'word '.repeat(5_000), tokenDelayMs: 20 }] }] };

describe.each(eras)('a client of the %s protocol', (era) => {
	test('connects with its key, lists the tools of its scopes, and calls one', async () => {
		const served = await mcpServing();
		const client = await httpClient(served, era);
		expect(client.getServerVersion()).toMatchObject({ name: 'assay', title: 'Assay' });
		const { tools } = await client.listTools();
		expect(tools.map(({ name }) => name)).toEqual([
			'list_models',
			'ask_model',
			'score_choices',
			'run_evaluation',
			'is_b_better_than_a',
			'compare_runs',
			'compare_quantisations',
			'import_dataset',
			'add_sample',
		]);
		for (const { inputSchema, outputSchema } of tools) {
			expect(inputSchema.type).toBe('object');
			expect(outputSchema?.type).toBe('object');
		}
		expect((await call(client, 'list_models')).models).toMatchObject([
			{ name: 'beta F32', default: false },
			{ name: 'alpha F32', default: true },
		]);
		expect(await call(client, 'ask_model', { prompt: 'Capital of France?' })).toMatchObject({
			model: 'alpha F32',
			text: 'It is Paris.',
			alias: null,
			stop_reason: 'end',
		});
		expect((await fetch(`http://127.0.0.1:${served.port}/health`)).status).toBe(200);
	});

	test('hears of progress, and a cancelled call stops the model', async () => {
		const served = await mcpServing({ script: slow });
		const client = await httpClient(served, era);
		const leaving = new AbortController();
		const heard: { progress: number; message?: string | undefined }[] = [];
		const asked = client.callTool(
			{ name: 'ask_model', arguments: { prompt: 'Count' } },
			{
				signal: leaving.signal,
				onprogress: (progress) => {
					heard.push(progress);
					if (progress.message?.includes('tokens written') === true) leaving.abort();
				},
			},
		);
		await expect(asked).rejects.toThrow();
		expect(heard.map(({ progress }) => progress)).toEqual(
			heard.map(({ progress }) => progress).toSorted((a, b) => a - b),
		);
		// The engine is free at once: the other answer would take 100 seconds.
		await expect
			.poll(async () => (await served.application.client.models.list()).states, { timeout: 5_000 })
			.toContainEqual(expect.objectContaining({ state: 'loaded', busy: false }));
	});

	test('learns what went wrong and what to do', async () => {
		const client = await httpClient(await mcpServing(), era);
		expect(await failureOf(client, 'ask_model', { model: 'gamma', prompt: 'x' })).toMatch(
			/There is no model "gamma"\.\n- Name one of: /,
		);
		expect(await failureOf(client, 'ask_model', {})).toContain('There is nothing to answer.');
		expect(await failureOf(client, 'ask_model', { prompt: 'x', max_tokens: 0 })).toContain('max_tokens');
		await expect(client.callTool({ name: 'search_conversations', arguments: { text: 'x' } })).rejects.toThrow(
			'not found',
		);
	});
});

test('a key without the scope is offered fewer tools, and none without inference may ask a model', async () => {
	const served = await mcpServing();
	const { client } = served.application;
	const feedback = await client.server.addKey({ name: 'thumbs', scopes: ['feedback'] });
	const few = await httpClient({ ...served, key: feedback.secret });
	expect((await few.listTools()).tools.map(({ name }) => name)).toEqual(['list_models']);
	expect(few.getServerCapabilities()?.resources).toBeUndefined();
	const reader = await client.server.addKey({ name: 'reader', scopes: ['conversations'] });
	const reading = await httpClient({ ...served, key: reader.secret });
	expect((await reading.listTools()).tools.map(({ name }) => name)).toEqual(['list_models', 'search_conversations']);
});

test('without a key, with a wrong one or from a foreign page nothing answers; an open server never offers conversations', async () => {
	const served = await mcpServing();
	const url = `http://127.0.0.1:${served.port}/mcp`;
	const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
	const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
	expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(401);
	expect((await fetch(url, { method: 'POST', body, headers: { ...headers, authorization: 'Bearer x' } })).status).toBe(
		401,
	);
	const authorization = `Bearer ${served.key}`;
	const foreign = { ...headers, authorization, origin: 'https://evil.example' };
	expect((await fetch(url, { method: 'POST', body, headers: foreign })).status).toBe(403);
	await served.application.client.settings.set({ serverOpen: true });
	const open = await httpClient({ ...served, key: '' });
	const names = (await open.listTools()).tools.map(({ name }) => name);
	expect(names).toContain('ask_model');
	expect(names).not.toContain('search_conversations');
});

test('a session of an older client belongs to its key', async () => {
	const served = await mcpServing();
	const url = `http://127.0.0.1:${served.port}/mcp`;
	const headers = (key: string) => ({
		'content-type': 'application/json',
		accept: 'application/json, text/event-stream',
		authorization: `Bearer ${key}`,
	});
	const initialize = {
		jsonrpc: '2.0',
		id: 1,
		method: 'initialize',
		params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'old', version: '1' } },
	};
	const first = await fetch(url, { method: 'POST', body: JSON.stringify(initialize), headers: headers(served.key) });
	const session = first.headers.get('mcp-session-id') ?? '';
	await first.text();
	expect(session).not.toBe('');
	const other = await served.application.client.server.addKey({ name: 'other', scopes: ['inference'] });
	const list = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
	const with2 = (key: string) =>
		fetch(url, { method: 'POST', body: list, headers: { ...headers(key), 'mcp-session-id': session } });
	expect((await with2(other.secret)).status).toBe(404);
	const own = await with2(served.key);
	expect(own.status).toBe(200);
	await own.text();
	const ended = await fetch(url, { method: 'DELETE', headers: { ...headers(served.key), 'mcp-session-id': session } });
	expect(ended.status).toBe(200);
	expect((await with2(served.key)).status).toBe(404);
});

test('the definitions of all tools stay small: they are part of every prompt', async () => {
	const served = await mcpServing();
	const { secret } = await served.application.client.server.addKey({
		name: 'all',
		scopes: ['inference', 'evaluation', 'conversations'],
	});
	const { tools } = await (await httpClient({ ...served, key: secret })).listTools();
	expect(tools).toHaveLength(10);
	const asked = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
	// About four characters a token: 2,500 tokens, a third of a context of 8,192.
	expect(JSON.stringify(asked).length).toBeLessThan(10_000);
});
