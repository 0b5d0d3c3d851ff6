import { Failure, failureFacts } from '../../contract/failure.ts';
import type { MeasuredRow } from '../../contract/native/tasks.ts';
import { commonPrefixLength } from '../../prompt/common-prefix.ts';
import { keptTokens, nextSlice } from '../attention-tiles.ts';
import type { NativeContext } from '../context.ts';
import { type BatchSlot, createBatchSchedule, prefixSequence } from './batch-schedule.ts';
import type { DecodeGate } from './decode-gate.ts';
import type { KeptContext } from './reusable-context.ts';
import { createRowAnswer, type RowAnswer } from './row-answer.ts';
import type { PreparedRow } from './row-prompts.ts';
import type { ShardPlan } from './shard-plan.ts';

/** Dependencies shared by all ways of answering rows. */
export interface GenerateParts {
	readonly kept: KeptContext;
	/** The most tokens of one row. */
	readonly contextSize: number;
	readonly gate: DecodeGate;
	/** Receives a finished row, by its index in the call. */
	readonly finished: (index: number, row: MeasuredRow) => void;
}

type ActiveRow = {
	slot: BatchSlot;
	prepared: PreparedRow;
	answer: RowAnswer;
	/** Number of its tokens in the cache. */
	position: number;
	/** Its token that has not been decoded yet; null while the prompt has not. */
	last: number | null;
	sequences: readonly number[];
};

/**
 * Puts the common prefix of all prompts into the sequence that the rows start from. Reuses as much of the previous
 * shard's prefix as still gives every token as if it were computed now.
 */
async function holdPrefix({ kept, gate }: GenerateParts, prefix: readonly number[]): Promise<void> {
	const { context } = kept;
	const same = kept.prefix.length === prefix.length && commonPrefixLength(kept.prefix, prefix) === prefix.length;
	if (same && prefix.length > 0) return;
	// `keptTokens` leaves out the last token; here it is computed with the rest.
	const keptLength = keptTokens(kept.prefix, [...prefix, -1]);
	const from = keptLength > 0 && context.removeFrom(prefixSequence, keptLength) ? keptLength : 0;
	if (from === 0) context.clear(false);
	const sequences = [prefixSequence];
	for (let position = from; position < prefix.length; ) {
		const end = position + nextSlice(prefix.length - position, context.batchSize);
		for (; position < end; position += 1) context.add(prefix[position]!, position, sequences, false);
		await gate.work(context, () => context.decode());
	}
	kept.prefix = prefix;
}

/** Adds the next tokens of all rows to the batch; returns the rows whose logits are computed, in batch order. */
function fill(context: NativeContext, active: readonly ActiveRow[]): ActiveRow[] {
	const outputs: ActiveRow[] = [];
	for (const one of active) {
		if (one.last === null) continue;
		context.add(one.last, one.position, one.sequences, true);
		one.position += 1;
		outputs.push(one);
	}
	for (const one of active) {
		if (one.last !== null) continue;
		const { tokens } = one.prepared;
		while (one.position < tokens.length && context.length < context.batchSize) {
			const isLast = one.position === tokens.length - 1;
			context.add(tokens[one.position]!, one.position, one.sequences, isLast);
			one.position += 1;
			if (isLast) outputs.push(one);
		}
	}
	return outputs;
}

/**
 * Answers rows, decoding `width` of them together in shared cells; rows join and leave as the plan and the schedule say.
 * Prompts are computed together too, which is faster than `generateIndependent`, but the last bits of a row depend on
 * the rows that are decoded with it.
 */
export async function generateTogether(
	parts: GenerateParts,
	rows: readonly PreparedRow[],
	plan: ShardPlan,
	width: number,
): Promise<void> {
	const { contextSize, gate } = parts;
	const { context } = parts.kept;
	const schedule = createBatchSchedule({ rows, plan, width });
	await holdPrefix(parts, rows[0]?.tokens.slice(0, plan.prefix) ?? []);
	// In joining order.
	let active: ActiveRow[] = [];

	const join = (): void => {
		for (let slot = schedule.next(); slot !== null; slot = schedule.next()) {
			const prepared = rows[slot.row]!;
			const { from, sequence } = slot;
			if (from.tokens > 0) context.copySequence(from.sequence, sequence, from.tokens);
			const answer = createRowAnswer(context.model, {
				row: prepared.row,
				promptTokens: prepared.tokens.length,
				cachedTokens: from.tokens,
				contextSize,
				rendered: prepared.rendered,
			});
			active.push({ slot, prepared, answer, position: from.tokens, last: null, sequences: [sequence] });
		}
	};

	const end = (one: ActiveRow, row: MeasuredRow): void => {
		one.answer.free();
		schedule.finish(one.slot);
		parts.finished(one.prepared.index, row);
	};

	/** Samples a token for a row; returns false when the row is finished. */
	const continueRow = (one: ActiveRow, output: number): boolean => {
		const { keepIn, sequence } = one.slot;
		if (one.last === null) {
			if (keepIn !== null) context.copySequence(sequence, keepIn, one.position - 1);
			schedule.promptDone(one.slot);
		}
		try {
			one.last = one.answer.draw(context, output);
			if (one.last !== null) return true;
			end(one, one.answer.result());
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			end(one, { failure: failureFacts(error) });
		}
		return false;
	};

	try {
		while (!schedule.done) {
			join();
			const outputs = fill(context, active);
			await gate.work(context, () => context.decode());
			const gone = new Set(outputs.filter((one, output) => !continueRow(one, output)));
			if (gone.size === 0) continue;
			active = active.filter((one) => !gone.has(one));
			for (const sequence of schedule.takeUnused()) context.removeFrom(sequence, 0);
		}
	} finally {
		for (const one of active) one.answer.free();
	}
}
