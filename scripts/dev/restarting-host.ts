import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import type { ViteDevServer } from 'vite';
import { projectRoot } from '../run-step.ts';

export interface RestartingHostOptions {
	/** The host's script. It sends `ready` when it listens, and ends when it receives `end` or its parent is gone. */
	entry: string;
	args: readonly string[];
	env: NodeJS.ProcessEnv;
	/** Changes below these paths restart the host. */
	watched: readonly string[];
	/** Called each time the host listens, with its start time in ms. */
	onReady(ms: number): void;
	say(line: string): void;
}

export interface RestartingHost {
	close(): Promise<void>;
}

/** Wait for an editor that saves several files at once, ms. */
const togetherMs = 60;
/** Time that the host has to end when asked, ms. */
const graceMs = 8_000;
const sourceFile = /\.(?:ts|tsx|json|jsonl|sql|txt)$/;

/** Runs the host in its own process and restarts it whenever its sources change. */
export function startRestartingHost(watcher: ViteDevServer['watcher'], options: RestartingHostOptions): RestartingHost {
	const { entry, args, env, watched, onReady, say } = options;
	let child: ChildProcess | null = null;
	let timer: NodeJS.Timeout | undefined;
	let closed = false;
	let work: Promise<void> = Promise.resolve();

	function start(): void {
		const began = performance.now();
		const started = fork(entry, args, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
		child = started;
		started.once('message', () => onReady(performance.now() - began));
		started.once('exit', (code, signal) => {
			if (child !== started) return;
			child = null;
			say(`The host ended (${signal ?? `code ${code}`}); it starts again with the next change.`);
		});
	}

	async function stop(): Promise<void> {
		const ending = child;
		child = null;
		if (ending === null) return;
		const exit = once(ending, 'exit');
		if (ending.connected) ending.send('end');
		const force = setTimeout(() => ending.kill('SIGKILL'), graceMs);
		await exit;
		clearTimeout(force);
	}

	function restart(): void {
		work = work.then(async () => {
			await stop();
			if (!closed) start();
		});
	}

	function onChange(_event: string, path: string): void {
		if (!sourceFile.test(path) || !watched.some((folder) => path.startsWith(folder))) return;
		clearTimeout(timer);
		timer = setTimeout(() => {
			say(`${relative(projectRoot, path)} changed: the host restarts`);
			restart();
		}, togetherMs);
	}

	watcher.add([...watched]);
	watcher.on('all', onChange);
	start();
	return {
		async close() {
			closed = true;
			clearTimeout(timer);
			watcher.off('all', onChange);
			await work;
			await stop();
		},
	};
}

/** Finds a free port, which the host takes again after each restart. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (typeof address !== 'object' || address === null) throw new Error('there is no free port');
	return address.port;
}

/** Source folders of the application without the page. */
export const hostSources: readonly string[] = ['electron', 'models', 'migrations', 'texts'].map((folder) =>
	join(projectRoot, folder),
);
