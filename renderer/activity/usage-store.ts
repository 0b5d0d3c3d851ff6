import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Usage } from '../../electron/contract/activity/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

/** Periods for the usage summary, in days. */
export type UsagePeriod = 7 | 30 | 90;

export interface UsageState {
	days: UsagePeriod;
	/** Shows the previous period until the new one has loaded. */
	usage: Usage | null;
	failure: FailureFacts | null;
}

export interface UsageStore {
	readonly state: StoreApi<UsageState>;
	/** Keeps the data fresh until the returned function is called. */
	watch(): () => void;
	/** Fetches the summary again if the screen is open. */
	refresh(): Promise<void>;
	choose(days: UsagePeriod): void;
}

export function createUsageStore({ client }: Connection): UsageStore {
	const state = createStore<UsageState>(() => ({ days: 30, usage: null, failure: null }));
	let watchers = 0;
	let current = new AbortController();

	async function refresh(): Promise<void> {
		if (watchers === 0) return;
		current.abort();
		current = new AbortController();
		const { signal } = current;
		try {
			const utcOffset = -new Date().getTimezoneOffset();
			const usage = await client.activity.usage({ days: state.getState().days, utcOffset }, { signal });
			if (!signal.aborted) state.setState({ usage, failure: null });
		} catch (error) {
			if (!signal.aborted && !isConnectionLoss(error)) state.setState({ failure: toFailure(error) });
		}
	}

	return {
		state,
		refresh,
		watch() {
			watchers += 1;
			void refresh();
			return () => {
				watchers -= 1;
			};
		},
		choose(days) {
			state.setState({ days });
			void refresh();
		},
	};
}
