import { type NativeContext, shortDecodeMs } from '../../../native/context.ts';
import { decodeFailure } from '../../answer.ts';
import type { AnswerParts, NativeAnswer } from './answer-parts.ts';
import type { Slot, Slots } from './sequence-slots.ts';

/** An answer and its slot. */
export interface SlottedAnswer {
	readonly answer: NativeAnswer;
	readonly slot: Slot;
}

/**
 * Time for slices of prompts while others wait for their next token, ms, so that their text still flows. Enough, with a
 * small model, for attention in tiles, which is several times faster than without.
 */
const sharedSliceMs = 250;

/** Computes answers that share the context: each decode has the next token of each, and slices of prompts. */
export interface SharedDecoder {
	/** Runs one step. Returns the answers that must make room for others, the youngest first. */
	step(active: readonly SlottedAnswer[]): Promise<SlottedAnswer[]>;
}

/** An answer with prompt left, and how many tokens of it are computed next. */
interface Reader extends SlottedAnswer {
	readonly slice: number;
}

const unread = ({ answer, slot }: SlottedAnswer): number => answer.needed - slot.sequence.tokens.length;

export function createSharedDecoder({ context, slices }: AnswerParts, slots: Slots): SharedDecoder {
	/** Duration of the last decode without a slice, ms, and its number of answers. */
	let last = { ms: Number.POSITIVE_INFINITY, width: 0 };

	async function decode(width: number, sliced: boolean): Promise<number> {
		const short = !sliced && width <= last.width && last.ms <= shortDecodeMs;
		// Lets pending events run first, above all a stop.
		if (short) await new Promise(setImmediate);
		const from = performance.now();
		if (short) context.decodeNow();
		else await context.decode();
		const ms = performance.now() - from;
		if (!sliced) last = { ms, width };
		return ms;
	}

	/** Returns the answers that write their next token, and those with prompt left, each with the size of its slice. */
	function plan(active: readonly SlottedAnswer[]): { writers: SlottedAnswer[]; readers: Reader[]; sliced: number } {
		const writers = active.filter((one) => unread(one) === 0);
		const reading = active.filter((one) => unread(one) > 0);
		const all = reading.reduce((sum, one) => sum + unread(one), 0);
		const wished = writers.length === 0 ? slices.next(all) : Math.min(all, slices.within(sharedSliceMs));
		// Every answer may write in this decode, also one whose prompt ends in it.
		const sliced = Math.min(wished, context.batchSize - active.length);
		let left = sliced;
		const readers: Reader[] = [];
		for (const one of reading) {
			if (left === 0) break;
			const slice = Math.min(left, unread(one));
			readers.push({ ...one, slice });
			left -= slice;
		}
		return { writers, readers, sliced };
	}

	return {
		async step(active) {
			const working = [...active];
			const back: SlottedAnswer[] = [];
			let { writers, readers, sliced } = plan(working);
			while (!slots.makeRoom(working.length + sliced)) {
				const youngest = working.pop()!;
				youngest.slot.sequence.cut(0);
				back.push(youngest);
				({ writers, readers, sliced } = plan(working));
			}
			const width = slots.filled;
			for (const { answer } of working) answer.recordWidth(width);
			const writing = [...writers];
			for (const { answer, slot } of writers) slot.sequence.put(answer.last, true);
			for (const { answer, slot, slice } of readers) {
				const start = slot.sequence.tokens.length;
				for (const token of answer.tokens(start, start + slice)) slot.sequence.put(token, false);
				if (start + slice < answer.needed) continue;
				// The last token of a prompt predicts the first of its answer.
				slot.sequence.put(answer.last, true);
				writing.push({ answer, slot });
			}
			const decoding = [...writers, ...readers];
			try {
				const ms = await decode(writers.length, readers.length > 0);
				if (readers.length > 0) slices.recordTime(sliced, ms);
			} catch (error) {
				for (const { answer, slot } of decoding) {
					slot.sequence.undo();
					if (!answer.ended) answer.fail(decodeFailure(error));
				}
				return back;
			}
			for (const { slot } of decoding) slot.sequence.decoded();
			for (const { answer, slot } of readers) answer.evaluated(Math.min(slot.sequence.tokens.length, answer.needed));
			for (const [row, { answer }] of writing.entries()) draw(context, row, answer);
			return back;
		},
	};
}

function draw(context: NativeContext, row: number, answer: NativeAnswer): void {
	if (answer.ended) return;
	try {
		answer.take(answer.sampler.sample(context, row));
	} catch (error) {
		answer.fail(decodeFailure(error));
	}
}
