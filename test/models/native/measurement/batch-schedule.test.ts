import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	type BatchSlot,
	createBatchSchedule,
	sequencesNeeded,
} from '../../../../models/native/measurement/batch-schedule.ts';
import { planShard, type ShardRow } from '../../../../models/native/measurement/shard-plan.ts';

function rowOf(length: number, mark: number, maxTokens: number): ShardRow {
	return { tokens: Array.from({ length }, (_, at) => (at < 40 ? at : mark * 10_000 + at)), maxTokens };
}

/**
 * Runs the schedule to its end: seated rows finish in the order given by `pick`. Returns the rows in order of seating.
 */
function playOut(
	rows: readonly ShardRow[],
	width: number,
	limit: number,
	pick: (seated: number) => number,
): { order: number[]; most: number; together: number } {
	const plan = planShard(rows, width, limit, true);
	const seating = createBatchSchedule({ rows, plan, width });
	const seated: BatchSlot[] = [];
	const order: number[] = [];
	let most = 0;
	let together = 0;
	// Cells by sequence, as in the cache: prefix and kept prompts are shared.
	const kept = new Map<number, number>();
	const told = new Set<number>();
	while (!seating.done) {
		for (let seat = seating.next(); seat !== null; seat = seating.next()) {
			expect(seated.some(({ sequence }) => sequence === seat.sequence)).toBe(false);
			expect(seat.sequence).toBeLessThan(sequencesNeeded(plan, width));
			expect(kept.has(seat.from.sequence) || seat.from.sequence === 0).toBe(true);
			seated.push(seat);
			order.push(seat.row);
		}
		expect(seated.length).toBeGreaterThan(0);
		for (const seat of seated) {
			if (told.has(seat.row)) continue;
			told.add(seat.row);
			if (seat.keepIn !== null) kept.set(seat.keepIn, rows[seat.row]!.tokens.length - 1);
			seating.promptDone(seat);
		}
		const own = seated.map(({ row, from }) => rows[row]!.tokens.length - from.tokens + rows[row]!.maxTokens);
		most = Math.max(most, plan.prefix + own.reduce((sum, cells) => sum + cells, 0));
		together = Math.max(together, seated.length);
		const [gone] = seated.splice(pick(seated.length) % seated.length, 1);
		seating.finish(gone!);
		for (const sequence of seating.takeUnused()) kept.delete(sequence);
	}
	expect(kept.size).toBe(0);
	return { order, most, together };
}

describe('batch schedule', () => {
	test('every row is seated once, in order, on free sequences and within the cells, whichever finishes first', () => {
		const rows = fc.array(fc.tuple(fc.integer({ min: 45, max: 200 }), fc.integer({ min: 0, max: 4 })), {
			minLength: 1,
			maxLength: 40,
		});
		fc.assert(
			fc.property(rows, fc.integer({ min: 2, max: 9 }), fc.array(fc.nat(8)), (shapes, width, picks) => {
				// Equal marks of equal length mean equal prompts.
				const shard = shapes.map(([length, mark]) => rowOf(length, mark, 20));
				let at = 0;
				const { order, most } = playOut(shard, width, 600, () => picks[at++ % Math.max(1, picks.length)] ?? 0);
				expect(order).toEqual(shard.map((_, index) => index));
				expect(most).toBeLessThanOrEqual(600);
			}),
		);
	});

	test('a prompt shared by many rows is computed once, and the others start with all but its last token', () => {
		const rows = Array.from({ length: 6 }, (_, index) => rowOf(120, index < 3 ? 1 : 2, 20));
		const plan = planShard(rows, 4, 10_000, true);
		const seating = createBatchSchedule({ rows, plan, width: 4 });
		const first = seating.next()!;
		expect(first).toMatchObject({ row: 0, from: { sequence: 0, tokens: 40 }, keepIn: 5 });
		// The second waits for the prompt that the first computes.
		expect(seating.next()).toBe(null);
		seating.promptDone(first);
		expect(seating.next()).toMatchObject({ row: 1, from: { sequence: 5, tokens: 119 }, keepIn: null });
		expect(seating.next()).toMatchObject({ row: 2, from: { sequence: 5, tokens: 119 } });
		expect(seating.next()).toMatchObject({ row: 3, from: { sequence: 0, tokens: 40 }, keepIn: 6 });
	});

	test('as many rows are admitted as there are cells for, and always one', () => {
		const rows = Array.from({ length: 8 }, (_, index) => rowOf(100, index + 1, 100));
		expect(playOut(rows, 8, 40 + 3 * 160, () => 0).together).toBe(3);
		expect(playOut(rows, 8, 10_000, () => 0).together).toBe(8);
		expect(playOut(rows, 8, 100, () => 0).together).toBe(1);
	});
});
