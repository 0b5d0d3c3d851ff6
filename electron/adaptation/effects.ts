import { Failure } from '../../models/contract/failure.ts';
import type { TrainingEffects } from '../contract/adaptation/schema.ts';
import { overallQuality } from '../contract/comparison/overall-quality.ts';
import { type Comparison, type ComparisonRow, comparisonPlanSchema } from '../contract/comparison/schema.ts';
import type { AdaptationContext } from './context.ts';
import { type StoredTraining, setTrainingEffects } from './store.ts';

/**
 * Starts a comparison of the base with and without the adapter, as a quick one under Compare: the divergence on the texts
 * that come with Assay, speed, memory and size. Continues one that stopped. Returns whether anything was started.
 */
export async function startEffects(
	context: Pick<AdaptationContext, 'database' | 'comparisons'>,
	training: StoredTraining,
	{ adapterId, threads }: { readonly adapterId: number; readonly threads: number },
): Promise<boolean> {
	const { database, comparisons } = context;
	const { id, modelFileId } = training;
	if (modelFileId === null) return false;
	const known = comparisonOf(context, training);
	if (known !== null) {
		const isStopped = known.status === 'paused' || known.status === 'failed';
		if (isStopped) await comparisons.resume(known.id);
		return isStopped;
	}
	const files = {
		...{ referenceId: modelFileId, candidateIds: [], quantize: [] },
		adapted: [{ modelFileId, adapters: [{ id: adapterId, scale: 1 }] }],
	};
	const presets = await comparisons.presets(files);
	const quick = presets.find(({ name }) => name === 'quick')?.plan;
	const { id: comparisonId } = await comparisons.start(comparisonPlanSchema.parse({ ...files, ...quick, threads }));
	setTrainingEffects(database, id, comparisonId);
	return true;
}

/** What the adapter of a run changes, as far as it is measured; null: nothing was asked for. */
export function effectsOf(
	context: Pick<AdaptationContext, 'comparisons'>,
	training: Pick<StoredTraining, 'comparisonId'>,
): TrainingEffects | null {
	const comparison = comparisonOf(context, training);
	if (comparison === null) return null;
	const base = comparison.rows.find(({ reference }) => reference);
	const adapter = comparison.rows.find(({ adapters }) => adapters.length > 0);
	const quality = adapter === undefined ? undefined : overallQuality(adapter);
	return {
		comparisonId: comparison.id,
		status: comparison.status,
		divergence:
			quality === undefined
				? null
				: {
						value: quality.klDivergence,
						standardError: quality.klDivergenceError,
						...{ sameTop: quality.sameTop, tokens: quality.tokens, chunks: quality.chunks },
					},
		base: sideOf(base),
		adapter: sideOf(adapter),
	};
}

function sideOf(row: ComparisonRow | undefined): TrainingEffects['base'] {
	const { generation = null, sizeBytes = null, peakBytes = null } = row ?? {};
	return {
		generation: generation === null ? null : { median: generation.median, sd: generation.sd },
		sizeBytes,
		peakBytes,
	};
}

function comparisonOf(
	{ comparisons }: Pick<AdaptationContext, 'comparisons'>,
	{ comparisonId }: Pick<StoredTraining, 'comparisonId'>,
): Comparison | null {
	if (comparisonId === null) return null;
	try {
		return comparisons.get(comparisonId);
	} catch (error) {
		if (error instanceof Failure && error.code === 'comparison-unknown') return null;
		throw error;
	}
}
