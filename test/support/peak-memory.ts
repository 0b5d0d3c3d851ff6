import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadOptions } from '../../models/contract/load.ts';
import { estimateParts, sumParts } from '../../models/fit/memory-estimate.ts';
import { readModelShape } from '../../models/fit/model-shape.ts';
import { type Processor, parseSystemInfo } from '../../models/fit/processor.ts';
import { readGguf } from '../../models/gguf/read-gguf.ts';
import { runNativeTask } from '../../models/native/run-task.ts';
import { createNodeLauncher } from '../../models/runtime/runtime.ts';
import { answerOf, ask, oneWorkerRuntime, testLoadOptions } from './worker-runtime.ts';

/** The worker as shipped: run from source it is some 50 MB larger, because it includes the compiler. */
const workerEntry = join(import.meta.dirname, '..', '..', 'dist', 'worker', 'worker.js');

/** Why peaks can't be measured here; null if they can. */
export const peakObstacle: string | null =
	process.platform !== 'linux'
		? 'SKIPPED: the peak of another process is read from /proc, which only Linux has'
		: existsSync(workerEntry)
			? null
			: 'SKIPPED: dist/ is missing: npm run build';

export interface Peak {
	/** Estimate from the header, bytes. */
	readonly estimated: number;
	/** VmHWM of the process that held the model and worked with it, bytes. */
	readonly measured: number;
	/** Error of the estimate as a share of the measured peak; negative if too low. */
	readonly error: number;
	/** Second copies of the weights, bytes: by the estimate's tables, and by the engine's own log. */
	readonly copies: { readonly estimated: number; readonly logged: number | undefined };
}

let processor: Promise<Processor> | null = null;

/** Asks the engine which features of this processor it uses. */
function processorOfEngine(): Promise<Processor> {
	processor ??= runNativeTask<'check'>({ kind: 'check', gpu: 'cpu' }).then(({ result }) => {
		const described = parseSystemInfo(result.systemInfo);
		if (described === null) throw new Error(`not understood: ${result.systemInfo}`);
		return described;
	});
	return processor;
}

/** Returns the peak memory of a process, bytes. */
function peakOfProcess(pid: number): number {
	const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	if (kilobytes === undefined) throw new Error(`process ${pid} has no VmHWM`);
	return Number(kilobytes) * 1024;
}

/**
 * Loads a file as the product does, lets it answer a prompt of some hundred tokens if it can chat, and compares the
 * peak memory of its process with the estimate. Uses one thread.
 */
export async function measurePeak(
	path: string,
	options: Partial<LoadOptions> & { contextSize: number },
): Promise<Peak> {
	const shape = readModelShape((await readGguf(path)).header);
	const { contextSize, keyType = 'F16', valueType = 'F16', flashAttention, mapWeights = true } = options;
	const decided = {
		contextSize,
		keyType,
		valueType,
		flashAttention: flashAttention !== 'off',
		mapWeights,
		batchSize: options.batchSize ?? testLoadOptions.batchSize,
		gpuLayers: 0,
	};
	const parts = estimateParts(shape, decided, await processorOfEngine());
	const estimated = sumParts(parts, 'ram');
	const { runtime, pid } = oneWorkerRuntime(createNodeLauncher({ workerEntry }));
	try {
		const engine = await runtime.load({ key: path, path, options: { ...testLoadOptions, ...options } });
		if (engine.capabilities().chat) {
			await answerOf(engine, ask('The quick brown fox. '.repeat(60), { temperature: 0, maxTokens: 16 }));
		}
		const measured = peakOfProcess(pid());
		const repacked = sumParts(
			parts.filter(({ kind }) => kind === 'repacked'),
			'ram',
		);
		const copies = { estimated: repacked, logged: engine.capabilities().copiedBytes };
		return { estimated, measured, error: (estimated - measured) / measured, copies };
	} finally {
		await runtime.close();
	}
}
