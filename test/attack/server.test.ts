import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { makeFolders, saying } from '../electron/hosts/cli/folders.ts';
import { documentOf, runCli, startCli } from '../electron/hosts/cli/run-cli.ts';
import { freePort, serving, user } from '../electron/server/serving.ts';
import { answering } from '../support/conversation.ts';
import { randomOf } from './random.ts';
import { attackBodies, attackByLeaving, attackSchemas, growthOf, openSlow, streams } from './server.ts';

const written = answering([{ type: 'text', text: 'a few words of an answer. '.repeat(8), tokenDelayMs: 1 }]);

test('bodies that nobody can read are refused in the client’s own form', { timeout: 60_000 }, async () => {
	expect(await attackBodies(await serving())).toEqual([]);
});

test('a body that is too large is refused before it is read', async () => {
	const { ask } = await serving();
	const large = 'x'.repeat(33 * 1024 * 1024);
	for (const [path] of streams) {
		const status = await ask(path, undefined, {}, { method: 'POST', body: large }).then(
			(response) => response.status,
			// The connection is closed on who goes on sending.
			() => 413,
		);
		expect(status, path).toBe(413);
	}
	expect((await ask('/v1/chat/completions', { messages: user('x') })).status).toBe(200);
});

test('schemas and patterns that explode are answered in time', { timeout: 120_000 }, async () => {
	expect(await attackSchemas(await serving())).toEqual([]);
});

test('clients that leave at random moments leave nothing behind', { timeout: 60_000 }, async () => {
	const served = await serving(written);
	expect(await attackByLeaving(served, randomOf(14), 150)).toEqual([]);
	expect((await served.ask('/v1/chat/completions', { messages: user('x') })).status).toBe(200);
});

test('clients that send or read slowly hold nobody up', { timeout: 60_000 }, async () => {
	const served = await serving(answering([{ type: 'text', text: `${'x'.repeat(100_000)} `.repeat(120) }]));
	const { ask, application } = served;
	const endWriters = await openSlow(served, 100, { messages: user('x') }, true);
	const endReaders = await openSlow(served, 3, { messages: user('x'), stream: true }, false);
	const response = await ask('/v1/chat/completions', { messages: user('x'), max_tokens: 5 });
	expect(response.status).toBe(200);
	await response.text();
	await expect.poll(() => application.client.server.status(), { timeout: 20_000 }).toMatchObject({ active: 0 });
	endWriters();
	endReaders();
});

test('2,000 requests in a row leave no memory behind', { timeout: 120_000 }, async () => {
	expect(await growthOf(await serving(), 2_000)).toBeLessThan(4 * 1024 * 1024);
});

function childrenOf(parent: number): number[] {
	const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
	return stdout.split('\n').flatMap((line) => {
		const [pid = 0, of = 0] = line.trim().split(/\s+/).map(Number);
		return of === parent ? [pid] : [];
	});
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

/** What tells a client of each protocol that its answer is not whole. */
const failures: Readonly<Record<string, RegExp>> = {
	'/v1/chat/completions': /data: \{"error":\{"message":"[^\n]+"code":"worker_crashed"/,
	'/v1/completions': /data: \{"error":\{"message":"[^\n]+"code":"worker_crashed"/,
	'/v1/responses': /event: (response\.failed|error)\n/,
	'/v1/messages': /event: error\ndata: \{"type":"error","error":\{"type":"api_error"/,
	'/api/chat': /\n\{"error":"/,
};

test('kill -9 of the worker or of the host in the middle of a stream', { timeout: 120_000 }, async () => {
	const { data, model } = makeFolders();
	await runCli(['models', 'add', model, '--data', data]);
	const port = await freePort();
	const args = ['server', 'start', '--port', String(port), '--json', '--data', data];
	const crash = { type: 'crash', how: { signal: 'SIGKILL' } } as const;
	const { script } = answering([{ type: 'text', text: 'so far so good' }, crash]);
	const server = startCli(args, { ...(script === undefined ? {} : { script }) });
	await server.says('"key"');
	const { key } = documentOf({ code: 0, stdout: server.stdout(), stderr: '' }) as { key: string };
	const ask = (path: string, body: object) =>
		fetch(`http://127.0.0.1:${port}${path}`, {
			method: 'POST',
			body: JSON.stringify(body),
			headers: { authorization: `Bearer ${key}` },
		});
	for (const [path, body] of streams) {
		const text = await (await ask(path, body)).text();
		expect(text, path).toContain('so');
		expect(text, path).toMatch(failures[path] ?? /^$/);
	}
	server.child.kill('SIGINT');
	await server.end;

	const slow = startCli(args, { script: saying('word '.repeat(5_000), 20) });
	await slow.says('"port"');
	const response = await ask('/v1/chat/completions', { messages: user('x'), stream: true });
	const reader = response.body?.getReader();
	// Comments keep the connection open while the model loads; a kill then would be one while it loads.
	for (let heard = ''; !heard.includes('word'); ) heard += Buffer.from((await reader?.read())?.value ?? []).toString();
	const workers = childrenOf(slow.child.pid ?? 0);
	expect(workers.length).toBeGreaterThan(0);
	slow.child.kill('SIGKILL');
	await expect.poll(() => workers.filter(isAlive), { timeout: 10_000 }).toEqual([]);
	await slow.end;
	await reader?.read().catch(() => {});

	const again = startCli(args, { script: saying('It is Paris.') });
	await again.says('"port"');
	const answer = await ask('/v1/chat/completions', { messages: user('Capital of France?') });
	expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'It is Paris.' } }] });
});
