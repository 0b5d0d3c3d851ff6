import { type NativeContext, shortDecodeMs } from '../../../native/context.ts';
import { decodeFailure } from '../../answer.ts';
import type { AnswerParts, NativeAnswer } from './answer-parts.ts';
import type { Slot, Slots } from './sequence-slots.ts';

/** An answer and its slot. */
export interface SlottedAnswer {
	readonly answer: NativeAnswer;
	readonly slot: Slot;
}

/** Time for a slice of a prompt while others wait for their next token, ms, so that their text still flows. */
const sharedSliceMs = 100;

/** Computes answers that share the context: each decode has the next token of each, and a slice of one prompt. */
export interface SharedDecoder {
	/** Runs one step. Returns the answers that must make room for others, the youngest first. */
	step(active: readonly SlottedAnswer[]): Promise<SlottedAnswer[]>;
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

	/** Returns the answers that write their next token, and the first with prompt left, with the size of its slice. */
	function plan(active: readonly SlottedAnswer[]): {
		writers: SlottedAnswer[];
		reader: SlottedAnswer | null;
		slice: number;
	} {
		const writers = active.filter((one) => unread(one) === 0);
		const reader = active.find((one) => unread(one) > 0) ?? null;
		if (reader === null) return { writers, reader, slice: 0 };
		const left = unread(reader);
		const wished = writers.length === 0 ? slices.next(left) : Math.min(left, slices.within(sharedSliceMs));
		return { writers, reader, slice: Math.min(wished, context.batchSize - writers.length) };
	}

	return {
		async step(active) {
			let working = [...active];
			const back: SlottedAnswer[] = [];
			let { writers, reader, slice } = plan(working);
			while (!slots.makeRoom(writers.length + slice)) {
				const youngest = working.pop()!;
				youngest.slot.sequence.cut(0);
				back.push(youngest);
				({ writers, reader, slice } = plan(working));
			}
			const width = slots.filled;
			for (const { answer } of working) answer.recordWidth(width);
			for (const { answer, slot } of writers) slot.sequence.put(answer.last, true);
			if (reader !== null) {
				const start = reader.slot.sequence.tokens.length;
				for (const token of reader.answer.tokens(start, start + slice)) reader.slot.sequence.put(token, false);
			}
			working = reader === null ? writers : [...writers, reader];
			try {
				const ms = await decode(writers.length, reader !== null);
				if (reader !== null) slices.recordTime(slice, ms);
			} catch (error) {
				for (const { answer, slot } of working) {
					slot.sequence.undo();
					if (!answer.ended) answer.fail(decodeFailure(error));
				}
				return back;
			}
			for (const { slot } of working) slot.sequence.decoded();
			if (reader !== null) reader.answer.evaluated(reader.slot.sequence.tokens.length);
			for (const [row, { answer }] of writers.entries()) draw(context, row, answer);
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
