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
import { kindLabels } from './log-wording.ts';

export interface LogState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	filter: LogFilter;
	sort: ActivitySort;
	/** How many entries the filter leaves; null until the first answer. */
	total: number | null;
	/** Entries by page. */
	pages: ReadonlyMap<number, readonly ActivityEntry[]>;
	/** Requests over the network, and the newest; null until it is known. */
	network: { readonly total: number; readonly last: ActivityEntry | null } | null;
	/** The one that the keys are on. */
	selected: { readonly index: number; readonly entry: ActivityEntry } | null;
	/** It is looked at closer. */
	open: boolean;
}

export interface ActivityLogStore {
	readonly state: StoreApi<LogState>;
	/** Keeps it fresh from now on, until the answer is called. */
	watch(): () => void;
	/** Fetches again what is shown, if anybody looks. */
	refresh(): Promise<void>;
	change(part: Partial<LogFilter>): void;
	/** By another column, or the other way round. */
	sortBy(by: ActivitySort['by']): void;
	/** Entries from `first` up to but without `end` are about to be drawn. */
	need(first: number, end: number): void;
	entry(index: number): ActivityEntry | undefined;
	/** Puts the keys on an entry, fetching it where it is not known. */
	select(index: number | null): Promise<void>;
	show(open: boolean): void;
	clear(): Promise<{ cleared: number; upTo: number }>;
	restore(upTo: number): Promise<boolean>;
}

/** Entries one call brings. */
const pageSize = 100;

/** Typing pauses shorter than this don't fetch, ms. */
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
	/** Ends what was asked for under another filter. */
	let current = new AbortController();
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

	/** Everything that was fetched is stale: the pages in sight are fetched, and the others with the next look. */
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

	/** What came in moved the entry that the keys are on. */
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

	async function fetchNetwork(): Promise<void> {
		const { signal } = current;
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
			// What is new and what failed is asked for first; names begin with A.
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

/** What the log is told to show. null: whatever it is. */
interface LogFilter {
	readonly kind: ActivityKind | null;
	readonly result: ActivityResult | null;
	/** The last days, today included; null: all that is kept. */
	readonly days: number | null;
	readonly text: string;
}

export const allEntries: LogFilter = { kind: null, result: null, days: null, text: '' };

export function isNarrowed({ kind, result, days, text }: LogFilter): boolean {
	return kind !== null || result !== null || days !== null || text.trim() !== '';
}

/** The filter as calls take it. Days are those of the computer's own time zone. */
export function toLogQuery({ kind, result, days, text }: LogFilter, now: number): ActivityFilter {
	const today = new Date(now);
	return {
		...(kind === null ? {} : { kinds: [kind] }),
		...(result === null ? {} : { results: [result] }),
		...(days === null
			? {}
			: { since: new Date(today.getFullYear(), today.getMonth(), today.getDate() - days + 1).getTime() }),
		...(text.trim() === '' ? {} : { text: text.trim() }),
	};
}

/** The kind that an address names: `#/activity/network`. */
export function parseLogKind(part: string | null): ActivityKind | null {
	return part !== null && Object.hasOwn(kindLabels, part) ? (part as ActivityKind) : null;
}
