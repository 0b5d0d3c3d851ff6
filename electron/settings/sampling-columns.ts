import type { SamplingChoices } from '../contract/conversation/schema.ts';
import type { SqlValue } from '../database/sql.ts';

/** Sampling and context size as `presets` and `conversations` hold them; NULL leaves a value to the next in line. */
export const samplingColumns = `temperature, top_k AS topK, top_p AS topP, min_p AS minP,
  repeat_penalty AS repeatPenalty, max_tokens AS maxTokens, stop, seed, context_size AS contextSize`;

/** For an UPDATE; its values come from `samplingValues`. */
export const setSamplingColumns = `temperature = :temperature, top_k = :topK, top_p = :topP, min_p = :minP,
  repeat_penalty = :repeatPenalty, max_tokens = :maxTokens, stop = :stop, seed = :seed, context_size = :contextSize`;

export interface SamplingRow {
	readonly temperature: number | null;
	readonly topK: number | null;
	readonly topP: number | null;
	readonly minP: number | null;
	readonly repeatPenalty: number | null;
	readonly maxTokens: number | null;
	/** JSON array of texts. */
	readonly stop: string | null;
	readonly seed: number | null;
	readonly contextSize: number | null;
}

/** Stands in max_tokens for a limit that was chosen to be none. */
const noLimit = 0;
/** Stands in seed for one that was chosen to be drawn. */
const drawn = -1;

export function choicesOf(row: SamplingRow): SamplingChoices {
	const { temperature, topK, topP, minP, repeatPenalty, maxTokens, stop, seed } = row;
	return {
		...(temperature === null ? {} : { temperature }),
		...(topK === null ? {} : { topK }),
		...(topP === null ? {} : { topP }),
		...(minP === null ? {} : { minP }),
		...(repeatPenalty === null ? {} : { repeatPenalty }),
		...(maxTokens === null ? {} : { maxTokens: maxTokens === noLimit ? null : maxTokens }),
		...(stop === null ? {} : { stop: JSON.parse(stop) as string[] }),
		...(seed === null ? {} : { seed: seed === drawn ? null : seed }),
	};
}

/** The values of the columns, by the names that the statements use. */
export function samplingValues(choices: SamplingChoices, contextSize: number | null): Record<string, SqlValue> {
	const { temperature, topK, topP, minP, repeatPenalty, maxTokens, stop, seed } = choices;
	return {
		temperature: temperature ?? null,
		topK: topK ?? null,
		topP: topP ?? null,
		minP: minP ?? null,
		repeatPenalty: repeatPenalty ?? null,
		maxTokens: maxTokens === undefined ? null : (maxTokens ?? noLimit),
		stop: stop === undefined ? null : JSON.stringify(stop),
		seed: seed === undefined ? null : (seed ?? drawn),
		contextSize,
	};
}
