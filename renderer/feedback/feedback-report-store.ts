import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	FeedbackExport,
	FeedbackExportFormat,
	FeedbackItem,
	FeedbackSummary,
} from '../../electron/contract/feedback/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { emptyFilter, type ReportFilter, toReportQuery } from './feedback-filter.ts';

export interface FeedbackReportState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	filter: ReportFilter;
	/** Newest first. Those of the previous filter until the new ones arrive. */
	items: readonly FeedbackItem[];
	/** Whether everything has been fetched. */
	complete: boolean;
	summary: FeedbackSummary | null;
	/** The selected item; it stays visible when a change removes it from the list. */
	selected: FeedbackItem | null;
	/** Lines written so far; null if no export is running. */
	exporting: number | null;
}

export interface ExportedText {
	readonly fileName: string;
	readonly parts: readonly string[];
	readonly lines: number;
	readonly leftOut: number;
}

export interface FeedbackReportStore {
	readonly state: StoreApi<FeedbackReportState>;
	/** Keeps the data fresh until the returned function is called. */
	watch(): () => void;
	/** Fetches as much as is shown again if the screen is open. */
	refresh(): Promise<void>;
	change(part: Partial<ReportFilter>): void;
	loadMore(): Promise<void>;
	select(item: FeedbackItem | null): void;
	/** Exports everything that matches the filter as one text; null if cancelled. */
	export(format: FeedbackExportFormat): Promise<ExportedText | null>;
	cancelExport(): void;
}

const pageSize = 100;

/** Largest page of one call. */
const largestPage = 500;

/** Pause in typing before a fetch, in ms. */
const typingPauseMs = 150;

export function createFeedbackReportStore({ client }: Connection): FeedbackReportStore {
	const state = createStore<FeedbackReportState>(() => ({
		status: 'loading',
		failure: null,
		filter: emptyFilter,
		items: [],
		complete: false,
		summary: null,
		selected: null,
		exporting: null,
	}));
	let fetching = new AbortController();
	let exporting = new AbortController();
	let loadingMore = false;
	let watched = false;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const filter = () => toReportQuery(state.getState().filter, Date.now());

	async function page(
		after: FeedbackItem | undefined,
		limit: number,
		signal: AbortSignal,
	): Promise<readonly FeedbackItem[]> {
		const before = after === undefined ? {} : { before: { at: after.at, messageId: after.messageId } };
		return (await client.feedback.list({ filter: filter(), limit, ...before }, { signal })).feedback;
	}

	async function pages(wanted: number, signal: AbortSignal) {
		const items: FeedbackItem[] = [];
		let complete = false;
		while (!complete && items.length < wanted) {
			const limit = Math.min(largestPage, wanted - items.length);
			const found = await page(items.at(-1), limit, signal);
			items.push(...found);
			complete = found.length < limit;
		}
		return { items, complete };
	}

	async function fetch(wanted: number): Promise<void> {
		fetching.abort();
		fetching = new AbortController();
		const { signal } = fetching;
		try {
			const [found, summary] = await Promise.all([
				pages(wanted, signal),
				client.feedback.summary({ filter: filter() }, { signal }),
			]);
			if (signal.aborted) return;
			state.setState(({ selected }) => ({
				status: 'ready',
				failure: null,
				...found,
				summary,
				selected: found.items.find(({ messageId }) => messageId === selected?.messageId) ?? selected,
			}));
		} catch (error) {
			if (signal.aborted || isConnectionLoss(error)) return;
			state.setState({ status: 'failed', failure: toFailure(error) });
		}
	}

	async function refresh(): Promise<void> {
		if (watched) await fetch(Math.max(pageSize, state.getState().items.length));
	}

	async function loadMore(): Promise<void> {
		const { complete, items, status } = state.getState();
		if (complete || loadingMore || status !== 'ready' || items.length === 0) return;
		const { signal } = fetching;
		loadingMore = true;
		try {
			const found = await page(items.at(-1), pageSize, signal);
			if (signal.aborted) return;
			state.setState((now) => ({ items: [...now.items, ...found], complete: found.length < pageSize }));
		} catch (error) {
			if (signal.aborted || isConnectionLoss(error)) return;
			state.setState({ status: 'failed', failure: toFailure(error) });
		} finally {
			loadingMore = false;
		}
	}

	return {
		state,
		watch() {
			watched = true;
			void refresh();
			return () => {
				watched = false;
			};
		},
		refresh,
		change(part) {
			state.setState((now) => ({ filter: { ...now.filter, ...part } }));
			clearTimeout(timer);
			timer = setTimeout(() => void fetch(pageSize), part.prompt === undefined ? 0 : typingPauseMs);
		},
		loadMore,
		select: (selected) => state.setState({ selected }),
		async export(format) {
			exporting.abort();
			exporting = new AbortController();
			const { signal } = exporting;
			const wanted = filter();
			const parts: string[] = [];
			let lines = 0;
			let leftOut = 0;
			let fileName = '';
			let after: number | null = null;
			state.setState({ exporting: 0 });
			try {
				do {
					const part: FeedbackExport = await client.feedback.export({ filter: wanted, format, after }, { signal });
					parts.push(part.text);
					lines += part.lines;
					leftOut += part.leftOut;
					({ fileName, next: after } = part);
					state.setState({ exporting: lines });
				} while (after !== null);
				return { fileName, parts, lines, leftOut };
			} catch (error) {
				if (signal.aborted) return null;
				throw error;
			} finally {
				if (!signal.aborted) state.setState({ exporting: null });
			}
		},
		cancelExport() {
			exporting.abort();
			state.setState({ exporting: null });
		},
	};
}
