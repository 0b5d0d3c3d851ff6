import { createStore, type StoreApi } from 'zustand/vanilla';

/** The summary that is open for reading. */
export interface ShownSummary {
	readonly conversationId: number;
	/** The version; null: the newest one. */
	readonly versionId: number | null;
}

/** Which summary is open, and when summaries are to be fetched again. */
export interface SummaryStore {
	/** null: none. */
	readonly shown: StoreApi<ShownSummary | null>;
	/** Counts the changes of each conversation's summaries. */
	readonly changes: StoreApi<ReadonlyMap<number, number>>;
	/** The summaries of a conversation changed. */
	apply(conversationId: number): void;
}

export function createSummaryStore(): SummaryStore {
	const changes = createStore<ReadonlyMap<number, number>>(() => new Map());
	return {
		shown: createStore<ShownSummary | null>(() => null),
		changes,
		apply(conversationId) {
			const now = changes.getState();
			changes.setState(new Map(now).set(conversationId, (now.get(conversationId) ?? 0) + 1), true);
		},
	};
}
