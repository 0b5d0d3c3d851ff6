import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SampleFilter, SampleRow } from '../../../electron/contract/dataset/schema.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import {
	allSamples,
	createSampleListStore,
	isFiltered,
	pageSize,
	toSampleQuery,
} from '../../../renderer/dataset/sample-list-store.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

function rowOf(id: number): SampleRow {
	return {
		id,
		key: `row-${id}`,
		input: `input ${id}`,
		turns: 1,
		target: null,
		choices: 0,
		tags: [],
		split: 'test',
		conversationId: null,
	};
}

/** An application with versions of these sizes; a text search reports its progress at these `steps`. */
function listOver(sizes: Record<number, number>, steps: number[] = []) {
	const asked: { versionId: number; offset: number; filter: SampleFilter }[] = [];
	/** Positions of edited samples; each then has a new sample id. */
	const edited = new Set<number>();
	const rows = (versionId: number) =>
		Array.from({ length: sizes[versionId] ?? 0 }, (_, index) => rowOf(versionId * 100_000 + index));
	const samples = {
		list: async (input: { versionId: number; filter: SampleFilter; offset: number; limit: number }) => {
			asked.push({ versionId: input.versionId, offset: input.offset, filter: input.filter });
			const text = input.filter.text;
			if (text === undefined) {
				const total = sizes[input.versionId] ?? 0;
				const length = Math.max(0, Math.min(input.limit, total - input.offset));
				const first = input.versionId * 100_000 + input.offset;
				const idOf = (at: number): number => (edited.has(at) ? 900_000 + at : first - input.offset + at);
				const shown = Array.from({ length }, (_, index) => rowOf(idOf(input.offset + index)));
				return { rows: shown, total, looked: 1, revision: 0 };
			}
			const all = rows(input.versionId).filter(({ input: words }) => words.endsWith(text));
			const looked = steps.shift() ?? 1;
			const found = all.slice(0, Math.ceil(all.length * looked));
			return { rows: found.slice(input.offset, input.offset + input.limit), total: found.length, looked, revision: 0 };
		},
		facets: async () => ({ splits: [], tags: [], variables: [], withTarget: 0, withChoices: 0, tasks: [] }),
		locate: async ({ versionId, sampleId }: { versionId: number; sampleId: number }) => {
			const index = rows(versionId).findIndex(({ id }) => id === sampleId);
			return { index: index === -1 ? null : index };
		},
	};
	const list = createSampleListStore({ client: { datasets: { samples } } } as unknown as Connection);
	return { list, asked, sizes, edited };
}

describe('the list of samples', () => {
	test('fetches the pages about to be drawn, each once', async () => {
		const { list, asked } = listOver({ 1: 1_000 });
		await list.show(7, 1);
		list.need(0, 40);
		list.need(180, 230);
		list.need(190, 240);
		await vi.advanceTimersByTimeAsync(0);
		expect(asked.map(({ offset }) => offset)).toEqual([0, 100, 200]);
		expect(list.row(199)?.id).toBe(100_199);
		expect(list.row(300)).toBeUndefined();
	});

	test('selecting a distant row fetches its page first', async () => {
		const { list } = listOver({ 1: 5_000 });
		await list.show(7, 1);
		await list.select(4_321);
		expect(list.state.getState().selected).toEqual({ index: 4_321, id: 104_321 });
	});

	test('a filter starts from the top, and answers to an earlier one are ignored', async () => {
		const { list } = listOver({ 1: 1_000 });
		await list.show(7, 1);
		await list.select(3);
		list.change({ text: '77' });
		await vi.advanceTimersByTimeAsync(200);
		expect(list.state.getState()).toMatchObject({ total: 10, selected: null });
		expect(list.row(0)?.id).toBe(100_077);
		expect(list.row(999)).toBeUndefined();
	});

	test('matches among millions appear as they are found, and a refresh keeps the ones shown', async () => {
		const steps = [0.2, 0.6];
		const { list } = listOver({ 1: 1_000 }, steps);
		await list.show(7, 1);
		const seen: { total: number | null; looked: number }[] = [];
		const stop = list.state.subscribe(({ total, looked, filter }) => {
			if (filter.text !== '' && seen.at(-1)?.looked !== looked) seen.push({ total, looked });
		});
		list.change({ text: '7' });
		await vi.advanceTimersByTimeAsync(200);
		expect(seen.slice(-3)).toEqual([
			{ total: 20, looked: 0.2 },
			{ total: 60, looked: 0.6 },
			{ total: 100, looked: 1 },
		]);
		steps.push(0.5);
		await list.refresh();
		expect(seen.slice(-2)).toEqual([
			{ total: 100, looked: 0.5 },
			{ total: 100, looked: 1 },
		]);
		stop();
	});

	test('a new draft of the same dataset keeps filter and position, with the new sample id', async () => {
		const { list } = listOver({ 1: 300, 2: 300 });
		await list.show(7, 1);
		list.change({ text: '5' });
		await vi.advanceTimersByTimeAsync(200);
		await list.select(2);
		await list.show(7, 2);
		expect(list.state.getState()).toMatchObject({ filter: { text: '5' }, selected: { index: 2, id: 200_025 } });
	});

	test('moving to another row during a refresh keeps that row selected', async () => {
		const { list, edited } = listOver({ 1: 10 });
		await list.show(7, 1);
		await list.select(2);
		edited.add(2);
		const refreshed = list.refresh();
		await list.select(3);
		await refreshed;
		expect(list.state.getState().selected).toEqual({ index: 3, id: 100_003 });
		await list.select(2);
		expect(list.state.getState().selected).toEqual({ index: 2, id: 900_002 });
	});

	test('another dataset starts without a filter', async () => {
		const { list } = listOver({ 1: 300, 9: 20 });
		await list.show(7, 1);
		list.change({ text: '5' });
		await vi.advanceTimersByTimeAsync(200);
		await list.show(8, 9);
		expect(list.state.getState()).toMatchObject({ filter: allSamples, selected: null, total: 20 });
	});

	test('removing the last row selects the one before it', async () => {
		const { list, sizes } = listOver({ 1: 10 });
		await list.show(7, 1);
		await list.select(9);
		sizes[1] = 9;
		await list.refresh();
		expect(list.state.getState().selected).toEqual({ index: 8, id: 100_008 });
	});

	test('a long scroll keeps a limited number of pages', async () => {
		const { list } = listOver({ 1: 100_000 });
		await list.show(7, 1);
		for (let page = 0; page < 100; page += 1) {
			list.need(page * pageSize, page * pageSize + 40);
			await vi.advanceTimersByTimeAsync(0);
		}
		expect(list.state.getState().pages.size).toBeLessThanOrEqual(60);
		expect(list.row(99 * pageSize)).toBeDefined();
	});

	test('finds a sample at any position, and says if the filter leaves it out', async () => {
		const { list } = listOver({ 1: 1_000 });
		await list.show(7, 1);
		expect(await list.find(100_450)).toBe(true);
		expect(list.state.getState().selected).toEqual({ index: 450, id: 100_450 });
		expect(await list.find(5)).toBe(false);
	});
});

test('the query leaves out unset filters', () => {
	expect(toSampleQuery(allSamples)).toEqual({});
	expect(isFiltered({ ...allSamples, text: '  ' })).toBe(false);
	expect(toSampleQuery({ ...allSamples, text: ' map ', tag: '', target: 'none' })).toEqual({
		text: 'map',
		tags: [''],
		target: 'none',
	});
});
