import type { z } from 'zod';
import { type FailureFacts, failureSchema } from '../../../models/contract/failure.ts';
import { type ModelLoad, type ModelOptions, modelOptionsSchema } from '../../contract/library/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, run, transaction } from '../../database/sql.ts';

/** A load to record, once its outcome is known. */
export interface NewLoad {
	readonly modelFileId: number;
	readonly at: number;
	readonly outcome: ModelLoad['outcome'];
	readonly machine: string;
	readonly engineBuild: string;
	readonly options: ModelOptions;
	readonly contextSize: number | null;
	readonly predictedBytes: number | null;
	readonly measuredBytes: number | null;
	/** Second copies of the weights by the engine's log; null if it didn't say or a GPU held some. */
	readonly copiedBytes: number | null;
	readonly loadMs: number | null;
	readonly threads: number | null;
	readonly tokensPerSecond: number | null;
	readonly failure: FailureFacts | null;
}

/** Number of loads to keep per file. */
const keptLoads = 50;

/** Records the load and returns its id; deletes the file's oldest load if there are too many. */
export function insertLoad(database: WritableDatabase, load: NewLoad): number {
	return transaction(database, () => {
		const { id } = run(
			database,
			`INSERT INTO model_loads (model_file_id, at, outcome, machine, engine_build, options, context_size,
				predicted_bytes, measured_bytes, copied_bytes, load_ms, threads, tokens_per_second, failure)
			 VALUES (:modelFileId, :at, :outcome, :machine, :engineBuild, :options, :contextSize,
				:predictedBytes, :measuredBytes, :copiedBytes, :loadMs, :threads, :tokensPerSecond, :failure)`,
			{
				...load,
				options: JSON.stringify(load.options),
				failure: load.failure === null ? null : JSON.stringify(load.failure),
			},
		);
		run(
			database,
			`DELETE FROM model_loads WHERE model_file_id = :modelFileId AND id NOT IN
				(SELECT id FROM model_loads WHERE model_file_id = :modelFileId ORDER BY id DESC LIMIT :keptLoads)`,
			{ modelFileId: load.modelFileId, keptLoads },
		);
		return id;
	});
}

/** Keeps the highest peak of the process, and whether the model has answered. */
export function updateLoad(database: WritableDatabase, id: number, measuredBytes: number, worked: boolean): void {
	run(
		database,
		`UPDATE model_loads SET measured_bytes = max(coalesce(measured_bytes, 0), :measuredBytes),
			worked = max(worked, :worked) WHERE id = :id`,
		{ id, measuredBytes, worked: worked ? 1 : 0 },
	);
}

interface LoadRow extends Omit<ModelLoad, 'options' | 'failure'> {
	readonly options: string;
	readonly failure: string | null;
}

function parsed<T>(schema: z.ZodType<T>, text: string | null): T | null {
	if (text === null) return null;
	const result = schema.safeParse(JSON.parse(text));
	return result.success ? result.data : null;
}

/** Lists the loads of a file, newest first. */
export function listLoads(database: ReadableDatabase, modelFileId: number): readonly ModelLoad[] {
	const rows = all<LoadRow>(
		database,
		`SELECT id, at, outcome, context_size AS contextSize, options, predicted_bytes AS predictedBytes,
			measured_bytes AS measuredBytes, load_ms AS loadMs, threads, tokens_per_second AS tokensPerSecond,
			engine_build AS engineBuild, failure
		 FROM model_loads WHERE model_file_id = :modelFileId ORDER BY id DESC`,
		{ modelFileId },
	);
	return rows.map((row) => ({
		...row,
		options: parsed(modelOptionsSchema, row.options) ?? {},
		failure: parsed(failureSchema, row.failure),
	}));
}

/** A load with both estimated and measured memory. */
export interface MeasuredLoad {
	readonly modelFileId: number;
	readonly at: number;
	readonly contextSize: number;
	readonly predictedBytes: number;
	readonly measuredBytes: number;
	/** Second copies of the weights by the engine's log; null if it didn't say. */
	readonly copiedBytes: number | null;
	/** 1 if it has answered. */
	readonly worked: number;
}

/** Lists measured loads on this machine with this engine, newest first, at most 200. */
export function measuredLoads(
	database: ReadableDatabase,
	machine: string,
	engineBuild: string,
): readonly MeasuredLoad[] {
	return all(
		database,
		`SELECT model_file_id AS modelFileId, at, context_size AS contextSize, predicted_bytes AS predictedBytes,
			measured_bytes AS measuredBytes,
			copied_bytes AS copiedBytes, worked
		 FROM model_loads
		 WHERE machine = :machine AND engine_build = :engineBuild AND outcome = 'loaded'
			AND context_size IS NOT NULL AND predicted_bytes IS NOT NULL AND measured_bytes IS NOT NULL
		 ORDER BY id DESC LIMIT 200`,
		{ machine, engineBuild },
	);
}
