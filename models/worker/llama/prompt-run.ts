import { keptTokens } from '../../native/sequence/kept-tokens.ts';
import type { NativeSequence } from '../../native/sequence/sequence.ts';
import { commonPrefixLength } from '../../prompt/token-list.ts';
import { settledOrAborted } from '../one-at-a-time.ts';
import { working } from '../working.ts';
import type { NativeWork } from './answer.ts';
import type { Slices } from './slices.ts';

export interface PromptStep {
	/** Tokens whose state is there, the cached ones included. */
	readonly processed: number;
	/** Tokens whose state was there before. */
	readonly cached: number;
}

/** Tokens of the prompt that a sequence was brought to last; the answer to it follows them. None: it came from a disk. */
const promptLengths = new WeakMap<NativeSequence, number>();

/**
 * How much of what the sequence holds is kept for a prompt. What goes on with the same conversation keeps all that is
 * the same: a follow-up has to be quick. What goes another way, a new conversation above all, gives the answer that it
 * would give alone.
 */
function keptFor(sequence: NativeSequence, tokens: readonly number[]): number {
	const held = sequence.tokens;
	const end = tokens.length - 1;
	const common = Math.min(commonPrefixLength(held, tokens), end);
	const goesOn = common >= Math.min(promptLengths.get(sequence) ?? 0, held.length, end);
	return goesOn ? common : keptTokens(held, tokens);
}

/**
 * Brings the sequence to all tokens of the prompt but the last, in slices between which an abort is seen. What the
 * sequence holds already is kept as far as it is the same. The last token is left to the sampler, alone: so it is
 * computed the same way whether or not the others were cached, and the same seed gives the same answer.
 */
export async function* evaluatePrompt(
	sequence: NativeSequence,
	tokens: readonly number[],
	slices: Slices,
	signal: AbortSignal | undefined,
	native: NativeWork,
): AsyncGenerator<PromptStep> {
	const end = tokens.length - 1;
	const cached = sequence.cut(keptFor(sequence, tokens));
	promptLengths.set(sequence, tokens.length);
	let processed = cached;
	yield { processed, cached };
	while (processed < end && !signal?.aborted) {
		const slice = tokens.slice(processed, processed + slices.next(end - processed));
		const from = performance.now();
		const step = working(() => sequence.append(slice));
		if (!(await settledOrAborted(step, signal))) {
			sequence.stop();
			native.running = step;
			return;
		}
		slices.took(slice.length, performance.now() - from);
		processed += slice.length;
		yield { processed, cached };
	}
}
