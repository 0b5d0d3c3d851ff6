import type { ArmTotals } from './arm-totals.ts';
import type { RunSubject } from './run-subject.ts';

/** The current progress of a run. */
export interface RunProgress {
	readonly doing: string;
	/** Existing rows of all arms. */
	readonly done: number;
	readonly errors: number;
	/** null until it can be estimated. */
	readonly secondsLeft: number | null;
}

export interface TimeLeft {
	now(doing: string): RunProgress;
	/** Call this when a shard has ended or was given up. */
	shardDone(armId: number): void;
}

/** Before this much time has passed, the time left would be a guess, ms. */
const knownAfterMs = 3_000;

/**
 * Estimates the time left from the time per row in each arm's shards so far. An arm without shards uses the other arms'
 * rate; before the first shard ends, the rate of rows since the start counts. `clock` in ms, from any start.
 */
export function createTimeLeft(
	{ arms }: Pick<RunSubject, 'arms'>,
	allTotals: ReadonlyMap<number, ArmTotals>,
	left: readonly { readonly armId: number; readonly position: number }[],
	clock: () => number = () => performance.now(),
): TimeLeft {
	const began = clock();
	const of = (armId: number): ArmTotals | undefined => allTotals.get(armId);
	const all = [...allTotals.values()];
	const sum = (value: (totals: ArmTotals) => number): number => all.reduce((total, totals) => total + value(totals), 0);
	const doneBefore = sum(({ done }) => done);
	/** Shards that were given up have no rows and will get none. */
	const openShards = new Map(arms.map(({ stored }) => [stored.id, 0]));
	for (const { armId } of left) openShards.set(armId, (openShards.get(armId) ?? 0) + 1);

	function msPerRow(totals: ArmTotals): number | null {
		if (totals.shardRows > 0) return totals.shardMs / totals.shardRows;
		const rows = sum(({ shardRows }) => shardRows);
		if (rows > 0) return sum(({ shardMs }) => shardMs) / rows;
		const came = sum(({ done }) => done) - doneBefore;
		const elapsed = clock() - began;
		return came > 0 && elapsed >= knownAfterMs ? elapsed / came : null;
	}

	function secondsLeft(): number | null {
		let ms = 0;
		for (const [armId, shards] of openShards) {
			const totals = of(armId);
			if (shards === 0 || totals === undefined || totals.done >= totals.units) continue;
			const each = msPerRow(totals);
			if (each === null) return null;
			ms += each * (totals.units - totals.done);
		}
		return ms / 1000;
	}

	return {
		now: (doing) => ({
			doing,
			done: sum(({ done }) => done),
			errors: sum(({ errors }) => errors),
			secondsLeft: secondsLeft(),
		}),
		shardDone(armId) {
			openShards.set(armId, Math.max(0, (openShards.get(armId) ?? 0) - 1));
		},
	};
}
