import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cliEntry } from '../electron/hosts/cli/run-cli.ts';
import { freePort } from '../electron/server/serving.ts';

/** A process of `assay server start`. */
export interface ServedStarter {
	readonly child: ChildProcess;
	/** Without the path of an API. */
	readonly base: string;
	readonly key: string;
	/** A request with the key; without a body a GET. */
	ask(path: string, body?: unknown, more?: RequestInit): Promise<Response>;
	/** Runs another `assay …` on the same data folder, beside it. */
	assay(...args: string[]): Promise<{ readonly code: number | null; readonly output: string }>;
	/** Ends it, as Ctrl+C does, and removes its data. */
	stop(): Promise<void>;
}

/** Starts `assay server start` on real models in a new data folder. The first is the default. */
export async function serveModels(...models: readonly string[]): Promise<ServedStarter> {
	const folder = mkdtempSync(join(tmpdir(), 'assay-interop-'));
	const data = join(folder, 'data');
	async function assay(...args: string[]) {
		const child = spawn(process.execPath, [cliEntry, ...args, '--data', data], {
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, NO_COLOR: '1' },
		});
		const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
		return { code: child.exitCode, output: out + error };
	}
	for (const model of models) {
		const { code, output } = await assay('models', 'add', model);
		if (code !== 0) throw new Error(`assay models add failed: ${output}`);
	}
	const port = await freePort();
	const child = spawn(
		process.execPath,
		[cliEntry, 'server', 'start', '--port', String(port), '--json', '--data', data],
		{ stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } },
	);
	const ended = once(child, 'exit');
	const key = await keyOf(child);
	const base = `http://127.0.0.1:${port}`;
	return {
		child,
		base,
		key,
		assay,
		ask: (path, body, more = {}) =>
			fetch(`${base}${path}`, {
				...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
				...more,
				headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more.headers },
			}),
		async stop() {
			if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
			await ended;
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Reads the key from the document that the server prints once it listens. */
async function keyOf({ stdout }: ChildProcess): Promise<string> {
	let printed = '';
	for await (const piece of stdout ?? []) {
		printed += String(piece);
		const key = /"key": *"([^"]+)"/.exec(printed)?.[1];
		if (key !== undefined) return key;
	}
	throw new Error(`the server ended without a key: ${printed}`);
}
