import type { Words } from '../../models/contract/said.ts';
import type { ArmTotals } from './arm-totals.ts';
import type { ExpectedRow } from './estimate-run.ts';

/** Basis of the time left: answers of this run, or what was expected before the first. */
export type TimeLeftBasis = 'measured' | ExpectedRow['basis'];

/** The current progress of a run. */
export interface RunProgress {
	readonly doing: Words;
	/** Existing rows of all arms. */
	readonly done: number;
	readonly errors: number;
	/** 0: longer than expected; null: unknown. */
	readonly secondsLeft: number | null;
	/** null: unknown. */
	readonly basis: TimeLeftBasis | null;
}

export interface TimeLeft {
	now(doing: Words): RunProgress;
	/** Call this when a shard has ended or was given up. */
	shardDone(armId: number): void;
}

/** Before this much time has passed, the rate of rows says less than what was expected, ms. */
const knownAfterMs = 3_000;

/** The weakest basis of several comes first. */
const weakest: readonly TimeLeftBasis[] = ['guessed', 'learned', 'measured'];

/**
 * Estimates the time left from the first moment: from the time per row in each arm's shards so far; without shards from
 * the other arms', or from the rate of rows since the start; before that from what is expected of the model. Runs down
 * between rows. `clock` in ms, from any start.
 */
export function createTimeLeft(
	{ arms }: { readonly arms: readonly { readonly stored: { readonly id: number } }[] },
	allTotals: ReadonlyMap<number, ArmTotals>,
	left: readonly { readonly armId: number; readonly position: number }[],
	expected: ReadonlyMap<number, ExpectedRow>,
	/** Samples that are answered at once. */
	width: number,
	clock: () => number = () => performance.now(),
): TimeLeft {
	const began = clock();
	const of = (armId: number): ArmTotals | undefined => allTotals.get(armId);
	const all = [...allTotals.values()];
	const sum = (value: (totals: ArmTotals) => number): number => all.reduce((total, totals) => total + value(totals), 0);
	const doneBefore = sum(({ done }) => done);
	/** Rows of shards that were cut off, by arm: a shard is measured whole, so they come again before any new one. */
	const repeated = new Map(
		[...allTotals].map(([armId, { done, shardRows }]) => [armId, { done, rows: Math.max(0, done - shardRows) }]),
	);
	/** The last new row, so that the time since then counts. */
	let last = { done: doneBefore, at: began };
	/** Shards that were given up have no rows and will get none. */
	const openShards = new Map(arms.map(({ stored }) => [stored.id, 0]));
	for (const { armId } of left) openShards.set(armId, (openShards.get(armId) ?? 0) + 1);

	function rowOf(armId: number, totals: ArmTotals): { ms: number; basis: TimeLeftBasis } | null {
		if (totals.shardRows > 0) return { ms: totals.shardMs / totals.shardRows, basis: 'measured' };
		const rows = sum(({ shardRows }) => shardRows);
		if (rows > 0) return { ms: sum(({ shardMs }) => shardMs) / rows, basis: 'measured' };
		const came = sum(({ done }) => done) - doneBefore;
		const elapsed = clock() - began;
		if (came > 0 && elapsed >= knownAfterMs) {
			const again = [...repeated].reduce(
				(total, [id, before]) => total + (of(id)?.done === before.done ? 0 : before.rows),
				0,
			);
			// The answers under way are half done on average; without them the first one counts for all of its time.
			const underWay = Math.min(width, totals.units - totals.done) / 2;
			return { ms: elapsed / (came + again + underWay), basis: 'measured' };
		}
		return expected.get(armId) ?? null;
	}

	function timeLeft(): Pick<RunProgress, 'secondsLeft' | 'basis'> {
		let ms = 0;
		const bases: TimeLeftBasis[] = [];
		for (const [armId, shards] of openShards) {
			const totals = of(armId);
			if (shards === 0 || totals === undefined || totals.done >= totals.units) continue;
			const row = rowOf(armId, totals);
			if (row === null) return { secondsLeft: null, basis: null };
			const before = repeated.get(armId);
			const again = before?.done === totals.done ? before.rows : 0;
			ms += row.ms * (totals.units - totals.done + again);
			bases.push(row.basis);
		}
		const basis = weakest.find((one) => bases.includes(one)) ?? 'measured';
		return { secondsLeft: Math.max(0, ms - (clock() - last.at)) / 1000, basis };
	}

	return {
		now(doing) {
			const done = sum((totals) => totals.done);
			if (done !== last.done) last = { done, at: clock() };
			return { doing, done, errors: sum(({ errors }) => errors), ...timeLeft() };
		},
		shardDone(armId) {
			openShards.set(armId, Math.max(0, (openShards.get(armId) ?? 0) - 1));
		},
	};
}
