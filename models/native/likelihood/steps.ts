import { commonPrefixLength } from '../../prompt/token-list.ts';
import { tile } from '../sequence/attention-tiles.ts';
import type { EncodedRequest } from './encode.ts';

/** A request, or as many of its continuations as a context has sequences for. */
export type ScoringStep = {
	/** Number of the request. */
	index: number;
	/** Number of its first continuation here. */
	offset: number;
	context: Int32Array;
	continuations: readonly Int32Array[];
	/** Tokens of the context that are computed for it and others: whole tiles. */
	held: number;
};

/** Tokens that go through the model for a step when nothing is held; the last of a continuation never does. */
export function stepTokens({ context, continuations }: Pick<ScoringStep, 'context' | 'continuations'>): number {
	return continuations.reduce((sum, tokens) => sum + Math.max(0, tokens.length - 1), context.length);
}

/**
 * Requests in their order, one step after the other. What a context has in common with the one before or after it (few-shot
 * examples, a system prompt) is held in the cache, in whole tiles, and so that a tile at least is left to compute: then
 * every token comes out as if its request were scored alone, to the last bit. Decoding several requests together would
 * save next to nothing, because a request is long enough for the processor to be busy; and it would make the numbers of
 * one depend on its neighbours, by a quarter of a nat on a 4-bit model.
 */
export function planSteps(requests: readonly EncodedRequest[], sequences: number): ScoringStep[] {
	const steps = requests.flatMap(({ context, continuations }, index) => {
		const parts: ScoringStep[] = [];
		for (let offset = 0; offset < continuations.length; offset += sequences) {
			parts.push({ index, offset, context, continuations: continuations.slice(offset, offset + sequences), held: 0 });
		}
		return parts;
	});
	for (const [number, step] of steps.entries()) {
		const { context } = step;
		const before = steps[number - 1];
		const after = steps[number + 1];
		const shared = Math.max(
			before === undefined ? 0 : commonPrefixLength(before.context.subarray(0, before.held), context),
			after === undefined ? 0 : commonPrefixLength(after.context, context),
		);
		// The last token of a context is never held: its logits are needed.
		const most = Math.min(shared, context.length - 1, stepTokens(step) - tile);
		step.held = Math.max(0, Math.floor(most / tile) * tile);
	}
	return steps;
}
