import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Facets, SampleFilter, SampleRow } from '../../electron/contract/dataset/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

/** Filter of the list; null means no restriction. */
export interface SampleListFilter {
	readonly text: string;
	readonly split: string | null;
	/** '' matches samples without any tag. */
	readonly tag: string | null;
	readonly target: 'some' | 'none' | null;
	/** Restricts the list to these samples, with the reason in words, such as a check's finding. */
	readonly only: { readonly ids: readonly number[]; readonly why: string } | null;
}

export const allSamples: SampleListFilter = { text: '', split: null, tag: null, target: null, only: null };

export interface SampleListState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** Dataset of these rows. */
	datasetId: number | null;
	versionId: number | null;
	filter: SampleListFilter;
	/** Number of matching rows among those searched so far; null until the first answer. */
	total: number | null;
	/** Share of the rows searched so far, from 0 to 1. */
	looked: number;
	/** Rows by page; pages far from the view are dropped. */
	pages: ReadonlyMap<number, readonly SampleRow[]>;
	facets: Facets | null;
	/** The selected row. */
	selected: { readonly index: number; readonly id: number } | null;
	/** What is being edited: the selected row, a new one, or nothing. */
	editing: 'none' | 'selected' | 'new';
}

export interface SampleListStore {
	readonly state: StoreApi<SampleListState>;
	/**
	 * Shows a version's rows. Filter and selection stay within a dataset, for example when a draft starts or another
	 * version is opened.
	 */
	show(datasetId: number | null, versionId: number | null): Promise<void>;
	/** The rows changed: fetches the shown ones again. */
	refresh(): Promise<void>;
	change(part: Partial<SampleListFilter>): void;
	/** Called before the rows from `first` up to but excluding `end` are drawn. */
	need(first: number, end: number): void;
	row(index: number): SampleRow | undefined;
	/** Selects the row at this index and fetches it if needed; null: selects none. */
	select(index: number | null): Promise<void>;
	/** Selects this sample, wherever it is in the list; returns false if the filter excludes it. */
	find(sampleId: number): Promise<boolean>;
	edit(what: SampleListState['editing']): void;
	/** Resolves when everything shown has been fetched. */
	whenLoaded(): Promise<void>;
}

/** Rows per call. */
export const pageSize = 100;

/** Most pages kept around the view. */
const keptPages = 60;

/** Pause in typing before a fetch, in ms. */
const typingPauseMs = 150;

/** Converts the filter to call input. */
export function toSampleQuery({ text, split, tag, target, only }: SampleListFilter): SampleFilter {
	return {
		...(text.trim() === '' ? {} : { text: text.trim() }),
		...(split === null ? {} : { splits: [split] }),
		...(tag === null ? {} : { tags: [tag] }),
		...(target === null ? {} : { target }),
		...(only === null ? {} : { ids: [...only.ids] }),
	};
}

export function isFiltered(filter: SampleListFilter): boolean {
	return Object.keys(toSampleQuery(filter)).length > 0;
}

export function createSampleListStore({ client }: Connection): SampleListStore {
	const state = createStore<SampleListState>(() => ({
		status: 'loading',
		failure: null,
		datasetId: null,
		versionId: null,
		filter: allSamples,
		total: null,
		looked: 1,
		pages: new Map(),
		facets: null,
		selected: null,
		editing: 'none',
	}));
	/** Aborts requests made under another filter or version. */
	let current = new AbortController();
	/** Whether the rows are the same ones as before, apart from edits. */
	let same = false;
	const asked = new Set<number>();
	let timer: ReturnType<typeof setTimeout> | undefined;

	/** Shows a page's rows as they are found, because a search in millions takes a while. */
	async function fetchPage(page: number): Promise<void> {
		const { versionId, filter } = state.getState();
		if (versionId === null || asked.has(page)) return;
		asked.add(page);
		const { signal } = current;
		const place = { versionId, filter: toSampleQuery(filter), offset: page * pageSize, limit: pageSize };
		try {
			for (let looked = 0; looked < 1; ) {
				const found = await client.datasets.samples.list({ ...place, partial: true }, { signal });
				if (signal.aborted) return;
				({ looked } = found);
				state.setState(({ pages, total }) => ({
					status: 'ready',
					failure: null,
					looked,
					// Rows that were only edited are all still there.
					total: looked < 1 && same ? Math.max(total ?? 0, found.total) : found.total,
					pages: dropFarPages(new Map([...pages, [page, found.rows]]), page),
				}));
			}
		} catch (error) {
			if (signal.aborted || isConnectionLoss(error)) return;
			state.setState({ status: 'failed', failure: toFailure(error) });
		} finally {
			if (!signal.aborted) asked.delete(page);
		}
	}

	async function fetchMissing(page: number): Promise<void> {
		if (!state.getState().pages.has(page)) await fetchPage(page);
	}

	async function fetchFacets(): Promise<void> {
		const { versionId } = state.getState();
		if (versionId === null) return;
		try {
			const facets = await client.datasets.samples.facets({ versionId });
			if (state.getState().versionId === versionId) state.setState({ facets });
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
		}
	}

	/**
	 * Marks everything fetched as stale; fetches visible pages again and shows the old ones meanwhile. `changed`: the
	 * query selects other rows than before.
	 */
	async function renew(pages: readonly number[], changed = true): Promise<void> {
		current.abort();
		current = new AbortController();
		same = !changed;
		asked.clear();
		const { signal } = current;
		const before = state.getState().pages;
		await Promise.all(pages.map(fetchPage));
		if (signal.aborted) return;
		state.setState((now) => ({
			pages: new Map([...now.pages].filter(([page, rows]) => before.get(page) !== rows)),
		}));
		// The user may have scrolled to a page that was just dropped.
		for (const page of sight) void fetchMissing(page);
	}

	let sight: readonly number[] = [0];
	let showing: Promise<unknown> = Promise.resolve();

	const row = (index: number): SampleRow | undefined =>
		state.getState().pages.get(Math.floor(index / pageSize))?.[index % pageSize];

	async function select(index: number | null): Promise<void> {
		if (index === null) return state.setState({ selected: null, editing: 'none' });
		if (row(index) === undefined) await fetchPage(Math.floor(index / pageSize));
		const found = row(index);
		if (found === undefined) return;
		const { selected } = state.getState();
		state.setState({
			selected: { index, id: found.id },
			...(selected?.index === index ? {} : { editing: 'none' }),
		});
	}

	async function find(sampleId: number): Promise<boolean> {
		const { versionId, filter } = state.getState();
		if (versionId === null) return false;
		const { index } = await client.datasets.samples.locate({ versionId, filter: toSampleQuery(filter), sampleId });
		if (index === null) return false;
		await fetchPage(Math.floor(index / pageSize));
		state.setState({ selected: { index, id: sampleId }, editing: 'none' });
		return true;
	}

	async function refresh(): Promise<void> {
		await Promise.all([renew(sight, false), fetchFacets()]);
		// The user may have moved on; the row may have moved, or be another version of the same sample.
		const { selected, total } = state.getState();
		if (selected === null) return;
		if (total !== null && selected.index >= total) await select(total === 0 ? null : total - 1);
		else if (row(selected.index)?.id !== selected.id) await select(selected.index);
	}

	return {
		state,
		row,
		select,
		find,
		async show(datasetId, versionId) {
			const before = state.getState();
			if (versionId === before.versionId) return;
			if (datasetId !== null && datasetId === before.datasetId) {
				state.setState({ versionId, filter: { ...before.filter, only: null } });
				showing = refresh();
				return void (await showing);
			}
			sight = [0];
			state.setState({
				status: 'loading',
				failure: null,
				datasetId,
				versionId,
				filter: allSamples,
				total: null,
				pages: new Map(),
				facets: null,
				selected: null,
				editing: 'none',
			});
			showing = Promise.all([renew(sight), fetchFacets()]);
			await showing;
		},
		refresh,
		edit: (editing) => state.setState({ editing }),
		async whenLoaded() {
			await showing;
		},
		change(part) {
			state.setState(({ filter }) => ({ filter: { ...filter, ...part }, selected: null, editing: 'none' }));
			clearTimeout(timer);
			sight = [0];
			timer = setTimeout(() => void renew(sight), part.text === undefined ? 0 : typingPauseMs);
		},
		need(first, end) {
			const pages: number[] = [];
			for (let page = Math.floor(first / pageSize); page * pageSize < end; page += 1) pages.push(page);
			sight = pages.length === 0 ? [0] : pages;
			for (const page of pages) void fetchMissing(page);
		},
	};
}

/** Drops the pages that are furthest from the one just fetched. */
function dropFarPages(
	pages: ReadonlyMap<number, readonly SampleRow[]>,
	around: number,
): ReadonlyMap<number, readonly SampleRow[]> {
	if (pages.size <= keptPages) return pages;
	return new Map([...pages].toSorted(([a], [b]) => Math.abs(a - around) - Math.abs(b - around)).slice(0, keptPages));
}
