import type { DocumentChoice } from '../../contract/conversation/ledger.ts';
import type { OverflowPolicy } from '../../contract/conversation/overflow.ts';
import type { AnswerOptions, MessagePrompt } from '../../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { readAdapters, writeAdapters } from '../../settings/adapter-columns.ts';
import {
	choicesOf,
	type SamplingRow,
	samplingValues,
	selectSampling,
	setSamplingColumns,
} from '../../settings/sampling-columns.ts';

export const noOptions: AnswerOptions = { presetId: null, sampling: {}, contextSize: null };

/** Returns a conversation's own choices; none if it does not exist. */
export function readOptions(database: ReadableDatabase, conversationId: number): AnswerOptions {
	const row = get<
		SamplingRow & {
			presetId: number | null;
			answerFormat: string;
			prompt: string;
			documents: string;
			adapters: string;
			overflow: OverflowPolicy | '';
			memory: number | null;
			contextSize: number | null;
		}
	>(
		database,
		`SELECT preset_id AS presetId, answer_format AS answerFormat, message_prompt AS prompt, documents, adapters, overflow, memory, context_size AS contextSize, ${selectSampling()}
		 FROM conversations WHERE id = :conversationId`,
		{ conversationId },
	);
	if (row === undefined) return noOptions;
	const {
		presetId,
		contextSize,
		answerFormat,
		prompt,
		documents,
		adapters: stored,
		overflow,
		memory,
		...sampling
	} = row;
	const adapters = readAdapters(stored);
	return {
		presetId,
		sampling: choicesOf(sampling),
		contextSize,
		...(answerFormat === '' ? {} : { answerFormat }),
		...(prompt === '' ? {} : { prompt: JSON.parse(prompt) as MessagePrompt }),
		...(documents === '' ? {} : { documents: JSON.parse(documents) as DocumentChoice[] }),
		...(adapters === undefined ? {} : { adapters }),
		...(overflow === '' ? {} : { overflow }),
		...(memory === null ? {} : { memory: memory === 1 }),
	};
}

/** Replaces what a conversation's answers may use. */
export function writeDocuments(
	database: WritableDatabase,
	conversationId: number,
	documents: readonly DocumentChoice[],
): void {
	const sql = 'UPDATE conversations SET documents = :documents WHERE id = :conversationId';
	run(database, sql, { conversationId, documents: documentsText(documents) });
}

/** Sets whether a conversation uses and proposes facts about the person. */
export function writeMemory(database: WritableDatabase, conversationId: number, memory: boolean): void {
	const sql = 'UPDATE conversations SET memory = :memory WHERE id = :conversationId';
	run(database, sql, { conversationId, memory: memory ? 1 : 0 });
}

function documentsText(documents: readonly DocumentChoice[]): string {
	return documents.length === 0 ? '' : JSON.stringify(documents);
}

/** Replaces all fields; keeps the documents, and whether facts are used, if they are omitted. */
export function writeOptions(database: WritableDatabase, conversationId: number, options: AnswerOptions): void {
	const sql = `UPDATE conversations SET preset_id = :presetId, answer_format = :answerFormat, ${setSamplingColumns},
	  message_prompt = :prompt, documents = coalesce(:documents, documents), memory = coalesce(:memory, memory), adapters = :adapters,
	  overflow = :overflow,
	  context_size = :contextSize WHERE id = :conversationId`;
	run(database, sql, {
		...samplingValues(options.sampling),
		contextSize: options.contextSize,
		presetId: options.presetId,
		answerFormat: options.answerFormat ?? '',
		prompt: options.prompt == null ? '' : JSON.stringify(options.prompt),
		documents: options.documents === undefined ? null : documentsText(options.documents),
		adapters: writeAdapters(options.adapters),
		overflow: options.overflow ?? '',
		memory: options.memory === undefined ? null : Number(options.memory),
		conversationId,
	});
}

export const usersOfPreset = 'SELECT id FROM conversations WHERE preset_id = :presetId';

/** Returns the conversations that use a preset, including those in the trash. */
export function conversationsWithPreset(database: ReadableDatabase, presetId: number): readonly number[] {
	return all<{ id: number }>(database, usersOfPreset, { presetId }).map(({ id }) => id);
}
