import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	KeyUsage,
	RequestFigures,
	RequestFilter,
	ServerRequest,
} from '../../electron/contract/server/request-log.ts';
import type { ServerStatus } from '../../electron/contract/server/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { startOfDay } from '../design/local-day.ts';
import { type LiveSlot, placeInSlots } from './live-slots.ts';

/** Which requests the history and the figures are about; null: no restriction. */
export interface ShownRequests {
	readonly outcome: 'any' | 'failed' | 'left';
	readonly key: number | 'open' | null;
	readonly client: string | null;
	readonly model: string | null;
	readonly route: string | null;
	/** An error's code. */
	readonly error: string | null;
	/** Number of days back, including today. */
	readonly days: number | null;
}

export const allRequests: ShownRequests = {
	outcome: 'any',
	key: null,
	client: null,
	model: null,
	route: null,
	error: null,
	days: null,
};

export interface ServerPageState {
	/** Why the page can't be filled; null: it can. */
	failure: FailureFacts | null;
	/** null until the first answer. */
	status: ServerStatus | null;
	/** Requests being answered, each in a row of its own. */
	live: readonly LiveSlot[];
	filter: ShownRequests;
	/** Ended requests that match, newest first, as far as they were fetched. */
	rows: readonly ServerRequest[];
	/** Number of matches; null until the first answer. */
	total: number | null;
	figures: RequestFigures | null;
	/** Figures of every request in the period: they name what there is to filter by. */
	choices: RequestFigures | null;
	keys: readonly KeyUsage[];
	/** Id of the row under the keyboard cursor. */
	selected: number | null;
	/** Whether its details are open. */
	open: boolean;
}

export interface ServerPageStore {
	readonly state: StoreApi<ServerPageState>;
	/** Keeps the data fresh until the returned function is called. */
	watch(): () => void;
	/** Fetches the shown data again if the page is open. */
	refresh(): Promise<void>;
	/** Requests began, went on or ended. */
	apply(): void;
	change(part: Partial<ShownRequests>): void;
	/** Called when the last fetched row comes into view. */
	more(): void;
	select(id: number | null): void;
	show(open: boolean): void;
}

/** Requests per call. */
const pageSize = 100;

/** Interval in which times of live requests are brought up to date, ms. */
const tickMs = 1_000;

/** History and figures are fetched at most this often, ms. */
const historyEveryMs = 500;

export function createServerPageStore({ client }: Connection): ServerPageStore {
	const state = createStore<ServerPageState>(() => ({
		failure: null,
		status: null,
		live: [],
		filter: allRequests,
		rows: [],
		total: null,
		figures: null,
		choices: null,
		keys: [],
		selected: null,
		open: false,
	}));
	/** Aborts calls made under an earlier filter. */
	let current = new AbortController();
	let watchers = 0;
	let isLoadingMore = false;
	let tick: ReturnType<typeof setInterval> | undefined;
	let isHistoryDue = false;
	/** Requests ended since the last fetch began. */
	let isHistoryStale = false;

	async function guarded(work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
		try {
			await work();
		} catch (error) {
			if (signal?.aborted !== true && !isConnectionLoss(error)) state.setState({ failure: toFailure(error) });
		}
	}

	function fetchLive(): Promise<void> {
		return guarded(async () => {
			const [{ requests }, status] = await Promise.all([client.server.liveRequests(), client.server.status()]);
			state.setState(({ live }) => ({ live: placeInSlots(live, requests), status }));
		});
	}

	/** Fetches the newest requests and the figures; older rows stay as they are. */
	function fetchHistory(): Promise<void> {
		current.abort();
		current = new AbortController();
		const { signal } = current;
		return guarded(async () => {
			const { filter: shown } = state.getState();
			const filter = toRequestFilter(shown, Date.now());
			const period = filter.from === undefined ? {} : { from: filter.from };
			const [page, figures, choices, usage] = await Promise.all([
				client.server.requests({ filter, limit: pageSize }, { signal }),
				client.server.requestFigures({ filter }, { signal }),
				client.server.requestFigures({ filter: period }, { signal }),
				client.server.keyUsage(period, { signal }),
			]);
			if (signal.aborted) return;
			state.setState(({ rows, selected }) => {
				const merged = mergeNewest(rows, page.requests, page.total);
				const isGone = selected !== null && !merged.some(({ id }) => id === selected);
				return {
					failure: null,
					rows: merged,
					total: page.total,
					figures,
					choices,
					keys: usage.keys,
					...(isGone ? { selected: null, open: false } : {}),
				};
			});
		}, signal);
	}

	/** Fetches once the running fetch is complete: under steady load, one that restarts each time would never end. */
	function fetchHistorySoon(): void {
		isHistoryStale = true;
		if (isHistoryDue) return;
		isHistoryDue = true;
		setTimeout(() => void fetchWhatIsDue(), historyEveryMs);
	}

	async function fetchWhatIsDue(): Promise<void> {
		isHistoryStale = false;
		if (watchers > 0) await fetchHistory();
		isHistoryDue = false;
		if (isHistoryStale) fetchHistorySoon();
	}

	async function refresh(): Promise<void> {
		if (watchers === 0) return;
		await Promise.all([fetchLive(), fetchHistory()]);
	}

	async function fetchMore(): Promise<void> {
		const { rows, total, filter } = state.getState();
		const last = rows.at(-1);
		if (isLoadingMore || last === undefined || total === null || rows.length >= total) return;
		isLoadingMore = true;
		const { signal } = current;
		await guarded(async () => {
			const query = { filter: toRequestFilter(filter, Date.now()), before: last.id, limit: pageSize };
			const page = await client.server.requests(query, { signal });
			if (signal.aborted) return;
			state.setState((now) => ({
				rows: [...now.rows, ...page.requests],
				// Without this, a request that ended late among the older ones would be asked for again and again.
				total: page.requests.length === 0 ? now.rows.length : now.total,
			}));
		}, signal);
		isLoadingMore = false;
	}

	return {
		state,
		refresh,
		watch() {
			watchers += 1;
			void refresh();
			tick ??= setInterval(() => {
				if (state.getState().live.length > 0) void fetchLive();
			}, tickMs);
			return () => {
				watchers -= 1;
				if (watchers > 0) return;
				clearInterval(tick);
				tick = undefined;
			};
		},
		apply() {
			if (watchers === 0) return;
			void fetchLive();
			fetchHistorySoon();
		},
		change(part) {
			state.setState(({ filter }) => ({ filter: { ...filter, ...part }, rows: [], selected: null, open: false }));
			if (watchers > 0) void fetchHistory();
		},
		more: () => void fetchMore(),
		select: (id) => state.setState(id === null ? { selected: null, open: false } : { selected: id }),
		show: (open) => state.setState({ open }),
	};
}

/** The newest page in place of the rows that it covers; older rows stay unless some of them have gone. */
export function mergeNewest(
	rows: readonly ServerRequest[],
	page: readonly ServerRequest[],
	total: number,
): readonly ServerRequest[] {
	const last = page.at(-1);
	if (last === undefined || page.length < pageSize) return page;
	const merged = [...page, ...rows.filter(({ id }) => id < last.id)];
	return merged.length > total ? page : merged;
}

export function isNarrowed(filter: ShownRequests): boolean {
	return Object.entries(allRequests).some(([name, value]) => filter[name as keyof ShownRequests] !== value);
}

/** Converts the filter to call input. Days are in the computer's own time zone. */
export function toRequestFilter(shown: ShownRequests, now: number): Partial<RequestFilter> {
	const { outcome, key, client, model, route, error, days } = shown;
	return {
		outcome,
		...(key === null ? {} : { key }),
		...(client === null ? {} : { client }),
		...(model === null ? {} : { model }),
		...(route === null ? {} : { route }),
		...(error === null ? {} : { error }),
		...(days === null ? {} : { from: startOfDay(now, 1 - days) }),
	};
}
