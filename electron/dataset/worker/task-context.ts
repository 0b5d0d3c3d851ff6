import type { WritableDatabase } from '../../database/database.ts';
import { transaction } from '../../database/sql.ts';

/** What long work on the thread is given. */
export interface TaskContext {
	readonly database: WritableDatabase;
	readonly progress: (done: number, total: number | null) => void;
	/** Between two stretches of reading. Rejects after a cancelling. */
	pause(): Promise<void>;
	/** Before a stretch of writing: what the application was about to write is written by then. */
	awaitWriteTurn(): Promise<void>;
	/** Tokens of texts by a model of the application. Rejects where it can't count. */
	countTokens(texts: readonly string[]): Promise<readonly number[]>;
}

/** Longest that the thread holds the database, ms: whoever else writes waits for one such stretch at most. */
const sliceMs = 20;

/** Runs small steps of writing in short transactions, each after its turn; a step yields how many samples are done. */
export async function writeInTurns<T>(
	desk: TaskContext,
	steps: Generator<number, T>,
	total: number | null,
	cancellable = true,
): Promise<T> {
	for (;;) {
		await desk.awaitWriteTurn();
		if (cancellable) await desk.pause();
		const ended = transaction(desk.database, () => {
			const until = performance.now() + sliceMs;
			for (;;) {
				const next = steps.next();
				if (next.done === true) return { value: next.value };
				// Without a total whoever writes tells of its progress itself, as an import in bytes.
				if (total !== null) desk.progress(next.value, total);
				if (performance.now() >= until) return null;
			}
		});
		if (ended !== null) return ended.value;
	}
}

/** Runs all steps at once; for what is small, inside of a transaction. */
export function runToEnd<T>(steps: Generator<unknown, T>): T {
	for (;;) {
		const next = steps.next();
		if (next.done === true) return next.value;
	}
}
