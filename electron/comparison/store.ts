import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { UsedAdapter } from '../contract/adapters/schema.ts';
import type { Comparison, ComparisonPlan } from '../contract/comparison/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, get, run, transaction } from '../database/sql.ts';
import type { ImatrixSource } from '../library/importance-matrix.ts';
import type { PlannedTask, TaskKind } from './plan-task.ts';
import type { PromptLength } from './prompt-lengths.ts';
import { type Step, type StepResults, stepKey, stepResultSchemas } from './steps.ts';

export type ComparisonStatus = Comparison['status'];

export interface StoredComparison {
	readonly id: number;
	readonly title: string;
	readonly status: ComparisonStatus;
	readonly contextSize: number;
	readonly chunks: number | null;
	/** How often the texts, and the samples of the task, were extended since the start. */
	readonly textExtent: number;
	readonly taskExtent: number;
	readonly promptTokens: number;
	readonly generatedTokens: number;
	readonly repetitions: number;
	/** JSON array of token counts. */
	readonly depths: string;
	/** JSON array of texts. */
	readonly prompts: string;
	/** JSON of the importance matrix that files are quantised with; null: none. */
	readonly imatrix: string | null;
	/** JSON of the planned task; null: none. */
	readonly task: string | null;
	/** The run that measures the task; null: not started, or erased. */
	readonly taskRunId: number | null;
	/** The same of the tool tasks. */
	readonly tools: string | null;
	readonly toolsRunId: number | null;
	readonly threads: number;
	readonly klLimit: number;
	readonly store: ComparisonPlan['store'];
	/** JSON array of promptLengthSchema; empty: chat latency is not measured. */
	readonly felt: string;
	/** JSON of {gpu, gpuLayers}; {}: as each model is set. */
	readonly gpu: string;
	/** JSON. */
	readonly conditions: string;
	/** JSON of failureSchema. */
	readonly failure: string | null;
	readonly createdAt: number;
	readonly endedAt: number | null;
	/** JSON of an export from another computer; null: measured here. */
	readonly imported: string | null;
}

const columns = `id, title, status, context_size AS contextSize, chunks, text_extent AS textExtent,
  task_extent AS taskExtent, prompt_tokens AS promptTokens,
  generated_tokens AS generatedTokens, repetitions, depths, prompts, imatrix, task, task_run_id AS taskRunId, tools,
  tools_run_id AS toolsRunId, threads,
  kl_limit AS klLimit, store, felt, gpu, conditions, failure, created_at AS createdAt, ended_at AS endedAt, imported`;

export function listComparisons(database: ReadableDatabase): readonly StoredComparison[] {
	return all<StoredComparison>(
		database,
		`SELECT ${columns} FROM comparisons ORDER BY created_at DESC, id DESC LIMIT 500`,
	);
}

/** Throws Failure `comparison-unknown`. */
export function getComparison(database: ReadableDatabase, id: number): StoredComparison {
	const row = get<StoredComparison>(database, `SELECT ${columns} FROM comparisons WHERE id = :id`, { id });
	if (row !== undefined) return row;
	throw new Failure({
		code: 'comparison-unknown',
		message: said`There is no comparison ${id}.`,
		next: [said`See the list of comparisons`],
	});
}

/** Stores a plan with its files. Returns its id. */
export function insertComparison(
	database: WritableDatabase,
	comparison: {
		readonly title: string;
		readonly plan: ComparisonPlan;
		readonly task: PlannedTask | null;
		readonly tools: PlannedTask | null;
		readonly imatrixSource: ImatrixSource | null;
		readonly felt: readonly PromptLength[];
		readonly createdAt: number;
	},
	candidates: readonly NewCandidate[],
	texts: readonly StoredText[],
): number {
	return transaction(database, () => {
		const { contextSize, chunks, promptTokens, generatedTokens, repetitions, threads, klLimit } = comparison.plan;
		const { depths, prompts, store, gpu, gpuLayers } = comparison.plan;
		const { id } = run(
			database,
			`INSERT INTO comparisons (title, status, context_size, chunks, prompt_tokens, generated_tokens, repetitions,
			 depths, prompts, imatrix, task, tools, threads, kl_limit, store, felt, gpu, created_at)
			 VALUES (:title, 'waiting', :contextSize, :chunks, :promptTokens, :generatedTokens, :repetitions,
			 :depths, :prompts, :imatrix, :task, :tools, :threads, :klLimit, :store, :felt, :gpu, :createdAt)`,
			{
				title: comparison.title,
				createdAt: comparison.createdAt,
				contextSize,
				chunks,
				promptTokens,
				generatedTokens,
				repetitions,
				threads,
				klLimit,
				depths: JSON.stringify(depths),
				prompts: JSON.stringify(prompts),
				imatrix: comparison.imatrixSource === null ? null : JSON.stringify(comparison.imatrixSource),
				task: comparison.task === null ? null : JSON.stringify(comparison.task),
				tools: comparison.tools === null ? null : JSON.stringify(comparison.tools),
				store,
				felt: JSON.stringify(comparison.felt),
				gpu: JSON.stringify(gpu === null ? {} : { gpu, gpuLayers }),
			},
		);
		for (const { produce, changed, adapters, ...candidate } of candidates) {
			run(
				database,
				`INSERT INTO comparison_candidates (comparison_id, position, name, model_file_id, path, quantization, produce,
				 size_bytes, bits_per_weight, fallbacks, adapters, changed)
				 VALUES (:id, :position, :name, :modelFileId, :path, :quantization, :produce, :sizeBytes, :bitsPerWeight,
				 :fallbacks, :adapters, :changed)`,
				{
					id,
					...candidate,
					produce: produce ? 1 : 0,
					adapters: JSON.stringify(adapters),
					changed: changed ? 1 : 0,
				},
			);
		}
		for (const text of texts) {
			run(
				database,
				'INSERT INTO comparison_texts (comparison_id, position, category, path) VALUES (:id, :position, :category, :path)',
				{ id, ...text },
			);
		}
		return id;
	});
}

/** Stores an export from another computer. Returns its id, or the existing id if it was imported before. */
export function insertImported(
	database: WritableDatabase,
	{
		title,
		createdAt,
		endedAt,
		contextSize,
		promptTokens,
		generatedTokens,
		repetitions,
		threads,
		klLimit,
	}: ImportedPlan,
	imported: string,
): number {
	const known = get<{ id: number }>(database, 'SELECT id FROM comparisons WHERE imported = :imported', { imported });
	if (known !== undefined) return known.id;
	return run(
		database,
		`INSERT INTO comparisons (title, status, context_size, prompt_tokens, generated_tokens, repetitions, threads,
		 kl_limit, created_at, ended_at, imported)
		 VALUES (:title, 'done', :contextSize, :promptTokens, :generatedTokens, :repetitions, :threads, :klLimit,
		 :createdAt, :endedAt, :imported)`,
		{
			title,
			createdAt,
			endedAt,
			contextSize,
			promptTokens,
			generatedTokens,
			repetitions,
			threads,
			klLimit,
			imported,
		},
	).id;
}

type ImportedPlan = Pick<Comparison, 'title' | 'createdAt' | 'endedAt'> &
	Pick<ComparisonPlan, 'contextSize' | 'promptTokens' | 'generatedTokens' | 'repetitions' | 'threads' | 'klLimit'>;

export function setTitle(database: WritableDatabase, id: number, title: string): void {
	run(database, 'UPDATE comparisons SET title = :title WHERE id = :id', { id, title });
}

export function setStatus(
	database: WritableDatabase,
	id: number,
	status: ComparisonStatus,
	{ failure = null, endedAt = null }: { failure?: FailureFacts | null; endedAt?: number | null } = {},
): void {
	run(database, 'UPDATE comparisons SET status = :status, failure = :failure, ended_at = :endedAt WHERE id = :id', {
		id,
		status,
		failure: failure === null ? null : JSON.stringify(failure),
		endedAt,
	});
}

/** Records an extension: the earlier measurements stay until all files have the new ones. */
export function setExtended(
	database: WritableDatabase,
	id: number,
	grown: { readonly chunks: number | null; readonly texts: boolean; readonly task: PlannedTask | null },
): void {
	transaction(database, () => {
		if (grown.texts) {
			run(database, 'UPDATE comparisons SET chunks = :chunks, text_extent = text_extent + 1 WHERE id = :id', {
				id,
				chunks: grown.chunks,
			});
		}
		if (grown.task !== null) {
			run(
				database,
				'UPDATE comparisons SET task = :task, task_extent = task_extent + 1, task_run_id = NULL WHERE id = :id',
				{ id, task: JSON.stringify(grown.task) },
			);
		}
		setStatus(database, id, 'waiting');
	});
}

/** Deletes the speeds of a comparison and the conditions that they were measured under, to measure them again. */
export function deleteSpeeds(database: WritableDatabase, id: number): void {
	transaction(database, () => {
		run(
			database,
			`DELETE FROM measurements WHERE step LIKE 'speed:%'
			 AND candidate_id IN (SELECT id FROM comparison_candidates WHERE comparison_id = :id)`,
			{ id },
		);
		run(
			database,
			`UPDATE comparisons SET conditions = json_remove(conditions, '$.highestLoadBefore', '$.power', '$.speedOn',
			 '$.lowestMegahertz', '$.highestMegahertz') WHERE id = :id`,
			{ id },
		);
	});
}

/** Sets the run that measures the task, or the tool tasks; null: a new one is to be started. */
export function setTaskRun(database: WritableDatabase, id: number, kind: TaskKind, runId: number | null): void {
	const text =
		kind === 'task'
			? 'UPDATE comparisons SET task_run_id = :runId WHERE id = :id'
			: 'UPDATE comparisons SET tools_run_id = :runId WHERE id = :id';
	run(database, text, { id, runId });
}

export function setConditions(database: WritableDatabase, id: number, conditions: Comparison['conditions']): void {
	run(database, 'UPDATE comparisons SET conditions = :conditions WHERE id = :id', {
		id,
		conditions: JSON.stringify(conditions),
	});
}

export function removeComparison(database: WritableDatabase, id: number): void {
	run(database, 'DELETE FROM comparisons WHERE id = :id', { id });
}

/** Pauses comparisons that a dead process left running. */
export function pauseAbandonedComparisons(database: WritableDatabase): void {
	run(database, `UPDATE comparisons SET status = 'paused' WHERE status IN ('running', 'waiting')`, {});
}

export interface StoredCandidate {
	readonly id: number;
	readonly position: number;
	readonly name: string;
	readonly modelFileId: number | null;
	/** Of the file in the library; null: unknown, or no longer in the library. */
	readonly sha256: string | null;
	readonly path: string;
	readonly quantization: string;
	readonly produce: boolean;
	readonly sizeBytes: number | null;
	readonly bitsPerWeight: number | null;
	readonly fallbacks: number | null;
	/** Left out of measuring and the verdict; its measurements are kept. */
	readonly dropped: boolean;
	/** LoRA adapters on the file. */
	readonly adapters: readonly CandidateAdapter[];
	/** Another model of the reference's shape: with adapters, or merged. */
	readonly changed: boolean;
}

/** An adapter of a candidate, with its file of that time. */
export interface CandidateAdapter extends UsedAdapter {
	readonly path: string;
	readonly sizeBytes: number;
}

/** A file of a comparison before it is stored. */
export type NewCandidate = Omit<StoredCandidate, 'id' | 'sha256' | 'dropped'>;

export interface StoredText {
	readonly position: number;
	readonly category: string;
	readonly path: string;
}

/** Files of a comparison, the reference first; `dropped` returns those that were left out since. */
export function candidatesOf(
	database: ReadableDatabase,
	comparisonId: number,
	{ dropped = false }: { readonly dropped?: boolean } = {},
): readonly StoredCandidate[] {
	const rows = all<
		Omit<StoredCandidate, 'produce' | 'dropped' | 'adapters' | 'changed'> & {
			produce: number;
			adapters: string;
			changed: number;
		}
	>(
		database,
		`SELECT id, position, name, model_file_id AS modelFileId, path, quantization, produce, size_bytes AS sizeBytes,
		 bits_per_weight AS bitsPerWeight, fallbacks, adapters, changed,
		 (SELECT sha256 FROM model_files WHERE model_files.id = model_file_id) AS sha256
		 FROM comparison_candidates WHERE comparison_id = :comparisonId AND dropped = :dropped ORDER BY position`,
		{ comparisonId, dropped: dropped ? 1 : 0 },
	);
	return rows.map((row) => ({
		...row,
		produce: row.produce === 1,
		adapters: JSON.parse(row.adapters) as CandidateAdapter[],
		changed: row.changed === 1,
		dropped,
	}));
}

export function textsOf(database: ReadableDatabase, comparisonId: number): readonly StoredText[] {
	return all<StoredText>(
		database,
		'SELECT position, category, path FROM comparison_texts WHERE comparison_id = :comparisonId ORDER BY position',
		{ comparisonId },
	);
}

/** Records that a quantised file is in the library now. */
export function setProduced(
	database: WritableDatabase,
	candidateId: number,
	produced: Pick<StoredCandidate, 'modelFileId' | 'sizeBytes' | 'bitsPerWeight' | 'fallbacks'>,
): void {
	run(
		database,
		`UPDATE comparison_candidates SET model_file_id = :modelFileId, size_bytes = :sizeBytes,
		 bits_per_weight = :bitsPerWeight, fallbacks = :fallbacks WHERE id = :candidateId`,
		{ candidateId, ...produced },
	);
}

/** Leaves a file out or includes it again. */
export function setDropped(database: WritableDatabase, candidateId: number, dropped: boolean): void {
	run(database, 'UPDATE comparison_candidates SET dropped = :dropped WHERE id = :candidateId', {
		candidateId,
		dropped: dropped ? 1 : 0,
	});
}

export function insertMeasurement(
	database: WritableDatabase,
	step: Step,
	result: object,
	{ elapsedMs, measuredAt }: { elapsedMs: number; measuredAt: number },
): void {
	run(
		database,
		`INSERT INTO measurements (candidate_id, step, result, elapsed_ms, measured_at)
		 VALUES (:candidateId, :step, :result, :elapsedMs, :measuredAt)
		 ON CONFLICT (candidate_id, step) DO UPDATE SET result = :result, elapsed_ms = :elapsedMs, measured_at = :measuredAt`,
		{ candidateId: step.candidateId, step: stepKey(step), result: JSON.stringify(result), elapsedMs, measuredAt },
	);
}

export interface Measurement {
	readonly candidateId: number;
	readonly step: string;
	readonly result: string;
	readonly elapsedMs: number;
}

export function measurementsOf(database: ReadableDatabase, comparisonId: number): readonly Measurement[] {
	return all<Measurement>(
		database,
		`SELECT m.candidate_id AS candidateId, m.step, m.result, m.elapsed_ms AS elapsedMs FROM measurements m
		 JOIN comparison_candidates c ON c.id = m.candidate_id WHERE c.comparison_id = :comparisonId`,
		{ comparisonId },
	);
}

/** The result of one step; null if it is not done, or was stored by an Assay that measured something else. */
export function resultOf<Kind extends Step['kind']>(
	measurements: readonly Measurement[],
	step: Extract<Step, { kind: Kind }>,
): StepResults[Kind] | null {
	const found = measurements.find((one) => one.candidateId === step.candidateId && one.step === stepKey(step));
	if (found === undefined) return null;
	const parsed = stepResultSchemas[step.kind].safeParse(JSON.parse(found.result));
	return parsed.success ? (parsed.data as StepResults[Kind]) : null;
}
