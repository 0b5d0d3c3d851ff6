import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { threadTrialSchema } from '../../../models/contract/load.ts';
import { recommendedSamplingSchema } from '../../../models/contract/sampling.ts';
import { sweepSchema } from '../../contract/comparison/sweep.ts';
import { chosenTemplateSchema, modelOptionsSchema, quantizeOriginSchema } from '../../contract/library/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

const threadTrialsSchema = z.object({ machine: z.string(), trials: z.array(threadTrialSchema) });

/** Keys of model_settings and the schemas of their values. model-files.ts handles `default`. */
const values = {
	/** Load settings that the user chose. */
	'load-options': modelOptionsSchema,
	/** Thread counts measured on this machine; another machine's don't apply (a data folder can be copied). */
	'thread-trials': threadTrialsSchema,
	/** The same for node-llama-cpp, whose speeds are others. */
	'thread-trials-node-llama-cpp': threadTrialsSchema,
	/** What a file quantised here was made from. */
	'made-of': quantizeOriginSchema,
	/** Sampling that the file recommends. */
	'recommended-sampling': recommendedSamplingSchema,
	/** Chat template that replaces the file's own. */
	'chat-template': chosenTemplateSchema,
	/** Result of the last sweep of load settings. */
	sweep: sweepSchema,
	/** A load that began and did not end in order; `failure` says why, if its process lived to report it. */
	'load-attempt': z.object({ at: z.int(), failure: failureSchema.nullable() }),
} as const;

type Key = keyof typeof values;
export type ModelSetting<K extends Key> = z.infer<(typeof values)[K]>;

/** Reads a stored value; null if there is none, or this version does not understand it. */
export function readModelSetting<K extends Key>(
	database: ReadableDatabase,
	id: number,
	key: K,
): ModelSetting<K> | null {
	const sql = 'SELECT value FROM model_settings WHERE model_file_id = :id AND key = :key';
	return parseModelSetting(key, get<{ value: string }>(database, sql, { id, key })?.value ?? null);
}

/** The same for a value that was read with its model. */
export function parseModelSetting<K extends Key>(key: K, value: string | null): ModelSetting<K> | null {
	if (value === null) return null;
	const parsed = values[key].safeParse(JSON.parse(value));
	return parsed.success ? (parsed.data as ModelSetting<K>) : null;
}

/** Returns the ids of the models that have a value. */
export function modelsWithSetting(database: ReadableDatabase, key: Key): readonly number[] {
	const sql = 'SELECT model_file_id AS id FROM model_settings WHERE key = :key';
	return all<{ id: number }>(database, sql, { key }).map(({ id }) => id);
}

export function writeModelSetting<K extends Key>(
	database: WritableDatabase,
	id: number,
	key: K,
	value: ModelSetting<K>,
	now: number,
): void {
	run(
		database,
		`INSERT INTO model_settings (model_file_id, key, value, updated_at) VALUES (:id, :key, :value, :now)
		 ON CONFLICT (model_file_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
		{ id, key, value: JSON.stringify(value), now },
	);
}

export function forgetModelSetting(database: WritableDatabase, id: number, key: Key): void {
	run(database, 'DELETE FROM model_settings WHERE model_file_id = :id AND key = :key', { id, key });
}
