import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import type { ObjectiveName, TrainedAdapter } from '../../models/contract/native/training-run.ts';
import { said } from '../../models/contract/said.ts';
import type {
	TrainingCheck,
	TrainingConfig,
	TrainingPoint,
	TrainingRun,
	TrainingSample,
	TrainingStatus,
} from '../contract/adaptation/schema.ts';
import type { Warning } from '../contract/evaluation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, get, run, transaction } from '../database/sql.ts';

export interface StoredTraining {
	readonly id: number;
	readonly name: string;
	readonly objective: ObjectiveName;
	/** JSON of trainingConfigSchema. */
	readonly config: string;
	/** JSON. */
	readonly manifest: string;
	readonly manifestHash: string;
	readonly status: TrainingStatus;
	readonly outcome: TrainingRun['outcome'];
	/** JSON of failureSchema. */
	readonly failure: string | null;
	readonly modelFileId: number | null;
	readonly datasetVersionId: number | null;
	/** JSON of trainingCheckSchema. */
	readonly checkReport: string | null;
	/** 0: not known yet. */
	readonly steps: number;
	/** JSON. */
	readonly conditions: string;
	/** JSON. */
	readonly warnings: string;
	readonly peakBytes: number | null;
	/** JSON of StoredAdapter; null: none yet. */
	readonly adapter: string | null;
	/** The comparison that measured what the adapter changes on neutral texts; null: none. */
	readonly comparisonId: number | null;
	readonly createdAt: number;
	readonly startedAt: number | null;
	readonly endedAt: number | null;
}

/** The adapter of a run, and its id in the library once it is there. */
export type StoredAdapter = TrainedAdapter & { readonly id: number | null };

const columns = `id, name, objective, config, manifest, manifest_hash AS manifestHash, status, outcome, failure,
  model_file_id AS modelFileId, dataset_version_id AS datasetVersionId, check_report AS checkReport, steps, conditions,
  warnings, peak_bytes AS peakBytes, adapter, comparison_id AS comparisonId, created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt`;

export function listTrainings(database: ReadableDatabase): readonly StoredTraining[] {
	return all<StoredTraining>(database, `SELECT ${columns} FROM training_runs ORDER BY id DESC LIMIT 500`);
}

/** Throws Failure `training-unknown`. */
export function getTraining(database: ReadableDatabase, id: number): StoredTraining {
	const row = get<StoredTraining>(database, `SELECT ${columns} FROM training_runs WHERE id = :id`, { id });
	if (row !== undefined) return row;
	throw new Failure({
		code: 'training-unknown',
		message: said`There is no training run ${id}.`,
		next: [said`See the runs in Models, Training, or with: assay train list`],
	});
}

export interface NewTraining {
	readonly name: string;
	readonly config: TrainingConfig;
	readonly manifest: Readonly<Record<string, unknown>>;
	readonly manifestHash: string;
	readonly datasetVersionId: number | null;
	readonly check: TrainingCheck;
	readonly createdAt: number;
	readonly samples: readonly Pick<TrainingSample, 'key' | 'turns' | 'target'>[];
}

/** Returns its id. */
export function insertTraining(database: WritableDatabase, training: NewTraining): number {
	const { config, manifest, check, samples, ...rest } = training;
	return transaction(database, () => {
		const { id } = run(
			database,
			`INSERT INTO training_runs (name, objective, config, manifest, manifest_hash, status, model_file_id,
			 dataset_version_id, check_report, steps, warnings, created_at)
			 VALUES (:name, :objective, :config, :manifest, :manifestHash, 'waiting', :modelFileId, :datasetVersionId,
			 :check, :steps, :warnings, :createdAt)`,
			{
				...rest,
				objective: config.objective,
				modelFileId: config.modelFileId,
				config: JSON.stringify(config),
				manifest: JSON.stringify(manifest),
				check: JSON.stringify(check),
				steps: check.steps,
				warnings: JSON.stringify(check.warnings),
			},
		);
		for (const [position, { key, turns, target }] of samples.entries()) {
			run(
				database,
				`INSERT INTO training_samples (run_id, position, key, turns, target)
				 VALUES (:id, :position, :key, :turns, :target)`,
				{ id, position, key, turns: JSON.stringify(turns), target },
			);
		}
		return id;
	});
}

/** Sets the comparison that measures what the adapter changes. */
export function setTrainingEffects(database: WritableDatabase, id: number, comparisonId: number): void {
	run(database, 'UPDATE training_runs SET comparison_id = :comparisonId WHERE id = :id', { id, comparisonId });
}

export function setTrainingStatus(
	database: WritableDatabase,
	id: number,
	status: TrainingStatus,
	change: {
		readonly failure?: FailureFacts;
		readonly outcome?: TrainingRun['outcome'];
		/** Kept if already set. */
		readonly startedAt?: number;
		readonly endedAt?: number;
	} = {},
): void {
	run(
		database,
		`UPDATE training_runs SET status = :status, failure = :failure, outcome = COALESCE(:outcome, outcome),
		 started_at = COALESCE(started_at, :startedAt), ended_at = :endedAt WHERE id = :id`,
		{
			id,
			status,
			outcome: change.outcome ?? null,
			startedAt: change.startedAt ?? null,
			endedAt: change.endedAt ?? null,
			failure: change.failure === undefined ? null : JSON.stringify(change.failure),
		},
	);
}

/** What became known when the process had read the samples. */
export function setTrainingStarted(
	database: WritableDatabase,
	id: number,
	{ steps, step, conditions }: { steps: number; step: number; conditions: TrainingRun['conditions'] },
): void {
	transaction(database, () => {
		run(database, 'UPDATE training_runs SET steps = :steps, conditions = :conditions WHERE id = :id', {
			id,
			steps,
			conditions: JSON.stringify(conditions),
		});
		// Steps after the checkpoint that it continues from are trained again.
		run(database, 'DELETE FROM training_points WHERE run_id = :id AND step > :step', { id, step });
	});
}

export function renameTraining(database: WritableDatabase, id: number, name: string): void {
	run(database, 'UPDATE training_runs SET name = :name WHERE id = :id', { id, name });
}

export function setTrainingAdapter(database: WritableDatabase, id: number, adapter: StoredAdapter): void {
	run(database, 'UPDATE training_runs SET adapter = :adapter WHERE id = :id', { id, adapter: JSON.stringify(adapter) });
}

/** Adds a warning, in place of an earlier one of the same kind. */
export function setTrainingWarning(database: WritableDatabase, id: number, warning: Warning): void {
	transaction(database, () => {
		const known = JSON.parse(getTraining(database, id).warnings) as Warning[];
		const warnings = JSON.stringify([...known.filter(({ code }) => code !== warning.code), warning]);
		run(database, 'UPDATE training_runs SET warnings = :warnings WHERE id = :id', { id, warnings });
	});
}

/** Keeps the highest of several processes. */
export function notePeak(database: WritableDatabase, id: number, bytes: number): void {
	run(database, 'UPDATE training_runs SET peak_bytes = max(COALESCE(peak_bytes, 0), :bytes) WHERE id = :id', {
		id,
		bytes,
	});
}

/** Runs that a dead process left under way continue from their checkpoint when a person resumes them. */
export function pauseAbandonedTrainings(database: WritableDatabase): void {
	run(database, `UPDATE training_runs SET status = 'paused' WHERE status IN ('running', 'waiting')`);
}

export function removeTraining(database: WritableDatabase, id: number): void {
	run(database, 'DELETE FROM training_runs WHERE id = :id', { id });
}

/** Names of the runs that trained on one of these dataset versions. */
export function trainingsWithVersions(database: ReadableDatabase, versionIds: readonly number[]): readonly string[] {
	return all<{ name: string }>(
		database,
		`SELECT name FROM training_runs WHERE dataset_version_id IN (SELECT value FROM json_each(:ids)) ORDER BY id`,
		{ ids: JSON.stringify(versionIds) },
	).map(({ name }) => name);
}

export function insertPoint(database: WritableDatabase, runId: number, point: TrainingPoint): void {
	run(
		database,
		`INSERT OR REPLACE INTO training_points (run_id, step, loss, validation, gradient_norm, learning_rate, tokens,
		 tokens_per_second, trained_ms) VALUES (:runId, :step, :loss, :validation, :gradientNorm, :learningRate, :tokens,
		 :tokensPerSecond, :trainedMs)`,
		{ runId, ...point },
	);
}

const pointColumns = `step, loss, validation, gradient_norm AS gradientNorm, learning_rate AS learningRate, tokens,
  tokens_per_second AS tokensPerSecond, trained_ms AS trainedMs`;

export const pointsAfter = `SELECT ${pointColumns} FROM training_points
  WHERE run_id = :runId AND step > :after ORDER BY step LIMIT :limit`;

export function readPoints(
	database: ReadableDatabase,
	runId: number,
	after: number,
	limit: number,
): readonly TrainingPoint[] {
	return all<TrainingPoint>(database, pointsAfter, { runId, after, limit });
}

/** The newest point; null: no step yet. */
export function lastPoint(database: ReadableDatabase, runId: number): TrainingPoint | null {
	return (
		get<TrainingPoint>(
			database,
			`SELECT ${pointColumns} FROM training_points WHERE run_id = :runId ORDER BY step DESC LIMIT 1`,
			{ runId },
		) ?? null
	);
}

/** Validation losses of a run in order. */
export function validationsOf(
	database: ReadableDatabase,
	runId: number,
): readonly { readonly step: number; readonly loss: number }[] {
	return all(
		database,
		`SELECT step, validation AS loss FROM training_points WHERE run_id = :runId AND validation IS NOT NULL
		 ORDER BY step`,
		{ runId },
	);
}

/** Tokens per second of earlier runs with a model, newest first; null: of any model, with its number of weights. */
export function earlierSpeeds(
	database: ReadableDatabase,
): readonly { readonly modelFileId: number | null; readonly tokensPerSecond: number; readonly parameters: number }[] {
	return all(
		database,
		`SELECT r.model_file_id AS modelFileId, f.parameters,
		   (SELECT 1000.0 * max(p.tokens) / max(p.trained_ms) FROM training_points p WHERE p.run_id = r.id) AS tokensPerSecond
		 FROM training_runs r JOIN model_files f ON f.id = r.model_file_id
		 WHERE EXISTS (SELECT 1 FROM training_points p WHERE p.run_id = r.id AND p.trained_ms > 0)
		 ORDER BY r.id DESC LIMIT 20`,
	);
}

export function setCheckpoint(
	database: WritableDatabase,
	runId: number,
	checkpoint: { readonly step: number; readonly sizeBytes: number; readonly at: number },
): void {
	run(
		database,
		`INSERT OR REPLACE INTO training_checkpoints (run_id, step, size_bytes, created_at)
		 VALUES (:runId, :step, :sizeBytes, :at)`,
		{ runId, ...checkpoint },
	);
}

export function readCheckpoint(database: ReadableDatabase, runId: number): TrainingRun['checkpoint'] {
	return (
		get<NonNullable<TrainingRun['checkpoint']>>(
			database,
			'SELECT step, size_bytes AS sizeBytes, created_at AS at FROM training_checkpoints WHERE run_id = :runId',
			{ runId },
		) ?? null
	);
}

export function readTrainingSamples(database: ReadableDatabase, runId: number): TrainingSample[] {
	return all<Omit<TrainingSample, 'turns'> & { readonly turns: string }>(
		database,
		'SELECT key, turns, target, before, after FROM training_samples WHERE run_id = :runId ORDER BY position',
		{ runId },
	).map((row) => ({ ...row, turns: JSON.parse(row.turns) as TrainingSample['turns'] }));
}

export function setSampleAnswer(
	database: WritableDatabase,
	runId: number,
	position: number,
	answer: { readonly before: string } | { readonly after: string },
): void {
	const place = { runId, position };
	if ('before' in answer) {
		run(database, 'UPDATE training_samples SET before = :text WHERE run_id = :runId AND position = :position', {
			...place,
			text: answer.before,
		});
	} else {
		run(database, 'UPDATE training_samples SET after = :text WHERE run_id = :runId AND position = :position', {
			...place,
			text: answer.after,
		});
	}
}

export interface StoredTrainingComparison {
	readonly evalRunId: number;
	readonly role: 'held-out' | 'other';
}

export function insertTrainingComparison(
	database: WritableDatabase,
	runId: number,
	{ evalRunId, role }: StoredTrainingComparison,
): void {
	run(database, 'INSERT INTO training_comparisons (run_id, eval_run_id, role) VALUES (:runId, :evalRunId, :role)', {
		runId,
		evalRunId,
		role,
	});
}

/** The held-out samples first. */
export function readTrainingComparisons(
	database: ReadableDatabase,
	runId: number,
): readonly StoredTrainingComparison[] {
	return all<StoredTrainingComparison>(
		database,
		`SELECT eval_run_id AS evalRunId, role FROM training_comparisons WHERE run_id = :runId
		 ORDER BY role, eval_run_id`,
		{ runId },
	);
}
