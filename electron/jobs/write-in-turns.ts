import type { WritableDatabase } from '../database/database.ts';
import { transaction } from '../database/sql.ts';
import { sliceMs, takeTurns } from './take-turns.ts';

/**
 * Writes for one item after the other, in transactions of a few milliseconds between which other work gets its turn. Items
 * are taken within the transactions, and none any more once `goesOn` returns false before one. Throws the signal's reason.
 */
export async function writeInTurns<Item>(
	database: WritableDatabase,
	items: Iterable<Item>,
	write: (item: Item) => void,
	{ goesOn = () => true, signal }: { readonly goesOn?: () => boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
	const turn = takeTurns();
	const iterator = items[Symbol.iterator]();
	for (let ended = false; !ended; await turn()) {
		signal?.throwIfAborted();
		ended = transaction(database, () => {
			if (!goesOn()) return true;
			const end = performance.now() + sliceMs;
			do {
				const next = iterator.next();
				if (next.done === true) return true;
				write(next.value);
			} while (performance.now() < end);
			return false;
		});
	}
}
