import type { FailureFacts } from '../../../models/contract/failure.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { Comparison, ComparisonPlan } from '../../contract/comparison/comparison.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/handle.ts';
import { all, get, run, transaction } from '../../database/sql.ts';
import type { ImatrixSource } from '../../library/make/imatrix.ts';
import type { PromptLength } from '../felt/lengths.ts';
import type { PlannedTask } from '../task/plan.ts';
import type { NewCandidate, StoredText } from './members.ts';

export type ComparisonStatus = Comparison['status'];

export interface StoredComparison {
	readonly id: number;
	readonly title: string;
	readonly status: ComparisonStatus;
	readonly contextSize: number;
	readonly chunks: number | null;
	/** How often the texts, and the samples of the task, became more since it was begun. */
	readonly textExtent: number;
	readonly taskExtent: number;
	readonly promptTokens: number;
	readonly generatedTokens: number;
	readonly repetitions: number;
	/** JSON array of tokens. */
	readonly depths: string;
	/** JSON array of texts. */
	readonly prompts: string;
	/** JSON of the importance matrix that files are made with; null: none. */
	readonly imatrix: string | null;
	/** JSON of the planned task; null: none. */
	readonly task: string | null;
	/** Run that measures it; null: not begun, or erased. */
	readonly taskRunId: number | null;
	readonly threads: number;
	readonly klLimit: number;
	readonly store: ComparisonPlan['store'];
	/** JSON array of promptLengthSchema; empty: the speed through the chat is not measured. */
	readonly felt: string;
	/** JSON of {gpu, gpuLayers}; {}: as each model is set. */
	readonly gpu: string;
	/** JSON. */
	readonly conditions: string;
	/** JSON of failureSchema. */
	readonly failure: string | null;
	readonly createdAt: number;
	readonly endedAt: number | null;
	/** JSON of an export of another computer; null: measured here. */
	readonly imported: string | null;
}

const columns = `id, title, status, context_size AS contextSize, chunks, text_extent AS textExtent,
  task_extent AS taskExtent, prompt_tokens AS promptTokens,
  generated_tokens AS generatedTokens, repetitions, depths, prompts, imatrix, task, task_run_id AS taskRunId, threads,
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
		message: `There is no comparison ${id}.`,
		next: ['Look at the list of comparisons'],
	});
}

/** Writes a plan with who takes part in it. Returns its id. */
export function insertComparison(
	database: WritableDatabase,
	comparison: {
		readonly title: string;
		readonly plan: ComparisonPlan;
		readonly task: PlannedTask | null;
		readonly guide: ImatrixSource | null;
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
			 depths, prompts, imatrix, task, threads, kl_limit, store, felt, gpu, created_at)
			 VALUES (:title, 'waiting', :contextSize, :chunks, :promptTokens, :generatedTokens, :repetitions,
			 :depths, :prompts, :imatrix, :task, :threads, :klLimit, :store, :felt, :gpu, :createdAt)`,
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
				imatrix: comparison.guide === null ? null : JSON.stringify(comparison.guide),
				task: comparison.task === null ? null : JSON.stringify(comparison.task),
				store,
				felt: JSON.stringify(comparison.felt),
				gpu: JSON.stringify(gpu === null ? {} : { gpu, gpuLayers }),
			},
		);
		for (const { produce, ...candidate } of candidates) {
			run(
				database,
				`INSERT INTO comparison_candidates (comparison_id, position, name, model_file_id, path, quantization, produce,
				 size_bytes, bits_per_weight, fallbacks)
				 VALUES (:id, :position, :name, :modelFileId, :path, :quantization, :produce, :sizeBytes, :bitsPerWeight,
				 :fallbacks)`,
				{ id, ...candidate, produce: produce ? 1 : 0 },
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

/** Keeps an export of another computer. Returns its id; of one that is there already the one it has. */
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

/** It is to be measured on more: what was measured on less stays until all files have it. */
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

/** The run that measures its task; null: it is to be begun anew. */
export function setTaskRun(database: WritableDatabase, id: number, runId: number | null): void {
	run(database, 'UPDATE comparisons SET task_run_id = :runId WHERE id = :id', { id, runId });
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

/** Comparisons that a dead process left running. */
export function pauseAbandonedComparisons(database: WritableDatabase): void {
	run(database, `UPDATE comparisons SET status = 'paused' WHERE status IN ('running', 'waiting')`, {});
}
