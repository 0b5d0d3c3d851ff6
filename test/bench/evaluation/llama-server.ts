import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { generatedTokens, inSlots } from './samples.ts';

export interface Baseline {
	/** Answers the prompts with all slots busy; resolves to samples per second. */
	run(prompts: readonly string[]): Promise<number>;
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

/** Starts llama-server with `slots` slots and warms each with the beginning of the prompts. */
export async function startServer(options: {
	binary: string;
	model: string;
	threads: number;
	slots: number;
	prompts: readonly string[];
}): Promise<Baseline> {
	const { binary, model, threads, slots } = options;
	const port = await freePort();
	const address = `http://127.0.0.1:${port}`;
	const child = spawn(
		binary,
		[
			...['--model', model, '--threads', `${threads}`, '--threads-batch', `${threads}`],
			...['--parallel', `${slots}`, '--ctx-size', `${slots * 1024}`, '--host', '127.0.0.1', '--port', `${port}`],
			'--log-disable',
		],
		{ stdio: 'ignore' },
	);
	let ended = false;
	const exit = once(child, 'exit').then(() => {
		ended = true;
	});
	const complete = async (prompt: string, slot: number): Promise<void> => {
		const response = await fetch(`${address}/completion`, {
			method: 'POST',
			body: JSON.stringify({
				prompt,
				id_slot: slot,
				n_predict: generatedTokens,
				temperature: 0,
				repeat_penalty: 1,
				cache_prompt: true,
			}),
		});
		if (!response.ok) throw new Error(`llama-server answered ${response.status}: ${await response.text()}`);
		await response.json();
	};
	while (!ended) {
		const health = await fetch(`${address}/health`).catch(() => null);
		if (health?.ok === true) break;
		await delay(100);
	}
	if (ended) throw new Error(`llama-server at ${binary} ended before it was ready`);
	await inSlots(slots, slots, (sample, slot) => complete(options.prompts[sample] ?? '', slot));
	return {
		async run(prompts) {
			const from = performance.now();
			await inSlots(slots, prompts.length, (sample, slot) => complete(prompts[sample] ?? '', slot));
			return (prompts.length / (performance.now() - from)) * 1000;
		},
		async stop() {
			child.kill('SIGKILL');
			await exit;
		},
	};
}
