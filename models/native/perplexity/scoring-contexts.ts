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

/** What both ways of measuring end with. */
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

/** Progress over `chunks`, some of which may be done by an earlier pass. */
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

/** Layers of each of these files for the GPU, decided before any of them takes its memory. */
export async function layersOf(
	library: NativeLibrary,
	{ gpuLayers, contextSize, cacheType }: PerplexityTask,
	paths: readonly string[],
): Promise<readonly number[]> {
	const needs = { gpuLayers, contextSize, batchSize: decodeSize, keyType: cacheType, models: paths.length };
	return Promise.all(paths.map(async (path) => (await chooseOffload(library, path, needs)).layers));
}

/** Of the reference, and as llama-perplexity has them. */
export function contextOptions({ threads }: PerplexityTask, { contextSize }: ChunkPlan) {
	return { contextSize, batchSize: Math.min(decodeSize, contextSize), threads };
}

/** The context of the tested model. Throws Failure `cache-type-unsuitable`. */
export function testedContext(model: NativeModel, task: PerplexityTask, plan: ChunkPlan): NativeContext {
	const cache = { keyType: task.cacheType, valueType: task.cacheType };
	checkCacheTypes(model, cache);
	return new NativeContext(model, { ...contextOptions(task, plan), ...cache });
}
