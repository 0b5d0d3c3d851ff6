import { ownCells, type ShardPlan, type ShardRow } from './shard-plan.ts';

/** The cache sequence that holds the prefix of all prompts. */
export const prefixSequence = 0;

/** A row in the batch. */
export type BatchSlot = {
	/** Index of the row in the shard. */
	row: number;
	/** The row's own cache sequence. */
	sequence: number;
	/** Its prefix, which is in the cache already. */
	from: { sequence: number; tokens: number };
	/** Sequence that keeps its prompt for others with the same prompt. */
	keepIn: number | null;
};

type Group = {
	sequence: number;
	/** Cells of its prompt beyond the prefix. */
	cells: number;
	ready: boolean;
	/** Number of members without a seat, and number of unfinished members. */
	waiting: number;
	unfinished: number;
	/**
	 * Its sequence is released: all members have it, or it made room and the waiting ones compute the prompt
	 * themselves.
	 */
	dropped: boolean;
	/** Its cells are no longer in use. */
	freed: boolean;
};

export interface BatchSchedule {
	/** Seats the next row in order; null if it must wait for a seat, for cells, or for the prompt it shares. */
	next(): BatchSlot | null;
	/** Records that this row's prompt is computed, and kept if planned. */
	promptDone(slot: BatchSlot): void;
	finish(slot: BatchSlot): void;
	/** Returns sequences that are no longer needed, each once. */
	takeUnused(): number[];
	readonly done: boolean;
}

export interface BatchScheduleOptions {
	readonly rows: readonly ShardRow[];
	readonly plan: ShardPlan;
	readonly width: number;
}

/** Returns how many sequences a cache needs: the prefix, the seats, and kept prompts. */
export function sequencesNeeded({ groups }: ShardPlan, width: number): number {
	const kept = new Set(groups.filter((group) => group !== null)).size;
	return 1 + width + Math.min(kept, width);
}

/**
 * Decides which rows are decoded together. A row joins once there is room for its maximum length, so that no decode
 * finds the cache full. The order depends only on the rows and on which of them have finished.
 */
export function createBatchSchedule({ rows, plan, width }: BatchScheduleOptions): BatchSchedule {
	const free = Array.from({ length: width }, (_, index) => 1 + index);
	const freeKept = Array.from({ length: sequencesNeeded(plan, width) - 1 - width }, (_, index) => 1 + width + index);
	const groups = new Map<number, Group>();
	const members = new Map<number, number>();
	for (const group of plan.groups) if (group !== null) members.set(group, (members.get(group) ?? 0) + 1);
	const active = new Map<number, { cells: number; group: Group | null }>();
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

	const assignSlot = (row: ShardRow): BatchSlot | null => {
		const known = groupOf(upcoming);
		const shared = known !== null && !known.dropped ? known : null;
		if (shared !== null && !shared.ready) return null;
		const from =
			shared === null
				? { sequence: prefixSequence, tokens: plan.prefix }
				: { sequence: shared.sequence, tokens: row.tokens.length - 1 };
		if (used + ownCells(row, from.tokens) > plan.cells && active.size > 0) return null;
		const [sequence] = free;
		if (sequence === undefined) return null;
		free.shift();
		const prompt = row.tokens.length - plan.prefix;
		const opened = shared === null ? open(upcoming, prompt) : null;
		// The cells of a kept prompt count towards the group.
		const cells = ownCells(row, from.tokens) - (opened === null ? 0 : prompt);
		const group = shared ?? opened;
		used += cells;
		if (group !== null) group.waiting -= 1;
		active.set(upcoming, { cells, group });
		const taken = { row: upcoming, sequence, from, keepIn: opened?.sequence ?? null };
		upcoming += 1;
		return taken;
	};

	return {
		next() {
			const row = rows[upcoming];
			if (row === undefined || free.length === 0) return null;
			// No row will leave and make room, so kept prompts must go.
			if (active.size === 0 && used + ownCells(row, plan.prefix) > plan.cells) {
				for (const group of groups.values()) if (group.ready) settle(group, true);
			}
			return assignSlot(row);
		},
		promptDone({ row, keepIn }) {
			const group = active.get(row)?.group ?? null;
			if (keepIn !== null && group !== null) group.ready = true;
		},
		finish({ row, sequence }) {
			const { cells, group } = active.get(row) ?? { cells: 0, group: null };
			active.delete(row);
			used -= cells;
			release(free, sequence);
			if (group === null) return;
			group.unfinished -= 1;
			settle(group, group.waiting === 0);
		},
		takeUnused: () => unused.splice(0),
		get done() {
			return upcoming >= rows.length && active.size === 0;
		},
	};
}
