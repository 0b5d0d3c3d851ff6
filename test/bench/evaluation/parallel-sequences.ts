import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SequencesReply, SequencesRequest } from '../parallel-sequences-process.ts';
import type { Baseline } from './warm-server.ts';

async function reply(child: ChildProcess): Promise<SequencesReply> {
	return await new Promise((resolve, reject) => {
		const ended = () => reject(new Error('the parallel sequences ended'));
		child.once('exit', ended);
		child.once('message', (message) => {
			child.off('exit', ended);
			resolve(message as SequencesReply);
		});
	});
}

/** Starts node-llama-cpp with `slots` sequences of one context, in a process of its own. */
export async function startSequences(options: {
	model: string;
	threads: number;
	slots: number;
	prompts: readonly string[];
}): Promise<Baseline> {
	const child = fork(
		fileURLToPath(new URL('../parallel-sequences-process.ts', import.meta.url)),
		[options.model, `${options.slots}`, `${options.threads}`],
		{ env: { ...process.env, UV_THREADPOOL_SIZE: '1' }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
	);
	await reply(child);
	const run = async (prompts: readonly string[]): Promise<number> => {
		child.send({ prompts } satisfies SequencesRequest);
		const answer = await reply(child);
		if (!('ms' in answer)) throw new Error('error' in answer ? answer.error : 'no answer');
		return (prompts.length / answer.ms) * 1000;
	};
	// Shows each sequence the beginning of the prompts once.
	await run(options.prompts.slice(0, options.slots));
	return {
		run,
		async stop() {
			const exit = once(child, 'exit');
			child.disconnect();
			await exit;
		},
	};
}
