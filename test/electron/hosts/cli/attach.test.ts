import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contractVersion } from '../../../../electron/contract/system/version.ts';
import { connectPage } from './connect-page.ts';
import { makeFolders, paris, saying, slow } from './folders.ts';
import { documentOf, type RunningCli, runCli, runCliProcess, startCli } from './run-cli.ts';

/** Starts `assay serve` on a free port, with the model in its library. */
async function startServe(script = paris) {
	const { data, model } = makeFolders();
	await runCli(['models', 'add', model, '--data', data]);
	const serve = startCli(['serve', '--no-open', '--port', '0', '--data', data], { script });
	await serve.says('#token=');
	const url = /http:\S+/.exec(serve.stdout())?.[0] ?? '';
	return { data, serve, url };
}

async function end(serve: RunningCli): Promise<number | null> {
	serve.child.kill('SIGTERM');
	return (await serve.end).code;
}

describe('assay serve', () => {
	test('prints its address with the token, serves the page there and ends on a signal', async () => {
		const { serve, url } = await startServe();
		expect(serve.stdout()).toMatch(
			/^Assay is at http:\/\/127\.0\.0\.1:\d+\/\?[\w-]+#token=[\w-]{43}\nEach link opens once\. .+\nPress Ctrl\+C to stop\.\n$/,
		);
		const page = await fetch(url);
		expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
		const { client, close } = await connectPage(url);
		expect(await client.system.hello({ contractVersion })).toMatchObject({ host: 'browser' });
		close();
		serve.interrupt();
		expect((await serve.end).code).toBe(130);
	});

	test('prints one document with --json, and SIGTERM ends it in order with code 0', async () => {
		const { data } = makeFolders();
		const serve = startCli(['serve', '--no-open', '--port', '0', '--json', '--data', data]);
		await serve.says('}');
		expect(JSON.parse(serve.stdout())).toEqual({
			url: expect.stringContaining('#token='),
			fallbackUrl: null,
			port: expect.any(Number),
			dataFolder: data,
		});
		expect(await end(serve)).toBe(0);
	});

	test('without --port has a name of its own in the link, and 127.0.0.1 in another for browsers without it', async () => {
		const { data } = makeFolders();
		const serve = startCli(['serve', '--no-open', '--data', data]);
		await serve.says('Ctrl+C');
		const [named, numeric] = [...serve.stdout().matchAll(/http:\S+/g)].map(([url]) => new URL(url));
		expect([named?.hostname, numeric?.hostname, numeric?.port]).toEqual([
			expect.stringMatching(/^assay-[a-z2-9]{16}\.localhost$/),
			'127.0.0.1',
			named?.port,
		]);
		const { client, close } = await connectPage(String(numeric));
		expect(await client.system.hello({ contractVersion })).toMatchObject({ host: 'browser' });
		close();
		expect(await end(serve)).toBe(0);
	});

	test('prints a new link to the first one if started twice on one data folder, also after a link was used', async () => {
		const { data, serve, url } = await startServe();
		(await connectPage(url)).close();
		await expect(connectPage(url)).rejects.toThrow('already used');
		const second = await runCliProcess(['serve', '--no-open', '--json', '--data', data]);
		expect(second.code).toBe(0);
		const again = documentOf(second) as { url: string };
		expect([new URL(again.url).origin, again.url === url]).toEqual([new URL(url).origin, false]);
		(await connectPage(again.url)).close();
		if (process.platform !== 'win32') expect(statSync(join(data, 'owner.json')).mode & 0o777).toBe(0o600);
		expect(await end(serve)).toBe(0);
	});

	test('fails with a next step on a port that is taken', async () => {
		const { serve, url } = await startServe();
		const { data } = makeFolders();
		const second = await runCliProcess(['serve', '--no-open', '--json', '--port', new URL(url).port, '--data', data]);
		expect(second.code).toBe(1);
		expect(documentOf(second)).toMatchObject({ error: { code: 'port-taken' } });
		expect(await end(serve)).toBe(0);
	});

	test('reports that another command has the data folder', async () => {
		const { data, model } = makeFolders();
		const chat = startCli(['chat', 'hi', '--model', model, '--data', data], { script: slow });
		await chat.says('word');
		const serve = await runCliProcess(['serve', '--no-open', '--json', '--data', data]);
		expect(serve.code).toBe(1);
		expect(documentOf(serve)).toMatchObject({
			error: { code: 'data-folder-busy', message: expect.stringContaining(`process ${chat.child.pid}`) },
		});
	});
});

describe('a command while the app runs', () => {
	test('uses the app and prints the same output', async () => {
		const { data, serve } = await startServe();
		const chat = await runCliProcess(['chat', 'hi', '--json', '--data', data]);
		expect(chat).toMatchObject({ code: 0, stderr: '' });
		expect(documentOf(chat)).toMatchObject({ conversationId: 1, text: 'The capital of France is Paris.' });
		const text = await runCliProcess(['chat', 'hi', '--data', data]);
		expect(text.stdout).toBe('The capital of France is Paris.\n');
		expect((await runCliProcess(['conversations', 'list', '--data', data])).stdout).toContain('2 ');
		expect((await runCliProcess(['doctor', '--data', data])).code).toBe(0);
		expect(await end(serve)).toBe(0);
	});

	test('fails as it would alone', async () => {
		const { data, serve } = await startServe();
		const shown = await runCliProcess(['conversations', 'show', '99', '--json', '--data', data]);
		expect(shown.code).toBe(1);
		expect(documentOf(shown)).toMatchObject({ error: { code: 'conversation-unknown' } });
		expect(await end(serve)).toBe(0);
	});

	test('stops its answer at Ctrl+C, and the app keeps running and has the text', async () => {
		const { data, serve, url } = await startServe(slow);
		const chat = startCli(['chat', 'hi', '--data', data]);
		await chat.says('word word');
		chat.interrupt();
		expect((await chat.end).code).toBe(130);
		const { client, close } = await connectPage(url);
		const { messages } = await client.conversations.get({ id: 1 });
		expect(messages.at(-1)).toMatchObject({ status: 'stopped', content: expect.stringMatching(/^word word/) });
		close();
		expect(await end(serve)).toBe(0);
	});

	test('leaves its answer to the app if it is killed, and the app finishes it', async () => {
		const { data, serve, url } = await startServe(saying('word '.repeat(60), 20));
		const chat = startCli(['chat', 'hi', '--data', data]);
		await chat.says('word word');
		chat.interrupt('SIGKILL');
		const { client, close } = await connectPage(url);
		await expect
			.poll(async () => (await client.conversations.get({ id: 1 })).messages.at(-1)?.status, { timeout: 10_000 })
			.toBe('complete');
		close();
		expect(await end(serve)).toBe(0);
	});

	test('loses nothing when it writes at the same time as the app and others', async () => {
		const { data, serve, url } = await startServe({ ...saying('An answer.') });
		const { client, close } = await connectPage(url);
		const fromThePage = Promise.all(
			Array.from({ length: 10 }, async (_, index) => {
				const { generationId } = await client.conversations.send({ conversationId: null, text: `page ${index}` });
				for await (const update of await client.generations.subscribe({ id: generationId })) {
					if (update.type === 'end') return update.message.status;
				}
				return 'lost';
			}),
		);
		const fromCommands = Promise.all(
			Array.from({ length: 4 }, async (_, index) => {
				const first = await runCliProcess(['chat', `command ${index}a`, '--json', '--data', data]);
				const second = await runCliProcess(['chat', `command ${index}b`, '--json', '--data', data]);
				return [first.code, second.code];
			}),
		);
		expect(await fromThePage).toEqual(Array(10).fill('complete'));
		expect((await fromCommands).flat()).toEqual(Array(8).fill(0));
		const { conversations } = await client.conversations.list({ limit: 100 });
		const threads = await Promise.all(conversations.map(({ id }) => client.conversations.get({ id })));
		const said = threads.map(({ messages }) => messages.map(({ content }) => content));
		expect(said.map(([question]) => question).sort()).toEqual(
			[
				...Array.from({ length: 10 }, (_, index) => `page ${index}`),
				...Array.from({ length: 4 }, (_, index) => [`command ${index}a`, `command ${index}b`]).flat(),
			].sort(),
		);
		expect(said.every(([, answer]) => answer === 'An answer.')).toBe(true);
		close();
		expect(await end(serve)).toBe(0);
	});

	test('reports that the app ended while it ran', async () => {
		const { data, serve } = await startServe(slow);
		const chat = startCli(['chat', 'hi', '--json', '--data', data]);
		await expect
			.poll(async () => (await runCliProcess(['conversations', 'list', '--json', '--data', data])).stdout, {
				timeout: 15_000,
			})
			.toContain('"id": 1');
		serve.child.kill('SIGKILL');
		const { code, ...rest } = await chat.end;
		expect(code).toBe(1);
		expect(documentOf({ code, ...rest })).toMatchObject({
			error: { code: 'application-quit', message: expect.stringContaining(`process ${serve.child.pid}`) },
		});
		const shown = await runCliProcess(['conversations', 'show', '1', '--json', '--data', data]);
		expect(documentOf(shown)).toMatchObject({ messages: [{ status: 'complete' }, { status: 'interrupted' }] });
	});
});

describe('several commands at once, without the app', () => {
	test('share one data folder, and each gets its answer', async () => {
		const { data, model } = makeFolders();
		await runCli(['models', 'add', model, '--data', data]);
		const script = saying('word '.repeat(40), 20);
		const ends = await Promise.all(
			Array.from({ length: 3 }, (_, index) =>
				runCliProcess(['chat', `q${index}`, '--json', '--data', data], { script }),
			),
		);
		expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, '']));
		const texts = ends.map((each) => (documentOf(each) as { text: string }).text.trim());
		expect(texts).toEqual(Array(3).fill('word '.repeat(40).trim()));
	});
});
