import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** One run of the engine alone: a prompt that it has not seen, then tokens one after the other. */
export interface AloneRequest {
	readonly threads: number;
	/** Parsed with special tokens, as the product's template renders it. */
	readonly prompt: string;
	/** Tokens to generate; an end-of-answer token does not end the run. */
	readonly maxTokens: number;
}

export interface AloneResult {
	readonly promptTokens: number;
	/** From the start of the run to the first token, ms. */
	readonly ttftMs: number;
	/** From the first token to the last, ms. */
	readonly generationMs: number;
	readonly completionTokens: number;
}

export type AloneReply = { id: number; result: AloneResult } | { id: number; error: string } | { ready: true };

export interface EngineAlone {
	run(request: AloneRequest): Promise<AloneResult>;
	stop(): Promise<void>;
}

/**
 * Starts node-llama-cpp in a process of its own: the same library, model file and environment as the product's worker,
 * and nothing around it. This is the baseline for the product.
 */
export async function startEngineAlone(modelPath: string): Promise<EngineAlone> {
	const child = fork(fileURLToPath(new URL('./engine-alone-process.ts', import.meta.url)), [modelPath], {
		env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
	});
	await firstMessage(child);
	let lastId = 0;
	return {
		async run(request) {
			lastId += 1;
			const id = lastId;
			const reply = await new Promise<AloneReply>((resolve, reject) => {
				const ended = () => reject(new Error('the engine alone ended during a run'));
				child.once('exit', ended);
				child.on('message', function take(message: AloneReply) {
					if (!('id' in message) || message.id !== id) return;
					child.off('message', take);
					child.off('exit', ended);
					resolve(message);
				});
				child.send({ id, request });
			});
			if ('result' in reply) return reply.result;
			throw new Error('error' in reply ? reply.error : 'no result');
		},
		async stop() {
			if (child.exitCode !== null || child.signalCode !== null) return;
			const exit = once(child, 'exit');
			child.disconnect();
			await exit;
		},
	};
}

async function firstMessage(child: ChildProcess): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		child.once('message', () => resolve());
		child.once('exit', (code) => reject(new Error(`the engine alone ended with ${code} before it was ready`)));
	});
}

/** Returns the thread counts worth trying: each up to 4, then doubling steps, and all cores. */
export function threadCounts(cores: number): number[] {
	const counts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64].filter((count) => count < cores);
	return [...counts, cores];
}
