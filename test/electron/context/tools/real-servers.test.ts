import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { freePort } from '../../server/serving.ts';
import { type OpenTools, openTools, realServer, signal, startServer } from './open-tools.ts';

const missing = existsSync(realServer('everything')) ? false : 'not installed: npm ci --prefix test/interop/mcp';

async function call({ tools, tool }: OpenTools, name: string, args: Record<string, unknown>): Promise<string> {
	const { content } = await tools.callByHand((await tool(name)).id, args, signal);
	return content;
}

/** Starts server-everything as a service; returns its address. */
async function serveEverything(manner: 'streamableHttp' | 'sse'): Promise<string> {
	const port = await freePort();
	const child = spawn(process.execPath, [realServer('everything'), manner], {
		env: { ...process.env, PORT: String(port) },
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	await new Promise<void>((resolve) => {
		child.stderr.on('data', (text: Buffer) => {
			if (/listening|running/i.test(text.toString())) resolve();
		});
	});
	return `http://127.0.0.1:${port}/${manner === 'sse' ? 'sse' : 'mcp'}`;
}

describe.skipIf(missing !== false)('real servers', () => {
	test('server-everything over its standard input: tools, results of every kind, progress, errors', async () => {
		const opened = openTools();
		expect(await startServer(opened.tools, [realServer('everything'), 'stdio'])).toMatchObject({ state: 'connected' });
		expect(await call(opened, 'echo', { message: 'hello' })).toBe('Echo: hello');
		expect(await call(opened, 'get-sum', { a: 2, b: 3 })).toBe('The sum of 2 and 3 is 5.');
		expect(await call(opened, 'get-tiny-image', {})).toContain('[image: image/png, 4035 bytes, not shown]');
		expect(await call(opened, 'get-structured-content', { location: 'New York' })).toContain('"temperature"');
		expect(await call(opened, 'get-sum', { a: 'x' })).toMatch(/error|invalid/i);
	});

	test('server-filesystem reads its folder and refuses others', async () => {
		const opened = openTools();
		const folder = join(temporaryFolder(), 'files');
		mkdirSync(folder);
		writeFileSync(join(folder, 'note.txt'), 'the note');
		await startServer(opened.tools, [realServer('filesystem'), folder]);
		expect(await call(opened, 'read_text_file', { path: join(folder, 'note.txt') })).toBe('the note');
		expect(await call(opened, 'read_text_file', { path: '/etc/passwd' })).toContain('Access denied');
	});

	test('server-memory keeps what it was told, in a file that its variables name', async () => {
		const opened = openTools();
		const file = join(temporaryFolder(), 'memory.jsonl');
		await startServer(opened.tools, [realServer('memory')], { MEMORY_FILE_PATH: file });
		await call(opened, 'create_entities', {
			entities: [{ name: 'Ada', entityType: 'person', observations: ['likes tea'] }],
		});
		expect(await call(opened, 'search_nodes', { query: 'tea' })).toContain('Ada');
		expect(readFileSync(file, 'utf8')).toContain('likes tea');
	});

	test.each(['streamableHttp', 'sse'] as const)('server-everything over HTTP (%s)', async (manner) => {
		const opened = openTools();
		const url = await serveEverything(manner);
		const added = opened.tools.addServer({ name: 'Remote', launch: { kind: 'url', url, headers: {} } });
		expect(added.state).toBe('waiting');
		expect(await opened.tools.approveServer(added.id, added.launchHash)).toMatchObject({ state: 'connected' });
		expect(await call(opened, 'echo', { message: 'over HTTP' })).toBe('Echo: over HTTP');
		const hosts = opened.events.flatMap((event) => (event.type === 'network-request' ? [event.host] : []));
		expect(new Set(hosts)).toEqual(new Set(['127.0.0.1']));
	});

	test('nothing runs before it is approved, and a changed command has to be approved again', async () => {
		const { tools, dataFolder, conversation } = openTools();
		const file = join(temporaryFolder(), 'ran');
		const args = ['-e', `require('fs').writeFileSync(${JSON.stringify(file)}, '')`];
		const launch = { kind: 'command' as const, command: process.execPath, args, env: { KEY: 'a' }, folder: null };
		const added = tools.addServer({ name: 'Script', launch });
		await tools.listTools(conversation());
		await expect(tools.connectServer(added.id)).rejects.toMatchObject({ code: 'tool-server-not-approved' });
		await expect(tools.approveServer(added.id, 'another hash')).rejects.toMatchObject({ code: 'launch-changed' });
		expect(existsSync(file)).toBe(false);
		await tools.approveServer(added.id, added.launchHash);
		expect(existsSync(file)).toBe(true);
		const path = join(dataFolder, 'tools/secrets.json');
		writeFileSync(path, readFileSync(path, 'utf8').replace('"a"', '"b"'));
		expect((await tools.view()).servers[0]?.state).toBe('waiting');
	});

	test('a database from elsewhere starts nothing, and allows nothing once it replaced this one', async () => {
		const file = join(temporaryFolder(), 'ran');
		const args = ['-e', `require('fs').appendFileSync(${JSON.stringify(file)}, 'x')`];
		const there = openTools();
		const { id } = await startServer(there.tools, args);
		const ran = readFileSync(file, 'utf8');
		const here = openTools({ database: there.database });
		expect((await here.tools.view()).servers[0]?.state).toBe('waiting');
		await expect(here.tools.connectServer(id)).rejects.toMatchObject({ code: 'tool-server-not-approved' });
		expect(readFileSync(file, 'utf8')).toBe(ran);
		here.tools.setFolders([temporaryFolder()]);
		here.tools.grant((await here.tool('calculator')).id, { kind: 'any' }, 'always', null);
		here.publish({ type: 'data-replaced' });
		expect(await here.tools.view()).toMatchObject({ folders: [], grants: [] });
	});

	test('a server that was removed can be restored with its tools, until the application closes', async () => {
		const opened = openTools();
		const server = await startServer(opened.tools, [realServer('everything'), 'stdio']);
		await opened.tools.removeServer(server.id);
		expect((await opened.tools.view()).servers).toEqual([]);
		opened.tools.restoreServer(server.id);
		expect(await call(opened, 'echo', { message: 'again' })).toBe('Echo: again');
	});
});
