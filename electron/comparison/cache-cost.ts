import type { KvType } from '../../models/contract/load.ts';
import type { runNativeTask } from '../../models/native/run-task.ts';
import type { CacheCost } from '../contract/comparison/sweep.ts';

/** Chunks of 512 tokens: enough for an error that is clustered by chunk. */
export const cacheChunks = 7;

export interface CachesToCost {
	readonly model: string;
	/** Path of a text file. */
	readonly text: string;
	readonly types: readonly KvType[];
	readonly threads: number;
}

/**
 * Measures what each cache type costs in quality: the model's divergence from itself with F16, one type after the
 * other.
 */
export async function costOfCaches(
	native: typeof runNativeTask,
	{ model, text, types, threads }: CachesToCost,
	{ signal, progress }: { signal: AbortSignal; progress: (cacheType: KvType, chunk: number) => void },
): Promise<CacheCost[]> {
	const costs: CacheCost[] = [];
	for (const cacheType of new Set(types)) {
		if (cacheType === 'F16') continue;
		progress(cacheType, 0);
		const { result } = await native<'perplexity'>(
			{ kind: 'perplexity', model, reference: model, text, chunks: cacheChunks, cacheType, threads },
			{ signal, onProgress: (each) => each.kind === 'perplexity' && progress(cacheType, each.chunk) },
		);
		const { klDivergence, sameTop } = result.reference!;
		const error = klDivergence.errorByChunk ?? klDivergence.error;
		costs.push({ cacheType, klDivergence: klDivergence.mean, error, sameTop, tokens: result.tokens });
	}
	return costs;
}
