import { ownCells, type ShardPlan, type ShardRow } from './shard-plan.ts';

/** The sequence of the cache that holds what all prompts begin with. */
export const prefixSequence = 0;

/** A row among those decoded together. */
export type BatchSlot = {
	/** Number of the row in the shard. */
	row: number;
	/** Sequence of the cache that is the row's own. */
	sequence: number;
	/** What it begins with, which is in the cache already. */
	from: { sequence: number; tokens: number };
	/** Sequence that its prompt is kept in, for others with the same prompt. */
	keepIn: number | null;
};

type Group = {
	sequence: number;
	/** Cells of its prompt that the prefix doesn't hold. */
	cells: number;
	ready: boolean;
	/** Members that have not been seated, and those that have not finished. */
	waiting: number;
	unfinished: number;
	/** Its sequence is given back: all members have it, or it made room and those that wait compute the prompt themselves. */
	dropped: boolean;
	/** Nobody holds its cells any more. */
	freed: boolean;
};

export interface BatchSchedule {
	/** Seats the next row in order; null where it has to wait: for a seat, for cells, or for the prompt it shares. */
	next(): BatchSlot | null;
	/** The prompt of this row has been computed, and kept if it was to be. */
	promptDone(seat: BatchSlot): void;
	finish(seat: BatchSlot): void;
	/** Sequences that nobody needs any more; each is told once. */
	takeUnused(): number[];
	readonly done: boolean;
}

export interface BatchScheduleOptions {
	readonly rows: readonly ShardRow[];
	readonly plan: ShardPlan;
	readonly width: number;
}

/** How many sequences a cache needs for it: the prefix, the seats, and prompts that are kept. */
export function sequencesNeeded({ groups }: ShardPlan, width: number): number {
	const kept = new Set(groups.filter((group) => group !== null)).size;
	return 1 + width + Math.min(kept, width);
}

/**
 * Decides which rows are decoded together. A row joins when the most that it may ever take has room, so that no decode
 * finds the cache full. The order follows from the rows and from which of them have finished, from nothing else.
 */
export function createBatchSchedule({ rows, plan, width }: BatchScheduleOptions): BatchSchedule {
	const free = Array.from({ length: width }, (_, index) => 1 + index);
	const freeKept = Array.from({ length: sequencesNeeded(plan, width) - 1 - width }, (_, index) => 1 + width + index);
	const groups = new Map<number, Group>();
	const members = new Map<number, number>();
	for (const group of plan.groups) if (group !== null) members.set(group, (members.get(group) ?? 0) + 1);
	const seated = new Map<number, { cells: number; group: Group | null }>();
	const unused: number[] = [];
	let used = plan.prefix;
	let upcoming = 0;

	const release = (list: number[], sequence: number): void => {
		list.push(sequence);
		list.sort((a, b) => a - b);
		unused.push(sequence);
	};

	const settle = (group: Group, drop: boolean): void => {
		if (drop && !group.dropped) {
			group.dropped = true;
			release(freeKept, group.sequence);
		}
		if (!group.dropped || group.freed || group.unfinished > group.waiting) return;
		group.freed = true;
		used -= group.cells;
	};

	const groupOf = (row: number): Group | null => {
		const number = plan.groups[row] ?? null;
		return number === null ? null : (groups.get(number) ?? null);
	};

	const open = (row: number, cells: number): Group | null => {
		const number = plan.groups[row] ?? null;
		const [sequence] = freeKept;
		if (number === null || groups.has(number) || sequence === undefined) return null;
		freeKept.shift();
		const count = members.get(number) ?? 0;
		const group = { sequence, cells, ready: false, waiting: count, unfinished: count, dropped: false, freed: false };
		groups.set(number, group);
		used += cells;
		return group;
	};

	const seat = (row: ShardRow): BatchSlot | null => {
		const known = groupOf(upcoming);
		const shared = known !== null && !known.dropped ? known : null;
		if (shared !== null && !shared.ready) return null;
		const from =
			shared === null
				? { sequence: prefixSequence, tokens: plan.prefix }
				: { sequence: shared.sequence, tokens: row.tokens.length - 1 };
		if (used + ownCells(row, from.tokens) > plan.cells && seated.size > 0) return null;
		const [sequence] = free;
		if (sequence === undefined) return null;
		free.shift();
		const prompt = row.tokens.length - plan.prefix;
		const opened = shared === null ? open(upcoming, prompt) : null;
		// The cells of a prompt that is kept are counted with the group.
		const cells = ownCells(row, from.tokens) - (opened === null ? 0 : prompt);
		const group = shared ?? opened;
		used += cells;
		if (group !== null) group.waiting -= 1;
		seated.set(upcoming, { cells, group });
		const taken = { row: upcoming, sequence, from, keepIn: opened?.sequence ?? null };
		upcoming += 1;
		return taken;
	};

	return {
		next() {
			const row = rows[upcoming];
			if (row === undefined || free.length === 0) return null;
			// Nobody will leave and make room: prompts that are kept have to go.
			if (seated.size === 0 && used + ownCells(row, plan.prefix) > plan.cells) {
				for (const group of groups.values()) if (group.ready) settle(group, true);
			}
			return seat(row);
		},
		promptDone({ row, keepIn }) {
			const group = seated.get(row)?.group ?? null;
			if (keepIn !== null && group !== null) group.ready = true;
		},
		finish({ row, sequence }) {
			const { cells, group } = seated.get(row) ?? { cells: 0, group: null };
			seated.delete(row);
			used -= cells;
			release(free, sequence);
			if (group === null) return;
			group.unfinished -= 1;
			settle(group, group.waiting === 0);
		},
		takeUnused: () => unused.splice(0),
		get done() {
			return upcoming >= rows.length && seated.size === 0;
		},
	};
}
