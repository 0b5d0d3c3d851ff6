import type { AnswerOptions } from '../../contract/conversation/options.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/handle.ts';
import { all, get, run } from '../../database/sql.ts';
import {
	choicesOf,
	type SamplingRow,
	samplingColumns,
	samplingValues,
	setSamplingColumns,
} from '../../settings/sampling-columns.ts';

export const noOptions: AnswerOptions = { presetId: null, sampling: {}, contextSize: null };

/** What was chosen for one conversation; nothing where there is no such conversation. */
export function readOptions(database: ReadableDatabase, conversationId: number): AnswerOptions {
	const row = get<SamplingRow & { presetId: number | null }>(
		database,
		`SELECT preset_id AS presetId, ${samplingColumns} FROM conversations WHERE id = :conversationId`,
		{ conversationId },
	);
	if (row === undefined) return noOptions;
	return { presetId: row.presetId, sampling: choicesOf(row), contextSize: row.contextSize };
}

/** Replaces all of it. */
export function writeOptions(database: WritableDatabase, conversationId: number, options: AnswerOptions): void {
	run(database, `UPDATE conversations SET preset_id = :presetId, ${setSamplingColumns} WHERE id = :conversationId`, {
		...samplingValues(options.sampling, options.contextSize),
		presetId: options.presetId,
		conversationId,
	});
}

export const usersOfPreset = 'SELECT id FROM conversations WHERE preset_id = :presetId';

/** Conversations that use a preset, the ones in the trash included. */
export function conversationsWithPreset(database: ReadableDatabase, presetId: number): readonly number[] {
	return all<{ id: number }>(database, usersOfPreset, { presetId }).map(({ id }) => id);
}
