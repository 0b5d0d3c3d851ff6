import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ServerRequest } from '../../../electron/contract/server/request-log.ts';
import { answering } from '../../support/conversation.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { freePort, openApplication, type Served, serving, user } from './serving.ts';

/** The machine may be busy. */
const soon = { timeout: 10_000 };

const secretText = 'xylophone-in-the-attic';

async function history({ application }: Pick<Served, 'application'>): Promise<readonly ServerRequest[]> {
	return (await application.client.server.requests()).requests;
}

describe('the log of requests', () => {
	test('says who asked what, how it ended and what it cost, and keeps no text by default', async () => {
		const served = await serving(answering([{ type: 'text', text: 'one two three' }]));
		const { ask, application } = served;
		const headers = { 'user-agent': 'openai-python 1.2.3' };
		const answer = (await (await ask('/v1/chat/completions', { messages: user(secretText) }, headers)).json()) as {
			id: string;
		};
		await (await ask('/v1/messages', { max_tokens: 9, messages: user('x'), stream: true }, headers)).text();
		await ask('/v1/chat/completions', { messages: [] });
		await ask('/v1/nothing');
		await expect.poll(async () => (await history(served)).length, soon).toBe(4);
		const [unknown, refused, streamed, first] = await history(served);
		expect(first).toMatchObject({
			responseId: answer.id,
			client: 'openai-python 1.2.3',
			key: { name: 'First key' },
			route: '/v1/chat/completions',
			model: 'scripted-f32',
			modelFileId: 1,
			streamed: false,
			state: 'ended',
			status: 200,
			error: null,
			completionTokens: 3,
			cachedTokens: 0,
			finishReason: 'end',
			queueMs: expect.any(Number),
			ttftMs: expect.any(Number),
			durationMs: expect.any(Number),
			hasBody: false,
		});
		expect(streamed).toMatchObject({ route: '/v1/messages', streamed: true, status: 200 });
		expect(streamed?.responseId).toMatch(/^msg_/);
		// The two prompts begin alike; the texts of the tokens are not kept.
		expect(streamed?.cacheMiss).toMatchObject({ at: expect.any(Number), cached: null, prompt: null });
		expect(refused).toMatchObject({ status: 400, error: expect.stringContaining('messages'), promptTokens: null });
		expect(unknown).toMatchObject({ route: '', status: 404 });
		expect((await application.client.server.request({ id: first?.id ?? 0 })).body).toBeNull();
	});

	test('filters, counts and gives percentiles, by key too', async () => {
		const served = await serving();
		const { ask, application } = served;
		const { secret, key } = await application.client.server.addKey({ name: 'editor', scopes: ['inference'] });
		for (let time = 0; time < 3; time += 1) await ask('/v1/chat/completions', { messages: user('a b c') });
		await ask('/v1/chat/completions', { messages: user('d') }, { authorization: `Bearer ${secret}` });
		await ask('/v1/chat/completions', { messages: [] }, { authorization: `Bearer ${secret}` });
		await expect.poll(async () => (await history(served)).length, soon).toBe(5);
		const { client } = application;
		const list = async (filter: Parameters<typeof client.server.requests>[0]) => await client.server.requests(filter);
		expect(await list({ filter: { key: key.id } })).toMatchObject({ total: 2 });
		expect(await list({ filter: { outcome: 'failed' } })).toMatchObject({ total: 1, requests: [{ status: 400 }] });
		const page = await list({ limit: 2 });
		expect(page.requests).toHaveLength(2);
		const next = await list({ limit: 2, before: page.requests.at(-1)?.id });
		expect(next.requests.map(({ id }) => id)).not.toEqual(page.requests.map(({ id }) => id));
		const figures = await client.server.requestFigures();
		expect(figures).toMatchObject({
			requests: 5,
			failed: 1,
			left: 0,
			routes: [{ name: '/v1/chat/completions', requests: 5 }],
		});
		expect(figures.ttftMs?.p50).toBeLessThanOrEqual(figures.ttftMs?.p99 ?? 0);
		expect(figures.ttftMs?.max).toBeGreaterThan(0);
		expect(await client.server.requestFigures({ filter: { client: 'nobody' } })).toMatchObject({
			requests: 0,
			ttftMs: null,
		});
		const { keys } = await client.server.keyUsage();
		expect(keys.map(({ key: one, requests, failed }) => [one?.name, requests, failed])).toEqual([
			['First key', 3, 0],
			['editor', 2, 1],
		]);
	});

	test('finds requests by the code of their error, and says of how many a percentile is', async () => {
		const served = await serving();
		const { ask, application } = served;
		await ask('/v1/chat/completions', { messages: user('a b c') });
		await ask('/v1/chat/completions', { model: 'nobody', messages: user('a') });
		await expect.poll(async () => (await history(served)).length, soon).toBe(2);
		const { client } = application;
		const failed = await client.server.requests({ filter: { error: 'model_not_found' } });
		expect(failed).toMatchObject({ total: 1, requests: [{ status: 404 }] });
		expect(await client.server.requests({ filter: { error: 'nothing' } })).toMatchObject({ total: 0 });
		expect(await client.server.requestFigures()).toMatchObject({ ttftMs: { n: 1 }, durationMs: { n: 2 } });
	});

	test('shows a request while it is answered, then that the client left', async () => {
		const served = await serving(answering([{ type: 'text', text: 'so far' }, { type: 'stall' }]));
		const { application, port, key } = served;
		const leaving = new AbortController();
		const events: string[] = [];
		onTestFinished(application.events.subscribe(({ type }) => void events.push(type)));
		const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
			method: 'POST',
			body: JSON.stringify({ messages: user('x'), stream: true }),
			headers: { authorization: `Bearer ${key}` },
			signal: leaving.signal,
		});
		await response.body?.getReader().read();
		const { requests } = await application.client.server.liveRequests();
		expect(requests).toMatchObject([
			{ state: 'answering', status: null, place: null, promptTokens: expect.any(Number) },
		]);
		await expect.poll(() => events, soon).toContain('server-requests-changed');
		leaving.abort();
		await expect.poll(() => history(served), soon).toMatchObject([{ status: 499, state: 'ended' }]);
		expect((await application.client.server.liveRequests()).requests).toEqual([]);
		expect(await application.client.server.requestFigures()).toMatchObject({ failed: 0, left: 1 });
	});

	test('survives a restart', async () => {
		const folder = temporaryFolder();
		const first = await openApplication(folder);
		const { key } = await first.client.server.start({ port: await freePort() });
		const status = await first.client.server.status();
		if (status.state !== 'on') throw new Error('off');
		await fetch(`${status.url}/models`, { headers: { authorization: `Bearer ${key}` } });
		await first.close();
		const second = await openApplication(folder);
		expect(await history({ application: second })).toMatchObject([{ route: '/v1/models', status: 200 }]);
	});
});

describe('texts of requests', () => {
	async function keeping(keep: 'day' | 'always', folder = temporaryFolder(), clock?: () => number) {
		const application = await openApplication(folder, answering([{ type: 'text', text: 'It is Paris.' }]), [], clock);
		await application.client.settings.set({ serverKeepBodies: keep });
		const port = await freePort();
		const { key } = await application.client.server.start({ port });
		const ask = (body: unknown) =>
			fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
				method: 'POST',
				body: JSON.stringify(body),
				headers: { authorization: `Bearer ${key}` },
			});
		return { application, ask, folder };
	}
	const body = {
		messages: [{ role: 'system', content: 'Be brief.' }, ...user(`Where is ${secretText}?`)],
		temperature: 0,
		seed: 4,
	};

	test('are kept on request: they can be opened, continued in a chat and added to a dataset', async () => {
		const { application, ask } = await keeping('always');
		const { client } = application;
		await (await ask(body)).json();
		await expect.poll(async () => (await history({ application })).length, soon).toBe(1);
		const [request] = await history({ application });
		const id = request?.id ?? 0;
		expect(request?.hasBody).toBe(true);
		const opened = await client.server.request({ id });
		expect(JSON.parse(opened.body?.request ?? '')).toEqual(body);
		expect(opened.body).toMatchObject({
			answers: [{ content: 'It is Paris.', reasoning: '' }],
			prompt: { turns: body.messages, sampling: { temperature: 0, seed: 4 } },
			deletedAt: null,
		});
		const conversation = await client.server.replayRequest({ id });
		expect(conversation).toMatchObject({ systemPrompt: 'Be brief.' });
		const { messages } = await client.conversations.get({ id: conversation.id });
		expect(messages.map(({ role, content }) => [role, content])).toEqual([
			['user', `Where is ${secretText}?`],
			['assistant', 'It is Paris.'],
		]);
		expect(messages[1]?.generation).toMatchObject({ modelFileId: 1, sampling: { temperature: 0, seed: 4 } });
		expect((await client.server.replayRequest({ id })).id).toBe(conversation.id);
		const added = await client.server.addRequestsToDataset({ ids: [id], into: { name: 'Served' } });
		expect(added).toMatchObject({ dataset: { name: 'Served' }, changed: 1, leftOut: 0 });
		const { rows } = await client.datasets.samples.list({ versionId: added.version.id });
		expect(rows).toMatchObject([{ input: `Where is ${secretText}?`, target: 'It is Paris.' }]);
		await expect(
			client.server.addRequestsToDataset({ ids: [id], into: { name: 'Rated' }, targets: 'rated' }),
		).rejects.toMatchObject({ data: { code: 'nothing-to-add' } });
	});

	const bytesOf = (folder: string): Buffer =>
		Buffer.concat(
			['assay.db', 'assay.db-wal']
				.map((name) => join(folder, name))
				.filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined)
				.map((path) => readFileSync(path)),
		);

	test.for(['deleted', 'the trash emptied', 'a day later'] as const)('leave no byte: %s', async (how) => {
		let now = Date.now();
		const { application, ask, folder } = await keeping('day', temporaryFolder(), () => now);
		const { client } = application;
		await (await ask(body)).json();
		await expect.poll(async () => (await history({ application }))[0]?.hasBody, soon).toBe(true);
		expect(bytesOf(folder).includes(secretText)).toBe(true);
		const [request] = await history({ application });
		if (how === 'deleted') {
			expect(await client.server.deleteBodies({ ids: null })).toEqual({ deleted: 1 });
			expect(await history({ application })).toMatchObject([{ id: request?.id, hasBody: false }]);
		} else if (how === 'the trash emptied') {
			const { deletedAt, deleted } = await client.server.deleteRequests({ ids: [request?.id ?? 0] });
			expect(deleted).toBe(1);
			expect(await history({ application })).toEqual([]);
			expect(await client.server.restoreRequests({ deletedAt })).toEqual({ restored: 1 });
			expect(await history({ application })).toHaveLength(1);
			await client.server.deleteRequests({ ids: null });
			await client.trash.empty({ backups: false });
		} else {
			now += 24 * 3_600_000 + 1;
			await application.close();
			const again = await openApplication(folder, {}, [], () => now);
			await expect.poll(async () => (await history({ application: again }))[0]?.hasBody, soon).toBe(false);
		}
		await expect.poll(() => bytesOf(folder).includes(secretText), soon).toBe(false);
	});
});
