import type { GenerateRequest, GenerationResult } from '../../../models/contract/generation.ts';
import type { FinishedAnswer } from '../answer-served.ts';
import type { CallDelta } from '../read-answer.ts';

const round = (value: number, digits = 3): number => Number(value.toFixed(digits));

/** A call that can't be read is no call: the answer then ended with its text. */
export function finishReason(
	{ stopReason }: GenerationResult,
	{ calls, malformed }: Pick<FinishedAnswer, 'calls' | 'malformed'> = { calls: [], malformed: null },
): 'stop' | 'length' | 'tool_calls' {
	if (stopReason === 'max-tokens' || stopReason === 'context-full') return 'length';
	return calls.length > 0 && malformed === null ? 'tool_calls' : 'stop';
}

/** Returns calls in OpenAI's form; nothing if there are none. */
export function callFields({ calls }: Pick<FinishedAnswer, 'calls'>) {
	if (calls.length === 0) return {};
	return {
		tool_calls: calls.map(({ id, name, arguments: json }) => ({
			id,
			type: 'function',
			function: { name, arguments: json },
		})),
	};
}

/** Where the reading of a call stopped: the text itself is the content. */
export function malformedField(malformed: FinishedAnswer['malformed']) {
	return malformed === null ? {} : { malformed_tool_call: malformed };
}

/** Returns more of calls in the form of OpenAI's streams. */
export function callDeltas(calls: readonly CallDelta[]) {
	if (calls.length === 0) return {};
	return {
		tool_calls: calls.map(({ index, id, name, arguments: json }) => ({
			index,
			...(id === undefined ? {} : { id, type: 'function' }),
			function: { ...(name === undefined ? {} : { name }), arguments: json },
		})),
	};
}

/** Returns OpenAI's count of tokens over all answers of a request. */
export function usageOf(results: readonly GenerationResult[]) {
	const sum = (value: (result: GenerationResult) => number): number =>
		results.reduce((total, result) => total + value(result), 0);
	const [first] = results;
	// The prompt is the same for every answer, and counts once.
	const promptTokens = first?.promptTokens ?? 0;
	const completionTokens = sum((result) => result.completionTokens);
	return {
		prompt_tokens: promptTokens,
		completion_tokens: completionTokens,
		total_tokens: promptTokens + completionTokens,
		prompt_tokens_details: { cached_tokens: first?.cachedTokens ?? 0 },
	};
}

/** Returns the times of one answer, with llama-server's names. */
export function timingsOf(result: GenerationResult) {
	const { promptTokens, cachedTokens, completionTokens, ttftMs, promptMs, generationMs } = result;
	const computed = promptTokens - cachedTokens;
	const perSecond = (tokens: number, ms: number): number => (ms > 0 ? round((tokens * 1_000) / ms) : 0);
	return {
		cache_n: cachedTokens,
		prompt_n: computed,
		prompt_ms: round(promptMs),
		prompt_per_second: perSecond(computed, promptMs),
		/** From the engine's taking the request up to its first token. Assay's own. */
		ttft_ms: round(ttftMs),
		predicted_n: completionTokens,
		predicted_ms: round(generationMs),
		predicted_per_second: perSecond(Math.max(completionTokens - 1, 0), generationMs),
	};
}

/**
 * Says whether an answer that was asked to be deterministic is: an engine that can't compute it alone gives an ordinary
 * one.
 */
export function grantedOf(
	requests: readonly Pick<GenerateRequest, 'deterministic'>[],
	results: readonly GenerationResult[],
): { readonly deterministic?: boolean } {
	if (!requests.some(({ deterministic }) => deterministic === true)) return {};
	return { deterministic: results.every(({ deterministic }) => deterministic === true) };
}
