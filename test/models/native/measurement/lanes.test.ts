import { expect, test } from 'vitest';
import {
	type LaneContext,
	type LaneRow,
	Lanes,
	laneCells,
	planLanes,
	sliceEnd,
} from '../../../../models/native/measurement/lanes.ts';

type Added = { token: number; position: number; lane: number };

/** Records what lanes do with a context. */
function recorded() {
	const batch: Added[] = [];
	const copies: [number, number][] = [];
	const removals: [number, number][] = [];
	const context: LaneContext = {
		add: (token, position, [lane], _output) => void batch.push({ token, position, lane: lane! }),
		clear: () => {},
		copySequence: (from, to) => void copies.push([from, to]),
		removeFrom: (sequence, start) => removals.push([sequence, start]) > 0,
	};
	return { context, copies, removals, take: () => batch.splice(0) };
}

function numbers(count: number, from = 0): number[] {
	return Array.from({ length: count }, (_, index) => from + index);
}

function row(position: number): LaneRow {
	return { position, token: 7 };
}

test('a prompt is computed in whole tiles and then the rest', () => {
	const ends = (length: number, from = 0): number[] => {
		const found: number[] = [];
		for (let position = from; position < length; position = found.at(-1)!) found.push(sliceEnd(position, length, 576));
		return found;
	};
	expect(ends(40)).toEqual([40]);
	expect(ends(64)).toEqual([64]);
	expect(ends(150)).toEqual([128, 150]);
	expect(ends(1300)).toEqual([576, 1152, 1280, 1300]);
	expect(ends(126)).toEqual([64, 124, 126]);
	expect(ends(150, 64)).toEqual([128, 150]);
	expect(ends(150, 139)).toEqual([150]);
});

test('a row takes over what another lane has computed with the same bits', () => {
	const { context, copies } = recorded();
	const lanes = new Lanes(context, { width: 3, sequences: 4, canCut: true });
	const first = lanes.start(numbers(200));
	expect(first).toEqual({ lane: 0, cached: 0 });
	lanes.add(first.lane, row(199));
	// The rest after the tiles begins at 192 in both prompts.
	expect(lanes.start([...numbers(196), 900, 901, 902, 903])).toEqual({ lane: 1, cached: 196 });
	expect(lanes.start([...numbers(196), 900, 901])).toEqual({ lane: 1, cached: 197 });
	// Longer by a tile: the tokens from 192 on are in a tile here.
	expect(lanes.start([...numbers(196), ...numbers(100, 500)])).toMatchObject({ cached: 192 });
	expect(lanes.start(numbers(40))).toMatchObject({ cached: 0 });
	expect(copies[0]).toEqual([0, 1]);
});

test('a state that can’t be cut is computed anew, without filling', () => {
	const { context, copies, take } = recorded();
	const lanes = new Lanes(context, { width: 2, sequences: 4, canCut: false });
	lanes.add(lanes.start(numbers(200)).lane, row(199));
	expect(lanes.start(numbers(200))).toEqual({ lane: 1, cached: 0 });
	expect(copies).toEqual([]);
	lanes.addSlice(1, numbers(7), 0, 6);
	lanes.sliceDone(1, 6);
	expect(take()).toHaveLength(6);
});

test('a slice is filled up to whole blocks of four, which are removed again', () => {
	const { context, removals, take } = recorded();
	const lanes = new Lanes(context, { width: 2, sequences: 4, canCut: true });
	lanes.addSlice(1, numbers(70), 64, 69);
	expect(take().map(({ position }) => position)).toEqual([64, 65, 66, 67, 68, 69, 70, 71]);
	lanes.sliceDone(1, 69);
	expect(removals).toEqual([[1, 69]]);
});

test('rows are decoded in neighbouring lanes, filled up to whole blocks', () => {
	const { context, copies, take } = recorded();
	const lanes = new Lanes(context, { width: 5, sequences: 8, canCut: true });
	const rows = [row(10), row(20), row(30), row(40), row(50)];
	for (const [lane, one] of rows.entries()) {
		expect(lanes.start(numbers(one.position + 1, lane * 1000)).lane).toBe(lane);
		lanes.add(lane, one);
	}
	expect(lanes.hasRoom).toBe(false);
	expect(lanes.fill()).toEqual(rows);
	const places = () => take().map(({ lane, position }) => [lane, position]);
	expect(places()).toEqual([
		[0, 10],
		[1, 20],
		[2, 30],
		[3, 40],
		[4, 50],
		[5, 0],
		[6, 0],
		[7, 0],
	]);
	lanes.remove(rows[0]!);
	lanes.remove(rows[1]!);
	expect(lanes.fill()).toEqual([rows[4], rows[3], rows[2]]);
	expect(copies).toEqual([
		[4, 0],
		[3, 1],
	]);
	expect(places()).toEqual([
		[0, 51],
		[1, 41],
		[2, 31],
		[3, 0],
	]);
	for (const one of rows.slice(2)) lanes.remove(one);
	expect(lanes.isEmpty).toBe(true);
});

test('lanes keep to the cells that there are', () => {
	expect(planLanes(8, 16, true)).toEqual({ width: 8, sequences: 8 });
	expect(planLanes(5, 16, true)).toEqual({ width: 5, sequences: 8 });
	expect(planLanes(8, 6, true)).toEqual({ width: 4, sequences: 4 });
	expect(planLanes(1, 6, true)).toEqual({ width: 1, sequences: 4 });
	expect(planLanes(8, 3, true)).toEqual({ width: 2, sequences: 2 });
	expect(planLanes(8, 1, true)).toEqual({ width: 1, sequences: 1 });
	expect(planLanes(8, 0, true)).toEqual({ width: 1, sequences: 1 });
	// A recurrent state takes no cells.
	expect(planLanes(8, 1, false)).toEqual({ width: 4, sequences: 4 });
	expect([laneCells(253), laneCells(254), laneCells(256)]).toEqual([256, 512, 512]);
});

test('with room for fewer than a block of lanes, rows are filled up in their own', () => {
	const { context, removals, take } = recorded();
	const lanes = new Lanes(context, { width: 2, sequences: 2, canCut: true });
	const rows = [row(10), row(20)];
	for (const [lane, one] of rows.entries()) lanes.add(lane, one);
	expect(lanes.fill()).toEqual(rows);
	const places = () => take().map(({ lane, position }) => [lane, position]);
	expect(places()).toEqual([
		[0, 10],
		[1, 20],
		[0, 11],
		[1, 21],
	]);
	lanes.remove(rows[1]!);
	removals.length = 0;
	lanes.fill();
	// What filled up the last decode makes room.
	expect(removals).toEqual([[0, 11]]);
	expect(places()).toEqual([
		[0, 11],
		[0, 12],
		[0, 13],
		[0, 14],
	]);
});
