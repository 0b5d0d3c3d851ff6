import { decodeFailure } from '../../answer.ts';
import type { AnswerParts, NativeAnswer } from './answer-parts.ts';
import type { Slot } from './sequence-slots.ts';

/** Computes an answer that has the context to itself. */
export interface SingleDecoder {
	/** Runs one step: a slice of the prompt, or the next token, or several if a draft is accepted. */
	step(slot: Slot, answer: NativeAnswer): Promise<void>;
	/** Records that tokens were written that were not sampled here. */
	interrupted(): void;
}

/**
 * Computes the prompt in slices of whole tiles and leaves its last token to the sampler, alone. It is thus computed the
 * same way whether or not the others were cached, and the same seed gives the same answer. Where nobody can ask for the
 * same answer again, the last token goes with the last slice.
 */
export function createSingleDecoder({ slices, tuner, drafter, contextSize }: AnswerParts): SingleDecoder {
	/** The answer whose tokens the drafter knows. */
	let drafted: NativeAnswer | null = null;

	async function evaluate({ sequence }: Slot, answer: NativeAnswer): Promise<void> {
		const start = sequence.tokens.length;
		const left = answer.needed - start;
		const slice = answer.tokens(start, start + slices.next(left));
		const from = performance.now();
		const isWhole = slice.length === left && drafter === null && answer.request.reusePrefix === 'all';
		if (isWhole) answer.drawn.push(await sequence.nextAfter([...slice, answer.last], answer.sampler));
		else await sequence.append(slice);
		slices.recordTime(slice.length, performance.now() - from);
		answer.evaluated(start + slice.length);
	}

	async function guess(answer: NativeAnswer): Promise<readonly number[]> {
		// Tokens computed together round differently.
		if (drafter === null || answer.request.deterministic === true) return [];
		if (drafted !== answer) drafter.begin(answer.tokens(0, answer.needed + 1));
		drafted = answer;
		// Rejected tokens need room, too.
		const room = Math.max(0, contextSize - 2 - answer.promptTokens.length - answer.ids.length);
		return await drafter.propose(Math.min(answer.draftLength.next(), room));
	}

	async function draw({ sequence }: Slot, answer: NativeAnswer): Promise<void> {
		const from = performance.now();
		const { drawn, last, sampler } = answer;
		const guesses = await guess(answer);
		if (guesses.length === 0) {
			drawn.push(await sequence.next(last, sampler));
			if (answer.request.deterministic !== true) tuner.generated(performance.now() - from, answer.needed + 2);
			return;
		}
		drawn.push(...(await sequence.nextOf(last, guesses, sampler)));
		answer.draftLength.recordOutcome(guesses.length, drawn.length - 1);
	}

	return {
		async step(slot, answer) {
			try {
				if (slot.sequence.tokens.length < answer.needed) await evaluate(slot, answer);
				else await draw(slot, answer);
			} catch (error) {
				if (answer.ended) return;
				answer.fail(decodeFailure(error));
				// The contents of the sequence are unknown after a failed decode.
				slot.sequence.cut(0);
				return;
			}
			for (const token of answer.drawn.splice(0)) {
				if (answer.ended) break;
				answer.take(token);
				if (!answer.ended) drafter?.recordToken(token);
			}
		},
		interrupted() {
			drafted = null;
		},
	};
}
