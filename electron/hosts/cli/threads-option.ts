import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import type { Gpu, GpuLayers } from '../../../models/contract/gpu.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { bestThreads, threadCounts } from '../../../models/worker/thread-choice.ts';

export type ThreadsOption = number | 'auto';

/** Parses `--threads`: a number, or auto. */
export function threadsOption(text: string): ThreadsOption {
	if (text === 'auto') return text;
	const value = Number(text);
	if (Number.isInteger(value) && value >= 1 && value <= 256) return value;
	throw new InvalidArgumentError('It must be a whole number from 1 to 256, or auto.');
}

/** Returns the threads for work in large batches, which uses every core. */
export function batchThreads(threads: ThreadsOption): number {
	return threads === 'auto' ? availableParallelism() : threads;
}

/** Finds the thread count with which this model generates fastest here, in short trials of 16 tokens. */
export async function measuredThreads(
	model: string,
	threads: ThreadsOption,
	signal: AbortSignal,
	device: { gpu?: Gpu; gpuLayers?: GpuLayers } = {},
): Promise<number> {
	if (threads !== 'auto') return threads;
	const counts = threadCounts(availableParallelism());
	if (counts.length === 1) return counts[0] ?? 1;
	const trials = [];
	for (const count of counts) {
		const { result } = await runNativeTask<'bench'>(
			{
				kind: 'bench',
				model,
				tests: [{ promptTokens: 0, generatedTokens: 16, depth: 0 }],
				repetitions: 3,
				settings: [{ threads: count }],
				...device,
			},
			{ signal },
		);
		trials.push({ threads: count, tokensPerSecond: result.results[0]?.tokensPerSecond.median ?? 0 });
	}
	return bestThreads(trials);
}
