import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A process of llama.cpp's own server. */
export interface LlamaServer {
	/** Without the path of an API. */
	readonly base: string;
	stop(): Promise<void>;
}

async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Starts llama-server with `slots` slots of `slotTokens` tokens; resolves when its model is loaded. */
export async function startLlamaServer(options: {
	readonly binary: string;
	readonly model: string;
	readonly threads: number;
	readonly slots: number;
	readonly slotTokens: number;
}): Promise<LlamaServer> {
	const { binary, model, threads, slots, slotTokens } = options;
	const port = await freePort();
	const base = `http://127.0.0.1:${port}`;
	const child = spawn(
		binary,
		[
			...['--model', model, '--threads', `${threads}`, '--threads-batch', `${threads}`],
			...['--parallel', `${slots}`, '--ctx-size', `${slots * slotTokens}`, '--host', '127.0.0.1', '--port', `${port}`],
			'--log-disable',
		],
		{ stdio: 'ignore' },
	);
	let ended = false;
	const exit = once(child, 'exit').then(() => {
		ended = true;
	});
	while (!ended) {
		const health = await fetch(`${base}/health`).catch(() => null);
		if (health?.ok === true) break;
		await delay(100);
	}
	if (ended) throw new Error(`llama-server at ${binary} ended before it was ready`);
	return {
		base,
		async stop() {
			child.kill('SIGKILL');
			await exit;
		},
	};
}
