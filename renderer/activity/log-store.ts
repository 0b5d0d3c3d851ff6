import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	ActivityEntry,
	ActivityFilter,
	ActivityKind,
	ActivityResult,
	ActivitySort,
} from '../../electron/contract/activity/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { startOfDay } from '../design/local-day.ts';
import { kindLabels } from './log-wording.ts';

export interface LogState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	filter: LogFilter;
	sort: ActivitySort;
	/** Number of entries that match the filter; null until the first answer. */
	total: number | null;
	/** Entries by page number. */
	pages: ReadonlyMap<number, readonly ActivityEntry[]>;
	/** Number of network requests and the latest one; null until known. */
	network: { readonly total: number; readonly last: ActivityEntry | null } | null;
	/** The entry under the keyboard cursor. */
	selected: { readonly index: number; readonly entry: ActivityEntry } | null;
	/** Whether the selected entry's details are open. */
	open: boolean;
}

export interface ActivityLogStore {
	readonly state: StoreApi<LogState>;
	/** Keeps the data fresh until the returned function is called. */
	watch(): () => void;
	/** Fetches the shown data again if the screen is open. */
	refresh(): Promise<void>;
	change(part: Partial<LogFilter>): void;
	/** Sorts by another column, or reverses the order of the current one. */
	sortBy(by: ActivitySort['by']): void;
	/** Called before the entries from `first` up to but excluding `end` are drawn. */
	need(first: number, end: number): void;
	entry(index: number): ActivityEntry | undefined;
	/** Moves the keyboard cursor to an entry and fetches it if needed. */
	select(index: number | null): Promise<void>;
	show(open: boolean): void;
	clear(): Promise<{ cleared: number; upTo: number }>;
	restore(upTo: number): Promise<boolean>;
}

/** Entries per call. */
const pageSize = 100;

/** Pause in typing before a fetch, in ms. */
const typingPauseMs = 150;

export function createActivityLogStore({ client }: Connection): ActivityLogStore {
	const state = createStore<LogState>(() => ({
		status: 'loading',
		failure: null,
		filter: allEntries,
		sort: { by: 'time', descending: true },
		total: null,
		pages: new Map(),
		network: null,
		selected: null,
		open: false,
	}));
	/** Aborts requests made under an earlier filter. */
	let current = new AbortController();
	let networkFetch = new AbortController();
	let watchers = 0;
	let sight: readonly number[] = [0];
	let timer: ReturnType<typeof setTimeout> | undefined;
	const asked = new Set<number>();

	const entry = (index: number): ActivityEntry | undefined =>
		state.getState().pages.get(Math.floor(index / pageSize))?.[index % pageSize];

	async function guarded<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | null> {
		try {
			return await work();
		} catch (error) {
			if (!signal.aborted && !isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
			return null;
		}
	}

	async function page(number: number, signal: AbortSignal) {
		const { filter, sort } = state.getState();
		const offset = number * pageSize;
		return client.activity.list({ filter: toLogQuery(filter, Date.now()), sort, offset, limit: pageSize }, { signal });
	}

	/** Marks everything fetched as stale: visible pages are fetched now, the others when they are next shown. */
	async function renew(): Promise<void> {
		current.abort();
		current = new AbortController();
		asked.clear();
		const { signal } = current;
		const wanted = sight;
		const found = await guarded(signal, () => Promise.all(wanted.map((number) => page(number, signal))));
		if (found === null || signal.aborted) return;
		const { selected } = state.getState();
		const pages = new Map(wanted.map((number, at) => [number, found[at]?.entries ?? []]));
		state.setState({ status: 'ready', failure: null, total: found[0]?.total ?? 0, pages });
		if (selected !== null) follow(selected.entry.id, pages);
	}

	/** Moves the keyboard cursor with its entry when new entries shift it. */
	function follow(id: number, pages: ReadonlyMap<number, readonly ActivityEntry[]>): void {
		for (const [number, entries] of pages) {
			const at = entries.findIndex((one) => one.id === id);
			const found = entries[at];
			if (found === undefined) continue;
			state.setState({ selected: { index: number * pageSize + at, entry: found } });
			return;
		}
	}

	async function fetchPage(number: number): Promise<void> {
		if (asked.has(number)) return;
		asked.add(number);
		const { signal } = current;
		const found = await guarded(signal, () => page(number, signal));
		if (found === null || signal.aborted) return;
		asked.delete(number);
		state.setState(({ pages }) => ({ total: found.total, pages: new Map([...pages, [number, found.entries]]) }));
	}

	/** Counts all requests: a change of the filter must not abort this. */
	async function fetchNetwork(): Promise<void> {
		networkFetch.abort();
		networkFetch = new AbortController();
		const { signal } = networkFetch;
		const found = await guarded(signal, () =>
			client.activity.list({ filter: { kinds: ['network'] }, limit: 1 }, { signal }),
		);
		if (found !== null) state.setState({ network: { total: found.total, last: found.entries[0] ?? null } });
	}

	async function refresh(): Promise<void> {
		if (watchers === 0) return;
		const renewed = renew();
		await Promise.all([renewed, fetchNetwork()]);
	}

	function restart(delayMs = 0): void {
		sight = [0];
		clearTimeout(timer);
		timer = setTimeout(() => void renew(), delayMs);
	}

	return {
		state,
		entry,
		refresh,
		watch() {
			watchers += 1;
			void refresh();
			return () => {
				watchers -= 1;
			};
		},
		change(part) {
			state.setState(({ filter }) => ({ filter: { ...filter, ...part }, selected: null, open: false }));
			restart(part.text === undefined ? 0 : typingPauseMs);
		},
		sortBy(by) {
			const { sort } = state.getState();
			// By default the newest and the failed come first, and names start at A.
			const descending = sort.by === by ? !sort.descending : by === 'time';
			state.setState({ sort: { by, descending }, selected: null, open: false });
			restart();
		},
		need(first, end) {
			const pages: number[] = [];
			for (let number = Math.floor(first / pageSize); number * pageSize < end; number += 1) pages.push(number);
			sight = pages.length === 0 ? [0] : pages;
			if (state.getState().status !== 'ready') return;
			for (const number of sight) if (!state.getState().pages.has(number)) void fetchPage(number);
		},
		async select(index) {
			if (index === null) return state.setState({ selected: null, open: false });
			if (entry(index) === undefined) await fetchPage(Math.floor(index / pageSize));
			const found = entry(index);
			if (found !== undefined) state.setState({ selected: { index, entry: found } });
		},
		show: (open) => state.setState({ open }),
		async clear() {
			state.setState({ selected: null, open: false });
			return client.activity.clear();
		},
		restore: async (upTo) => (await client.activity.restore({ upTo })).restored,
	};
}

/** Filter of the log; null means no restriction. */
interface LogFilter {
	readonly kind: ActivityKind | null;
	readonly result: ActivityResult | null;
	/** Number of days back, including today; null: everything kept. */
	readonly days: number | null;
	readonly text: string;
}

export const allEntries: LogFilter = { kind: null, result: null, days: null, text: '' };

export function isNarrowed({ kind, result, days, text }: LogFilter): boolean {
	return kind !== null || result !== null || days !== null || text.trim() !== '';
}

/** Converts the filter to call input. Days are in the computer's own time zone. */
export function toLogQuery({ kind, result, days, text }: LogFilter, now: number): ActivityFilter {
	return {
		...(kind === null ? {} : { kinds: [kind] }),
		...(result === null ? {} : { results: [result] }),
		...(days === null ? {} : { since: startOfDay(now, 1 - days) }),
		...(text.trim() === '' ? {} : { text: text.trim() }),
	};
}

/** Reads the entry kind from an address such as `#/activity/network`. */
export function parseLogKind(part: string | null): ActivityKind | null {
	return part !== null && Object.hasOwn(kindLabels, part) ? (part as ActivityKind) : null;
}
