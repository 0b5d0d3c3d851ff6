import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'start.ts');

/** A data folder that was started with before, so that no model is fetched. */
function dataFolder(): string {
	const folder = temporaryFolder();
	writeFileSync(join(folder, 'starter.json'), '{}');
	return folder;
}

interface Started {
	process: ChildProcess;
	output(): string;
	/** Resolves with the address once it is printed. */
	address(): Promise<string>;
	ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

function start(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
	const env = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', npm_lifecycle_event: 'start', ...environment };
	// In its own process group, so that cleanup ends everything in it.
	const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => {
			output += chunk.toString();
		});
	}
	const ended: Started['ended'] = new Promise((resolve) => {
		child.on('exit', (code, signal) => resolve({ code, signal }));
	});
	onTestFinished(() => {
		try {
			process.kill(-child.pid!, 'SIGKILL');
		} catch {
			// The whole group is gone, as expected.
		}
	});
	return {
		process: child,
		output: () => output,
		ended,
		address: async () => {
			for (;;) {
				const found = /http:\/\/127\.0\.0\.1:\d+\/\S*#token=\S+/.exec(output)?.[0];
				if (found) return found;
				if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output}`);
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
		},
	};
}

const startNode = (...args: string[]) => start(process.execPath, [script, ...args]);

async function untilGone(path: string): Promise<void> {
	while (existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('without a display, it says so in one line and serves the app at an address with a token', async () => {
	const data = dataFolder();
	const app = startNode('--host', 'window', '--port', '0', '--no-open', '--data', data);
	const address = await app.address();
	const lines = app
		.output()
		.split('\n')
		.filter((line) => /^No window/.test(line));
	expect(lines).toEqual(process.platform === 'linux' ? [expect.stringContaining('there is no display')] : lines);
	const page = await fetch(address);
	expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
	expect(existsSync(join(data, 'assay.db'))).toBe(true);

	app.process.kill('SIGTERM');
	expect(await app.ended).toEqual({ code: 0, signal: null });
	expect(existsSync(join(data, 'owner.json'))).toBe(false);
});

test('a second start on the same data folder prints a new link to the first', async () => {
	const data = dataFolder();
	const first = startNode('--port', '0', '--no-open', '--data', data);
	const address = await first.address();
	const second = startNode('--port', '0', '--no-open', '--data', data);
	expect(await second.ended).toMatchObject({ code: 0 });
	const again = await second.address();
	expect([new URL(again).origin, again === address]).toEqual([new URL(address).origin, false]);
	first.process.kill('SIGINT');
	expect(await first.ended).toEqual({ code: 130, signal: null });
});

test('a busy port is reported with what to do', async () => {
	const server = createServer().listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	onTestFinished(() => void server.close());
	const { port } = server.address() as { port: number };
	const app = startNode('--port', String(port), '--no-open', '--data', dataFolder());
	expect(await app.ended).toMatchObject({ code: 1 });
	expect(app.output()).toContain(`can’t use port ${port}: another program is using it`);
	expect(app.output()).toContain('--port <n>');
});

test.skipIf(process.platform === 'win32')('it shuts down cleanly when npm disappears without a signal', async () => {
	const data = dataFolder();
	// The process tree of npm: a process that runs a shell that runs Node.
	const line = `"${process.execPath}" "${script}" --port 0 --no-open --data "${data}"; exit $?`;
	const npm = start(process.execPath, [
		'-e',
		`require('node:child_process').spawn('/bin/sh', ['-c', ${JSON.stringify(line)}], { stdio: 'inherit' })`,
	]);
	await npm.address();
	expect(existsSync(join(data, 'owner.json'))).toBe(true);
	npm.process.kill('SIGKILL');
	await untilGone(join(data, 'owner.json'));
	await untilGone(join(data, 'assay.db-wal'));
});

test('wrong usage exits with 2 and explains the options', async () => {
	const app = startNode('--host', 'tv');
	expect(await app.ended).toMatchObject({ code: 2 });
	expect(app.output()).toContain('--host takes window or browser, not "tv"');
	expect(app.output()).toContain('--data <folder>');
});
