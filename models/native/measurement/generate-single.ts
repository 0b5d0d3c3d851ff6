import { Failure, failureFacts } from '../../contract/failure.ts';
import type { MeasuredRow } from '../../contract/native/tasks.ts';
import { keptTokens, nextSlice } from '../attention-tiles.ts';
import { NativeSequence } from '../sequence.ts';
import type { GenerateParts } from './generate-together.ts';
import { createRowAnswer, type RowAnswer } from './row-answer.ts';
import type { PreparedRow } from './row-prompts.ts';

/** Answers rows one after another, each computed like an answer in a chat, with the same tokens. */
export async function generateSingle(parts: GenerateParts, rows: readonly PreparedRow[]): Promise<void> {
	const { contextSize, gate } = parts;
	const { context } = parts.kept;
	const sequence = new NativeSequence(context);

	// The tokens that an earlier shard left in the cache are unknown.
	context.clear(false);
	let before: readonly number[] = [];

	const evaluate = async (tokens: readonly number[]): Promise<number> => {
		const end = tokens.length - 1;
		const kept = sequence.cut(keptTokens(before, tokens));
		before = tokens;
		for (let position = kept; position < end; ) {
			const slice = tokens.slice(position, position + nextSlice(end - position, context.batchSize));
			await gate.work(context, () => sequence.append(slice));
			position += slice.length;
		}
		return kept;
	};

	const write = async (first: number, answer: RowAnswer): Promise<MeasuredRow> => {
		for (let last: number | null = first; last !== null; ) {
			const token = last;
			await gate.work(context, () => sequence.predict(token));
			last = answer.draw(context, 0);
		}
		return answer.result();
	};

	for (const { index, row, tokens, rendered } of rows) {
		const began = performance.now();
		const cachedTokens = await evaluate(tokens);
		const answer = createRowAnswer(context.model, {
			row,
			promptTokens: tokens.length,
			cachedTokens,
			contextSize,
			rendered,
			began,
		});
		try {
			parts.finished(index, await write(tokens.at(-1)!, answer));
		} catch (error) {
			if (!(error instanceof Failure) || error.code === 'decode-failed') throw error;
			parts.finished(index, { failure: failureFacts(error) });
		} finally {
			answer.free();
		}
	}
}
