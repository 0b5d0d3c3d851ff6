import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LoggedCall, ToolsView } from '../../electron/contract/tools/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

export interface ToolsState {
	/** null until the first answer. */
	view: ToolsView | null;
	/** Why it can't be shown. */
	failure: FailureFacts | null;
	/** Newest first, as far as they were fetched. */
	calls: readonly LoggedCall[];
	/** Whether there are older ones. */
	hasMore: boolean;
}

export interface ToolsStore {
	readonly state: StoreApi<ToolsState>;
	/** Keeps the data fresh until the returned function is called. */
	watch(): () => void;
	/** Servers, tools, permissions or the log changed. */
	apply(): void;
	/** Shows the whole log. */
	showMore(): void;
}

/** Calls shown at first, and added by "Show more". */
const callsShown = 20;
const callsAdded = 200;

/** What Settings, Tools shows. */
export function createToolsStore({ client }: Connection): ToolsStore {
	const state = createStore<ToolsState>(() => ({ view: null, failure: null, calls: [], hasMore: false }));
	let watchers = 0;
	let limit = callsShown;
	let isLoading = false;
	let isStale = false;

	async function load(): Promise<void> {
		if (isLoading) {
			isStale = true;
			return;
		}
		isLoading = true;
		try {
			const [view, log] = await Promise.all([client.tools.view(), client.tools.log({ limit })]);
			state.setState({ view, failure: null, calls: log.calls, hasMore: log.more });
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ failure: toFailure(error) });
		}
		isLoading = false;
		if (isStale) {
			isStale = false;
			await load();
		}
	}

	return {
		state,
		watch() {
			watchers += 1;
			void load();
			return () => {
				watchers -= 1;
			};
		},
		apply() {
			if (watchers > 0) void load();
		},
		showMore() {
			limit = Math.min(limit + callsAdded, 500);
			void load();
		},
	};
}
