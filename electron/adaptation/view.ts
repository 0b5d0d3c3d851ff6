import type { FailureFacts } from '../../models/contract/failure.ts';
import { said, spoken } from '../../models/contract/said.ts';
import type { TrainingCheck, TrainingProgress, TrainingRun, TrainingSummary } from '../contract/adaptation/schema.ts';
import type { Warning } from '../contract/evaluation/schema.ts';
import { getDataset } from '../dataset/store/datasets.ts';
import { getVersion } from '../dataset/store/versions.ts';
import { readLoadSettings } from '../library/load-settings.ts';
import { comparisonsOf, isCompared } from './compare.ts';
import type { AdaptationContext } from './context.ts';
import { effectsOf } from './effects.ts';
import {
	getTraining,
	lastPoint,
	readCheckpoint,
	readTrainingSamples,
	type StoredAdapter,
	type StoredTraining,
	validationsOf,
} from './store.ts';
import { configOf, type TrainingNow } from './train.ts';

/** Validations above the best one after which a person is warned. */
const worrying = 2;

export function trainingSummary(
	{ database }: Pick<AdaptationContext, 'database'>,
	training: StoredTraining,
	now: TrainingNow | null,
): TrainingSummary {
	const { id, name, objective, status, createdAt, startedAt, endedAt } = training;
	const manifest = JSON.parse(training.manifest) as { base: { name: string; quantization: string } };
	const point = lastPoint(database, id);
	const validations = validationsOf(database, id);
	const [first] = validations;
	const last = validations.at(-1);
	const best = validations.reduce<(typeof validations)[number] | undefined>(
		(lowest, each) => (lowest === undefined || each.loss < lowest.loss ? each : lowest),
		undefined,
	);
	return {
		id,
		name,
		objective,
		status,
		createdAt,
		startedAt,
		endedAt,
		base: { modelFileId: training.modelFileId, name: manifest.base.name, quantization: manifest.base.quantization },
		dataset: datasetOf(database, training.datasetVersionId),
		progress: progressOf(training, point, now),
		loss: point?.loss ?? null,
		validation:
			first === undefined || best === undefined || last === undefined
				? null
				: { first: first.loss, best: best.loss, bestStep: best.step, last: last.loss },
		failure: training.failure === null ? null : (JSON.parse(training.failure) as FailureFacts),
	};
}

function datasetOf(database: AdaptationContext['database'], versionId: number | null): TrainingSummary['dataset'] {
	if (versionId === null) return null;
	const version = getVersion(database, versionId);
	const { id, name } = getDataset(database, version.datasetId);
	return { id, versionId, name, number: version.number };
}

function progressOf(
	{ status, steps }: StoredTraining,
	point: { readonly step: number; readonly trainedMs: number } | null,
	now: TrainingNow | null,
): TrainingProgress {
	const step = point?.step ?? 0;
	const isTraining = status === 'running' && now?.phase === 'training';
	const left = isTraining && point !== null && step > 0 ? ((steps - step) * (point.trainedMs / step)) / 1000 : null;
	return spoken({
		phase: now?.phase ?? (status === 'waiting' ? 'waiting' : 'none'),
		step,
		steps,
		secondsLeft: left,
		held: now?.held ?? false,
		doing: now?.doing ?? null,
	});
}

export async function trainingView(
	context: AdaptationContext,
	id: number,
	now: TrainingNow | null,
): Promise<TrainingRun> {
	const { database } = context;
	const training = getTraining(database, id);
	const summary = trainingSummary(context, training, now);
	const point = lastPoint(database, id);
	const comparisons = await comparisonsOf(context, id);
	const effects = effectsOf(context, training);
	return {
		...summary,
		config: configOf(training),
		manifestHash: training.manifestHash,
		manifest: JSON.parse(training.manifest) as TrainingRun['manifest'],
		check: training.checkReport === null ? null : (JSON.parse(training.checkReport) as TrainingCheck),
		outcome: training.outcome,
		tokens: point?.tokens ?? 0,
		tokensPerSecond: point === null || point.trainedMs === 0 ? null : (1000 * point.tokens) / point.trainedMs,
		trainedMs: point?.trainedMs ?? 0,
		peakBytes: training.peakBytes,
		checkpoint: readCheckpoint(database, id),
		samples: readTrainingSamples(database, id),
		comparisons,
		effects,
		isCompared: await isCompared(context, training, comparisons, effects),
		adapter:
			training.adapter === null
				? null
				: adapterOf(context, training.modelFileId, JSON.parse(training.adapter) as StoredAdapter),
		warnings: [...(JSON.parse(training.warnings) as Warning[]), ...risingOf(context, id)],
		conditions: JSON.parse(training.conditions) as TrainingRun['conditions'],
	};
}

function adapterOf(
	{ database }: AdaptationContext,
	baseId: number | null,
	{ id, path, sizeBytes, sha256, step }: StoredAdapter,
): TrainingRun['adapter'] {
	const chosen = baseId === null ? [] : (readLoadSettings({ database }, baseId).adapters ?? []);
	return { id, path, sizeBytes, sha256, step, inUse: chosen.some((adapter) => adapter.path === path) };
}

/** Warns when the newest validations are all above the best one: the model learns the samples by heart. */
function risingOf({ database }: AdaptationContext, id: number): Warning[] {
	const validations = validationsOf(database, id);
	const best = Math.min(...validations.map(({ loss }) => loss));
	const newest = validations.slice(-worrying);
	if (validations.length <= worrying || newest.some(({ loss }) => loss <= best)) return [];
	return [
		spoken({
			code: 'validation-rises',
			message: said`The validation loss is rising: the model is starting to memorise the samples. The weights with the lowest loss are kept.`,
		}),
	];
}
