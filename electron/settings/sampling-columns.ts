import type { SamplingChoices } from '../contract/conversation/schema.ts';
import type { SqlValue } from '../database/sql.ts';

/** Sampling and context size as stored in `presets` and `conversations`; NULL means that the next level decides. */
export const samplingColumns = `temperature, top_k AS topK, top_p AS topP, min_p AS minP,
  repeat_penalty AS repeatPenalty, max_tokens AS maxTokens, stop, seed, context_size AS contextSize`;

/** For an UPDATE; the values come from `samplingValues`. */
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

/** Stored in max_tokens if the user chose no limit. */
const noLimit = 0;
/** Stored in seed if the user chose a random seed. */
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

/** Returns the values of the columns, under the names used in the statements. */
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
