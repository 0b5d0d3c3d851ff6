import type {
	Approximation,
	ChunkResult,
	NativeProgressOf,
	NativeWarning,
	PerplexityTask,
} from '../../contract/native/tasks.ts';
import { checkCacheTypes } from '../cache-type.ts';
import { NativeContext } from '../context.ts';
import { chooseOffload } from '../gpu-offload.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import type { ModelFacts, NativeModel } from '../model.ts';
import type { ChunkPlan } from './chunks.ts';
import { decodeSize } from './decode-strips.ts';
import type { TokenScores } from './token-scores.ts';

export type Report = (progress: NativeProgressOf<'perplexity'>) => void;

/** Result of both ways of measuring. */
export interface ScoringOutcome {
	readonly scores: TokenScores;
	readonly model: NativeModel;
	readonly reference: ModelFacts | null;
	readonly pairWarnings: readonly NativeWarning[];
	readonly approximation: Approximation | null;
	readonly textTokens: number;
	readonly plan: ChunkPlan;
	readonly elapsedMs: number;
}

/** Creates a reporter of progress over `chunks`, some of which an earlier pass may have done. */
export function createReporter(
	onProgress: Report,
	chunks: number,
): (done: number, result: ChunkResult, perplexity: number) => void {
	const started = performance.now();
	return (done, result, perplexity) => {
		const remainingMs = ((performance.now() - started) / done) * (chunks - done);
		onProgress({ chunk: done, chunks, result, perplexity, remainingMs });
	};
}

/** Returns the GPU layers of each of these files, decided before any of them takes memory. */
export async function layersOf(
	library: NativeLibrary,
	{ gpuLayers, contextSize, cacheType }: PerplexityTask,
	paths: readonly string[],
): Promise<readonly number[]> {
	const needs = { gpuLayers, contextSize, batchSize: decodeSize, keyType: cacheType, models: paths.length };
	return Promise.all(paths.map(async (path) => (await chooseOffload(library, path, needs)).layers));
}

/** Options of the reference's context, as in llama-perplexity. */
export function contextOptions({ threads }: PerplexityTask, { contextSize }: ChunkPlan) {
	return { contextSize, batchSize: Math.min(decodeSize, contextSize), threads };
}

/** Creates the context of the tested model. Throws Failure `cache-type-unsuitable`. */
export function testedContext(model: NativeModel, task: PerplexityTask, plan: ChunkPlan): NativeContext {
	const cache = { keyType: task.cacheType, valueType: task.cacheType };
	checkCacheTypes(model, cache);
	return new NativeContext(model, { ...contextOptions(task, plan), ...cache });
}
