import type { WritableDatabase } from '../../database/database.ts';
import { transaction } from '../../database/sql.ts';

/** Context of a long task in the worker. */
export interface TaskContext {
	readonly database: WritableDatabase;
	readonly progress: (done: number, total: number | null) => void;
	/** Pauses between two steps of reading. Rejects after a cancellation. */
	pause(): Promise<void>;
	/** Waits before a write step, so that pending writes of the application come first. */
	awaitWriteTurn(): Promise<void>;
	/** Counts the tokens of texts with a model of the application. Rejects if that is impossible. */
	countTokens(texts: readonly string[]): Promise<readonly number[]>;
}

/** Longest write transaction of the worker, ms: other writers wait for one at most. */
const sliceMs = 20;

/** Runs small write steps in short transactions, each after its turn; a step yields the number of samples done. */
export async function writeInTurns<T>(
	context: TaskContext,
	steps: Generator<number, T>,
	total: number | null,
	cancellable = true,
): Promise<T> {
	for (;;) {
		await context.awaitWriteTurn();
		if (cancellable) await context.pause();
		const ended = transaction(context.database, () => {
			const until = performance.now() + sliceMs;
			for (;;) {
				const next = steps.next();
				if (next.done === true) return { value: next.value };
				// Without a total, the writer reports its own progress, as an import does in bytes.
				if (total !== null) context.progress(next.value, total);
				if (performance.now() >= until) return null;
			}
		});
		if (ended !== null) return ended.value;
	}
}

/** Runs all steps at once; for small work inside a transaction. */
export function runToEnd<T>(steps: Generator<unknown, T>): T {
	for (;;) {
		const next = steps.next();
		if (next.done === true) return next.value;
	}
}
