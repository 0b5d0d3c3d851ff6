import { failureSchema } from '../../models/contract/failure.ts';
import { spoken, type Words } from '../../models/contract/said.ts';
import { type Manifest, manifestSchema } from '../contract/evaluation/manifest.ts';
import type { Arm, Run, RunSummary } from '../contract/evaluation/schema.ts';
import { handScorer, scorerName } from '../contract/evaluation/scorer-name.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { findVersion } from '../dataset/store/versions.ts';
import { promptOfVersion } from '../prompt/store.ts';
import { labelsOf } from './arm-labels.ts';
import { type ArmSummary, armSummarySchema } from './arm-summary.ts';
import { criterionOutcome } from './criteria.ts';
import { shardLayoutOf, unitCount, unitsOf } from './shard/shard-layout.ts';
import { armsOf, type StoredArm } from './store/arms.ts';
import { countRows } from './store/results.ts';
import { getRun, type StoredRun } from './store/runs.ts';
import { failedShardCount, givenUpShards, usualFailure } from './store/shards.ts';
import { storedConfig } from './stored-config.ts';
import type { RunProgress } from './time-left.ts';

/** null: nothing is measured yet, or an Assay with another format wrote it. */
export function armSummary({ summary }: Pick<StoredArm, 'summary'>): ArmSummary | null {
	if (summary === null) return null;
	const parsed = armSummarySchema.safeParse(JSON.parse(summary));
	return parsed.success ? parsed.data : null;
}

/** Whether a person has scored outputs of the arm. */
export function isScoredByHand(stored: Pick<StoredArm, 'summary'>): boolean {
	return armSummary(stored)?.metrics[handScorer] !== undefined;
}

export function armView(database: ReadableDatabase, stored: StoredArm, manifest: Manifest, label: Words): Arm {
	const planned = manifest.arms[stored.position];
	const summary = armSummary(stored);
	return spoken({
		id: stored.id,
		position: stored.position,
		label,
		technique: stored.technique,
		parameters: stored.parameters,
		model: {
			id: stored.modelFileId,
			name: planned?.model.name ?? '',
			quantization: planned?.model.quantization ?? '',
		},
		...(planned?.adapters === undefined
			? {}
			: {
					adapters: planned.adapters.map((adapter, index) => ({ id: stored.adapters[index]?.id ?? null, ...adapter })),
				}),
		...(planned?.context === undefined ? {} : { context: planned.context }),
		prompt: {
			id: stored.promptVersionId === null ? null : promptOfVersion(database, stored.promptVersionId),
			versionId: stored.promptVersionId,
			name: planned?.prompt.name ?? '',
			number: planned?.prompt.number ?? 0,
		},
		n: summary?.n ?? 0,
		total: manifest.dataset.samples * manifest.epochs,
		errors: summary?.errors ?? 0,
		metrics: summary?.metrics ?? {},
		latency: summary?.latency ?? null,
		tokensPerSecond: summary?.tokensPerSecond ?? null,
		promptTokens: summary?.promptTokens ?? 0,
		completionTokens: summary?.completionTokens ?? 0,
	});
}

export function armViews(database: ReadableDatabase, run: StoredRun, manifest = manifestOf(run)): readonly Arm[] {
	const labels = labelsOf(manifest);
	return armsOf(database, run.id).map((arm) => armView(database, arm, manifest, labels[arm.position] ?? ''));
}

export function manifestOf(run: Pick<StoredRun, 'manifest'>): Manifest {
	return manifestSchema.parse(JSON.parse(run.manifest));
}

/** Maximum number of given-up shards that a run lists: most fail for the same reason. */
const mostGivenUp = 20;

/** What a run is doing now, or what it waits for. */
export interface RunNow {
	readonly now: RunProgress | null;
	/** "Waiting for a comparison"; null: it does not wait. */
	readonly waiting: Words | null;
}

/** A run as lists show it. */
export function summaryView(database: ReadableDatabase, run: StoredRun, { now, waiting }: RunNow): RunSummary {
	const manifest = manifestOf(run);
	const arms = armViews(database, run, manifest);
	const byHand = arms.some(({ metrics }) => metrics[handScorer] !== undefined);
	const sum = (of: (arm: Arm) => number): number => arms.reduce((total, arm) => total + of(arm), 0);
	const under =
		run.status === 'running' && now !== null
			? now
			: run.status === 'done'
				? { done: sum(({ n }) => n), errors: sum(({ errors }) => errors) }
				: // After a crash, the summaries lack the last rows.
					countRows(database, run.id, manifest.marked !== undefined);
	const measuring = run.status === 'running' ? now : null;
	return {
		id: run.id,
		name: run.name,
		status: run.status,
		repeatable: run.repeatable,
		repeatOf: run.repeatOf,
		markedOf: run.markedOf,
		baseline: run.baseline === 1,
		manifestHash: run.manifestHash,
		arms: [...arms],
		dataset: {
			id: findVersion(database, run.datasetVersionId)?.datasetId ?? 0,
			versionId: run.datasetVersionId,
			name: manifest.dataset.name,
			number: manifest.dataset.number,
			samples: manifest.dataset.samples,
		},
		scorers: [...manifest.scorers.map(scorerName), ...(byHand ? [handScorer] : [])],
		progress: spoken({
			done: under.done,
			total: unitCount(shardLayoutOf(manifest)) * arms.length,
			errors: under.errors,
			failedShards: failedShardCount(database, run.id),
			secondsLeft: measuring?.secondsLeft ?? null,
			...(measuring?.basis == null ? {} : { secondsLeftBasis: measuring.basis }),
			doing: run.status === 'waiting' ? waiting : (measuring?.doing ?? null),
		}),
		failure: run.failure === null ? null : failureSchema.parse(JSON.parse(run.failure)),
		createdAt: run.createdAt,
		startedAt: run.startedAt,
		endedAt: run.endedAt,
		deletedAt: run.deletedAt,
	};
}

/** A run as pages and commands see it. Throws Failure `run-unknown`. */
export function runView(database: ReadableDatabase, id: number, now: RunNow): Run {
	const run = getRun(database, id);
	const manifest = manifestOf(run);
	const summaries = armsOf(database, id).map((arm) => ({ armId: arm.id, summary: armSummary(arm) }));
	const failures = summaries.flatMap(({ armId, summary }) => {
		const failure = summary === null || summary.errors === 0 ? null : usualFailure(database, armId);
		return failure === null ? [] : [{ armId, failure: failureSchema.parse(JSON.parse(failure)) }];
	});
	return {
		...summaryView(database, run, now),
		config: storedConfig(run.config, manifest),
		manifest,
		criteria: manifest.criteria.flatMap((criterion) =>
			summaries.map(({ armId, summary }) => criterionOutcome(criterion, armId, summary)),
		),
		byTag: summaries.flatMap(({ armId, summary }) => (summary?.byTag ?? []).map((one) => ({ ...one, armId }))),
		repeats: summaries.flatMap(({ armId, summary }) => (summary?.repeats ?? []).map((one) => ({ ...one, armId }))),
		givenUp: givenUpShards(database, id, mostGivenUp).map(({ armId, position, failure }) => {
			const units = unitsOf(shardLayoutOf(manifest), position);
			return {
				armId,
				first: units[0]?.position ?? 0,
				last: units.at(-1)?.position ?? 0,
				failure: failureSchema.parse(JSON.parse(failure)),
			};
		}),
		...(failures.length === 0 ? {} : { failures }),
		warnings: JSON.parse(run.warnings) as Run['warnings'],
		repeatableNote: run.repeatableNote,
		conditions: JSON.parse(run.conditions) as Run['conditions'],
	};
}
