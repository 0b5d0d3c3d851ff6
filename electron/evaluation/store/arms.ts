import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { AdapterUse } from '../../contract/adapters/schema.ts';
import { type ArmContext, armContextSchema } from '../../contract/evaluation/arm-context.ts';
import type { Parameters } from '../../contract/evaluation/run-config.ts';
import type { Technique } from '../../contract/evaluation/technique.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { readAdapters, writeAdapters } from '../../settings/adapter-columns.ts';

interface ArmRow {
	readonly id: number;
	readonly runId: number;
	readonly position: number;
	readonly modelFileId: number | null;
	readonly promptVersionId: number | null;
	readonly technique: string;
	readonly parameters: string;
	readonly examples: string;
	readonly adapters: string;
	readonly context: string;
	readonly summary: string | null;
}

export interface StoredArm {
	readonly id: number;
	readonly runId: number;
	readonly position: number;
	readonly modelFileId: number | null;
	readonly promptVersionId: number | null;
	readonly technique: Technique;
	readonly parameters: Parameters;
	/** Ids of the samples shown as examples, in order. */
	readonly examples: readonly number[];
	/** LoRA adapters on the model. */
	readonly adapters: readonly AdapterUse[];
	/** What goes into its prompts besides the samples. */
	readonly context: ArmContext;
	/** JSON of armSummarySchema; null: nothing measured yet. */
	readonly summary: string | null;
}

const columns = `id, run_id AS runId, position, model_file_id AS modelFileId, prompt_version_id AS promptVersionId,
  technique, parameters, examples, adapters, context, summary`;

function parsed({ technique, parameters, examples, adapters, context, ...row }: ArmRow): StoredArm {
	return {
		...row,
		technique: JSON.parse(technique) as Technique,
		parameters: JSON.parse(parameters) as Parameters,
		examples: JSON.parse(examples) as number[],
		adapters: readAdapters(adapters) ?? [],
		context: context === '' ? {} : armContextSchema.parse(JSON.parse(context)),
	};
}

export function armsOf(database: ReadableDatabase, runId: number): readonly StoredArm[] {
	return all<ArmRow>(database, `SELECT ${columns} FROM eval_arms WHERE run_id = :runId ORDER BY position`, {
		runId,
	}).map(parsed);
}

/** Throws Failure `arm-unknown`. */
export function getArm(database: ReadableDatabase, id: number): StoredArm {
	const row = get<ArmRow>(database, `SELECT ${columns} FROM eval_arms WHERE id = :id`, { id });
	if (row !== undefined) return parsed(row);
	throw new Failure({
		code: 'arm-unknown',
		message: said`No run has an arm ${id}.`,
		next: [said`See the list of runs`],
	});
}

export interface NewArm {
	readonly modelFileId: number;
	readonly promptVersionId: number;
	readonly technique: Technique;
	readonly parameters: Parameters;
	readonly examples: readonly number[];
	readonly adapters: readonly AdapterUse[];
	readonly context: ArmContext;
}

/** Writes an arm without its shards. The model may be gone if the run measures nothing. Returns its id. */
export function insertArm(
	database: WritableDatabase,
	runId: number,
	position: number,
	{ modelFileId, promptVersionId, technique, parameters, examples, adapters, context }: NewArm | StoredArm,
): number {
	return run(
		database,
		`INSERT INTO eval_arms (run_id, position, model_file_id, prompt_version_id, technique, parameters, examples, adapters,
		 context)
		 VALUES (:runId, :position, :modelFileId, :promptVersionId, :technique, :parameters, :examples, :adapters, :context)`,
		{
			runId,
			position,
			modelFileId,
			promptVersionId,
			technique: JSON.stringify(technique),
			parameters: JSON.stringify(parameters),
			examples: JSON.stringify(examples),
			adapters: adapters.length === 0 ? '' : writeAdapters(adapters),
			context: Object.keys(context).length === 0 ? '' : JSON.stringify(context),
		},
	).id;
}

export function setArmSummary(database: WritableDatabase, id: number, summary: object): void {
	run(database, 'UPDATE eval_arms SET summary = :summary WHERE id = :id', { id, summary: JSON.stringify(summary) });
}
