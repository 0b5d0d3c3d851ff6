import type { MeasuredAnswer, MeasureRow } from '../../contract/native/tasks.ts';
import { createDetokenizer, showing } from '../../detokenizer.ts';
import type { RenderedTurns } from '../../prompt/prompt-builder.ts';
import { createStopStrings } from '../../stop-strings.ts';
import type { NativeContext } from '../context.ts';
import type { NativeModel } from '../model.ts';
import { notFiniteFailure } from '../perplexity/token-scores.ts';
import { createSampler } from '../sampler.ts';

/** One row that is being answered: samples its tokens and decides when it ends, by the rules of an answer in a chat. */
export interface RowAnswer {
	/**
	 * Samples the next token from a row of logits; null when the answer has ended. Throws Failure `scores-not-finite`.
	 */
	draw(context: NativeContext, row: number): number | null;
	/** Returns the result; only after the end. */
	result(): MeasuredAnswer;
	free(): void;
}

export interface RowAnswerOptions {
	readonly row: MeasureRow;
	readonly promptTokens: number;
	readonly cachedTokens: number;
	readonly contextSize: number;
	/** Of a prompt with tools. */
	readonly rendered: Partial<Pick<RenderedTurns, 'calls' | 'opensReasoning'>>;
	/** The performance.now() of the start; default: now. */
	readonly began?: number;
}

/** Throws Failure `grammar-invalid`. */
export function createRowAnswer(
	model: NativeModel,
	{ row, promptTokens, cachedTokens, contextSize, rendered, began = performance.now() }: RowAnswerOptions,
): RowAnswer {
	const { sampling, seed, grammar } = row;
	const calls = rendered.calls ?? null;
	const sampler = createSampler(model, { ...sampling, seed }, { grammar, calls: calls?.grammar ?? undefined });
	const stops = createStopStrings(sampling.stop);
	const stream = createDetokenizer(showing((tokens, before) => model.textAfter(tokens, before), calls?.shown));
	const tokenIds: number[] = [];
	let text = '';
	let stopReason: MeasuredAnswer['stopReason'] = 'end';
	let firstAt = Number.NaN;

	/** Takes a token and returns whether the answer continues. */
	const take = (token: number): boolean => {
		if (model.ends(token)) return false;
		tokenIds.push(token);
		text += stops.push(stream.push(token));
		if (stops.found !== null) stopReason = 'stop-string';
		else if (sampling.maxTokens !== null && tokenIds.length >= sampling.maxTokens) stopReason = 'max-tokens';
		else if (promptTokens + tokenIds.length >= contextSize - 1) stopReason = 'context-full';
		else return true;
		return false;
	};

	return {
		draw(context, output) {
			const logits = context.logitsOf(output);
			const isFirst = Number.isNaN(firstAt);
			if (isFirst && logits.some(Number.isNaN)) throw notFiniteFailure();
			const token = sampler.sample(context, output);
			if (!Number.isFinite(logits[token])) throw notFiniteFailure();
			if (isFirst) firstAt = performance.now();
			if (take(token)) return token;
			text += stops.push(stream.rest()) + stops.rest();
			if (stops.found !== null) stopReason = 'stop-string';
			return null;
		},
		result: () => ({
			text,
			tokenIds,
			stopReason,
			stopString: stops.found,
			promptTokens,
			cachedTokens,
			completionTokens: tokenIds.length,
			ttftMs: firstAt - began,
			ms: performance.now() - began,
			...(calls === null ? {} : { calls: { format: calls.format, insideReasoning: rendered.opensReasoning === true } }),
		}),
		free: () => sampler.free(),
	};
}
