import type { Cell, Row, Run } from '../../electron/contract/evaluation/schema.ts';
import type { Connection } from '../connection/connection.ts';

/** A row that has just arrived. */
export interface NewestRow {
	readonly key: string;
	/** Number of the sample in the run, from 1. */
	readonly number: number;
	readonly armId: number;
	readonly input: string;
	readonly cell: Cell;
}

/** Samples fetched around the newest: as many as a batch can hold, and some more. */
const windowSamples = 24;

/**
 * Fetches rows of the arms that grew since `before`, latest first. All samples are answered once, then again for the
 * next epoch; those of a shard may finish in any order, so it fetches a window.
 */
export async function fetchNewestRows(
	client: Connection['client'],
	before: Run | undefined,
	run: Run,
): Promise<readonly NewestRow[]> {
	const { epochs } = run.config;
	const grown = run.arms.filter(({ id, n }) => n > (before?.arms.find((arm) => arm.id === id)?.n ?? 0));
	const found = await Promise.all(
		grown.slice(-2).map(async ({ id, n, total }) => {
			const samples = Math.max(1, Math.round(total / epochs));
			const epoch = Math.floor((n - 1) / samples);
			const first = Math.max(0, ((n - 1) % samples) - windowSamples / 2);
			const { rows } = await client.evaluations.rows({
				arms: [id],
				offset: first * epochs,
				limit: Math.min(500, windowSamples * epochs),
			});
			return rows.filter((row) => row.epoch === epoch).flatMap((row) => toNewestRow(row));
		}),
	);
	return found.flat().toReversed();
}

function toNewestRow({ position, epoch, input, cells }: Row): readonly NewestRow[] {
	const [cell] = cells;
	if (cell === undefined || cell.status === null) return [];
	return [{ key: `${cell.armId}/${position}/${epoch}`, number: position + 1, armId: cell.armId, input, cell }];
}

/** Period over which the rate is computed, in ms. */
const rateOverMs = 30_000;

/** Computes the rates of runs from their progress over time. */
export function createRateMeter(now: () => number = () => performance.now()) {
	const notes = new Map<number, { at: number; done: number }[]>();
	return {
		/** Returns the rows per second; 0 while unknown. */
		note(id: number, done: number, running: boolean): number {
			if (!running) {
				notes.delete(id);
				return 0;
			}
			const at = now();
			const last = notes.get(id)?.at(-1);
			// A shard that is measured again restarts the count.
			const kept = last !== undefined && done < last.done ? [] : (notes.get(id) ?? []);
			const recent = [...kept, { at, done }].filter((note) => at - note.at <= rateOverMs);
			notes.set(id, recent);
			const [first] = recent;
			return first === undefined || at - first.at < 500 ? 0 : ((done - first.done) / (at - first.at)) * 1000;
		},
	};
}
