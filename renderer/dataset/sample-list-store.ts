import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Facets, SampleFilter, SampleRow } from '../../electron/contract/dataset/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

/** What the list is told to show. null: whatever it is. */
export interface SampleListFilter {
	readonly text: string;
	readonly split: string | null;
	/** '' stands for samples without any tag. */
	readonly tag: string | null;
	readonly target: 'some' | 'none' | null;
	/** Only these, for a reason in words: what a check found. */
	readonly only: { readonly ids: readonly number[]; readonly why: string } | null;
}

export const allSamples: SampleListFilter = { text: '', split: null, tag: null, target: null, only: null };

export interface SampleListState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** Whose rows these are. */
	datasetId: number | null;
	versionId: number | null;
	filter: SampleListFilter;
	/** How many rows the filter leaves of those that were looked through; null until the first answer. */
	total: number | null;
	/** The part that was looked through, from 0 to 1. */
	looked: number;
	/** Rows by page; what is scrolled past for long is let go of. */
	pages: ReadonlyMap<number, readonly SampleRow[]>;
	facets: Facets | null;
	/** The row that is looked at. */
	selected: { readonly index: number; readonly id: number } | null;
	/** What is being written: a change of the row that is looked at, a new one, or nothing. */
	editing: 'none' | 'selected' | 'new';
}

export interface SampleListStore {
	readonly state: StoreApi<SampleListState>;
	/** Shows a version's rows. Filter and selection stay while the dataset does: a draft began, or another version is looked at. */
	show(datasetId: number | null, versionId: number | null): Promise<void>;
	/** The rows changed: fetches afresh what is shown. */
	refresh(): Promise<void>;
	change(part: Partial<SampleListFilter>): void;
	/** Rows from `first` up to but without `end` are about to be drawn. */
	need(first: number, end: number): void;
	row(index: number): SampleRow | undefined;
	/** Looks at the row at this index, fetching it where it is not known; null: at none. */
	select(index: number | null): Promise<void>;
	/** Looks at this sample, wherever the list has it; false where the filter leaves it out. */
	find(sampleId: number): Promise<boolean>;
	edit(what: SampleListState['editing']): void;
	/** Answers when what is shown has been fetched. */
	settled(): Promise<void>;
}

/** Rows one call brings. */
export const pageSize = 100;

/** Pages kept around what is in sight. */
const keptPages = 60;

/** Typing pauses shorter than this don't fetch, ms. */
const typingPauseMs = 150;

/** The filter as calls take it. */
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
	/** Ends what was asked for under another filter or version. */
	let current = new AbortController();
	/** The rows are those that were shown before, but for what changed in them. */
	let same = false;
	const asked = new Set<number>();
	let timer: ReturnType<typeof setTimeout> | undefined;

	/** Shows what is found of a page as it is found: a search in millions takes a while. */
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
					// Rows that only changed are all still there.
					total: looked < 1 && same ? Math.max(total ?? 0, found.total) : found.total,
					pages: kept(new Map([...pages, [page, found.rows]]), page),
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
	 * Everything that was fetched is stale; pages in sight are fetched again while the old ones stand. `changed`: other rows
	 * are asked for than before.
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
		// Somebody may have scrolled on to what was just let go of.
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
		// Somebody may have gone on meanwhile; the row may have moved, or be another version of the same sample.
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
		async settled() {
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

/** Without the pages that are furthest from the one just fetched. */
function kept(
	pages: ReadonlyMap<number, readonly SampleRow[]>,
	around: number,
): ReadonlyMap<number, readonly SampleRow[]> {
	if (pages.size <= keptPages) return pages;
	return new Map([...pages].toSorted(([a], [b]) => Math.abs(a - around) - Math.abs(b - around)).slice(0, keptPages));
}
