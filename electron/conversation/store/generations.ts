import type { GenerationResult } from '../../../models/contract/generation.ts';
import type { Capabilities } from '../../../models/contract/load.ts';
import type { Sampling } from '../../../models/contract/sampling.ts';
import type { Tool } from '../../../models/contract/tools.ts';
import type { UsedAdapter } from '../../contract/adapters/schema.ts';
import type { Generation, MessagePrompt } from '../../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { readUsedAdapters } from '../../settings/adapter-columns.ts';
import {
	type GenerationSamplingRow,
	generationSamplingValues,
	samplingColumnNames,
	samplingPlaceholders,
	selectSampling,
	splitGenerationSampling,
} from '../../settings/sampling-columns.ts';
import { packTokenIds } from './token-ids.ts';

/** The name of the model today; the name at the time if the library never had it, as for imported answers. */
export const currentModelName =
	'coalesce((SELECT coalesce(f.display_name, f.name) FROM model_files f WHERE f.id = g.model_file_id), g.model_name)';

/** Columns of `generations g`, named as in the rows below. */
export const generationColumns = `g.id AS generationId, g.model_file_id AS modelFileId, ${currentModelName} AS modelName,
  g.quantization, g.engine_build AS engineBuild, ${selectSampling('g')}, g.context_size AS contextSize, g.threads,
  g.prompt_tokens AS promptTokens, g.cached_tokens AS cachedTokens,
  g.completion_tokens AS completionTokens, g.dropped_turns AS droppedTurns, g.ttft_ms AS ttftMs,
  g.drafted_tokens AS drafted, g.accepted_tokens AS accepted, g.width, g.prompt_ms AS promptMs, g.generation_ms AS generationMs, g.stop_reason AS stopReason, g.stop_string AS stopString, g.adapters`;

export interface GenerationRow extends GenerationSamplingRow {
	readonly generationId: number;
	readonly modelFileId: number | null;
	readonly modelName: string;
	readonly quantization: string;
	readonly engineBuild: string;
	readonly contextSize: number;
	readonly threads: number;
	readonly promptTokens: number;
	readonly cachedTokens: number;
	readonly completionTokens: number;
	readonly droppedTurns: number;
	/** null if nothing was drafted. */
	readonly drafted: number | null;
	readonly accepted: number | null;
	/** null: it was alone. */
	readonly width: number | null;
	readonly ttftMs: number | null;
	readonly promptMs: number | null;
	readonly generationMs: number | null;
	readonly stopReason: Generation['stopReason'];
	readonly stopString: string | null;
	/** JSON; '': none. */
	readonly adapters: string;
}

export function generationOf(row: GenerationRow): Generation {
	const { sampling, rest: others } = splitGenerationSampling(row);
	const { generationId, drafted, accepted, width, adapters: stored, ...rest } = others;
	const adapters = readUsedAdapters(stored);
	const timing = { ttftMs: row.ttftMs ?? 0, promptMs: row.promptMs ?? 0, generationMs: row.generationMs ?? 0 };
	return {
		...rest,
		...timing,
		...(drafted === null || accepted === null ? {} : { drafted, accepted }),
		...(width === null ? {} : { width }),
		...(adapters.length === 0 ? {} : { adapters }),
		id: generationId,
		sampling,
		// The first token counts towards the time to first token, so n tokens take n - 1 steps.
		tokensPerSecond: perSecond(row.completionTokens - 1, timing.generationMs),
		promptTokensPerSecond: perSecond(row.promptTokens - row.cachedTokens, timing.promptMs),
	};
}

/** null if there is nothing to divide. */
export function perSecond(count: number, ms: number): number | null {
	return count > 0 && ms > 0 ? (count * 1000) / ms : null;
}

export interface NewGeneration {
	readonly messageId: number;
	readonly modelFileId: number | null;
	readonly modelName: string;
	readonly quantization: string;
	readonly sampling: Sampling & { readonly seed: number };
	readonly systemPrompt: string;
	/** Applied to each message; null or absent: none. */
	readonly prompt?: MessagePrompt | null;
	/** Format that the answer must follow; '': none. */
	readonly answerFormat?: string;
	/** On the model; absent: none. */
	readonly adapters?: readonly UsedAdapter[];
}

export function insertGeneration(database: WritableDatabase, generation: NewGeneration): number {
	const { sampling, prompt = null, adapters = [], ...rest } = generation;
	return run(
		database,
		`INSERT INTO generations (message_id, model_file_id, model_name, quantization, ${samplingColumnNames}, system_prompt,
		   answer_format, message_prompt, adapters)
		 VALUES (:messageId, :modelFileId, :modelName, :quantization, ${samplingPlaceholders}, :systemPrompt,
		   :answerFormat, :messagePrompt, :adapters)`,
		{
			answerFormat: '',
			...rest,
			...generationSamplingValues(sampling),
			messagePrompt: prompt === null ? '' : JSON.stringify(prompt),
			adapters: adapters.length === 0 ? '' : JSON.stringify(adapters),
		},
	).id;
}

/** Stores the engine's facts, known only once the model is loaded. */
export function setGenerationEngine(
	database: WritableDatabase,
	id: number,
	capabilities: Pick<Capabilities, 'engineBuild' | 'contextSize' | 'threads'>,
): void {
	run(
		database,
		`UPDATE generations SET engine_build = :engineBuild, context_size = :contextSize, threads = :threads
		 WHERE id = :id`,
		{
			id,
			engineBuild: capabilities.engineBuild,
			contextSize: capabilities.contextSize,
			threads: capabilities.threads,
		},
	);
}

/** Numbers of a finished generation; one that was cut off has no stop reason. */
export type GenerationNumbers = Omit<GenerationResult, 'stopReason' | 'threads'> & {
	readonly stopReason: GenerationResult['stopReason'] | null;
};

/** Adds the numbers of rounds of one answer. Their tokens are no one text any more. */
export function addNumbers(before: GenerationNumbers | null, next: GenerationNumbers): GenerationNumbers {
	if (before === null) return next;
	const both = (one: number | undefined, other: number | undefined): number | undefined =>
		one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0);
	const drafted = both(before.drafted, next.drafted);
	const accepted = both(before.accepted, next.accepted);
	const width = Math.max(before.width ?? 1, next.width ?? 1);
	return {
		stopReason: next.stopReason,
		stopString: next.stopString,
		promptTokens: before.promptTokens + next.promptTokens,
		cachedTokens: before.cachedTokens + next.cachedTokens,
		completionTokens: before.completionTokens + next.completionTokens,
		droppedTurns: Math.max(before.droppedTurns, next.droppedTurns),
		ttftMs: before.ttftMs,
		promptMs: before.promptMs + next.promptMs,
		generationMs: before.generationMs + next.generationMs,
		tokenIds: [],
		...(drafted === undefined ? {} : { drafted }),
		...(accepted === undefined ? {} : { accepted }),
		...(width > 1 ? { width } : {}),
	};
}

/** A tool that an answer was offered, with its definition. `server`: '' if it is built in. */
export interface StoredTool extends Tool {
	readonly server: string;
}

/** Stores the tools that an answer was offered. */
export function setGenerationTools(database: WritableDatabase, id: number, tools: readonly StoredTool[]): void {
	run(database, 'UPDATE generations SET tools = :tools WHERE id = :id', { id, tools: JSON.stringify(tools) });
}

/** Returns the tools that an answer was offered. */
export function toolsOf(database: ReadableDatabase, messageId: number): readonly StoredTool[] {
	const sql = 'SELECT tools FROM generations WHERE message_id = :messageId';
	return JSON.parse(get<{ tools: string }>(database, sql, { messageId })?.tools ?? '[]') as StoredTool[];
}

export function completeGeneration(database: WritableDatabase, id: number, result: GenerationNumbers): void {
	const {
		tokenIds,
		drafted = null,
		accepted = null,
		width = null,
		cacheMiss: _miss,
		deterministic: _alone,
		...numbers
	} = result;
	run(
		database,
		`UPDATE generations SET prompt_tokens = :promptTokens, cached_tokens = :cachedTokens,
		   completion_tokens = :completionTokens, drafted_tokens = :drafted, accepted_tokens = :accepted, width = :width,
		   dropped_turns = :droppedTurns, ttft_ms = :ttftMs,
		   prompt_ms = :promptMs, generation_ms = :generationMs, stop_reason = :stopReason,
		   stop_string = :stopString, token_ids = :tokenIds
		 WHERE id = :id`,
		{ id, ...numbers, drafted, accepted, width, tokenIds: packTokenIds(tokenIds) },
	);
}

/** Returns the system prompt of an answer; undefined if the message is not an answer generated here. */
export function systemPromptOf(database: ReadableDatabase, messageId: number): string | undefined {
	const sql = 'SELECT system_prompt AS systemPrompt FROM generations WHERE message_id = :messageId';
	return get<{ systemPrompt: string }>(database, sql, { messageId })?.systemPrompt;
}

/** Returns the prompt that was applied to the messages before an answer; null: none. */
export function messagePromptOf(database: ReadableDatabase, messageId: number): MessagePrompt | null {
	const sql = 'SELECT message_prompt AS prompt FROM generations WHERE message_id = :messageId';
	const prompt = get<{ prompt: string }>(database, sql, { messageId })?.prompt ?? '';
	return prompt === '' ? null : (JSON.parse(prompt) as MessagePrompt);
}

/** Number of newest answers from which to derive typical use. */
const newest = 2000;

/**
 * Returns the numbers of prompt tokens that the newest answers computed before their first token, without cached ones,
 * in ascending order.
 */
export function readPromptLengths(database: ReadableDatabase): readonly number[] {
	return all<{ tokens: number }>(
		database,
		`SELECT prompt_tokens - cached_tokens AS tokens FROM
		   (SELECT prompt_tokens, cached_tokens FROM generations WHERE prompt_tokens > 0 ORDER BY id DESC LIMIT :newest)
		 WHERE prompt_tokens > cached_tokens ORDER BY tokens`,
		{ newest },
	).map(({ tokens }) => tokens);
}
