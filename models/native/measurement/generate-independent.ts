import { Failure, failureFacts } from '../../contract/failure.ts';
import type { MeasuredRow } from '../../contract/native/tasks.ts';
import type { GenerateParts } from './generate-together.ts';
import { type LaneOptions, type LaneRow, Lanes, sliceEnd } from './lanes.ts';
import { createRowAnswer, type RowAnswer } from './row-answer.ts';
import type { PreparedRow } from './row-prompts.ts';

interface ActiveRow extends LaneRow {
	readonly index: number;
	readonly answer: RowAnswer;
}

/**
 * Answers rows, decoding together up to `width` of them; a row joins as soon as another has ended. The
 * tokens of a row depend on no other row (lanes.ts).
 */
export async function generateIndependent(
	{ kept: { context }, contextSize, gate, finished }: GenerateParts,
	prepared: readonly PreparedRow[],
	options: LaneOptions,
): Promise<void> {
	const lanes = new Lanes<ActiveRow>(context, options);
	const waiting = prepared.values();
	const unfinished = new Set<ActiveRow>();

	/** Computes the prompt of a row except for its last token, and lets the row join. */
	const join = async ({ index, row, tokens, rendered }: PreparedRow): Promise<void> => {
		const began = performance.now();
		const { lane, cached } = lanes.start(tokens);
		const end = tokens.length - 1;
		for (let position = cached; position < end; ) {
			const next = sliceEnd(position, end, context.batchSize);
			lanes.addSlice(lane, tokens, position, next);
			await gate.work(context, () => context.decode());
			lanes.sliceDone(lane, next);
			position = next;
		}
		const answer = createRowAnswer(context.model, {
			row,
			promptTokens: tokens.length,
			cachedTokens: cached,
			contextSize,
			rendered,
			began,
		});
		const active = { index, answer, position: end, token: tokens[end]! };
		unfinished.add(active);
		lanes.add(lane, active);
	};

	const finish = (row: ActiveRow, result: MeasuredRow): void => {
		lanes.remove(row);
		unfinished.delete(row);
		row.answer.free();
		finished(row.index, result);
	};

	/** Samples the next token of a row from its logits. */
	const draw = (row: ActiveRow, output: number): void => {
		try {
			const token = row.answer.draw(context, output);
			if (token === null) finish(row, row.answer.result());
			else row.token = token;
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			finish(row, { failure: failureFacts(error) });
		}
	};

	try {
		for (;;) {
			while (lanes.hasRoom) {
				const { value: next } = waiting.next();
				if (next === undefined) break;
				await join(next);
			}
			if (lanes.isEmpty) return;
			const rows = lanes.fill();
			await gate.work(context, () => context.decode());
			for (const [output, row] of rows.entries()) draw(row, output);
		}
	} finally {
		for (const { answer } of unfinished) answer.free();
	}
}
