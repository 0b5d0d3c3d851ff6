import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FeedbackFilter } from '../../electron/contract/feedback/schema.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss } from '../connection/failure.ts';
import type { SettingsStore } from '../settings/settings-store.ts';

/** Request to add something to a dataset. */
export type AddRequest =
	| { readonly kind: 'message'; readonly messageId: number }
	/** Every answer that matches the filter; `count` is for display. */
	| { readonly kind: 'feedback'; readonly filter: FeedbackFilter; readonly count: number }
	/** Requests of other programs, by id. */
	| { readonly kind: 'requests'; readonly ids: readonly number[] };

/** A sample made from a message. */
export interface MessageSample {
	readonly datasetId: number;
	readonly datasetName: string;
	readonly sampleId: number;
}

export interface AddToDatasetStore {
	/** The request that the dialog shows; null: closed. */
	readonly asked: StoreApi<AddRequest | null>;
	/** Datasets with a sample of each message; only messages that were asked for. */
	readonly uses: StoreApi<ReadonlyMap<number, readonly MessageSample[]>>;
	ask(asked: AddRequest | null): void;
	/** Returns the dataset added to last; null: none yet. */
	lastDataset(): number | null;
	noteDataset(id: number): void;
	/** Fetches what is not yet known about these messages. */
	show(messageIds: readonly number[]): Promise<void>;
	/** Samples were added or removed: fetches what is shown again. */
	refresh(): Promise<void>;
}

/** Most messages in one call. */
const largestCall = 1_000;

export function createAddToDatasetStore(
	{ client }: Connection,
	settings: Pick<SettingsStore, 'state' | 'change'>,
): AddToDatasetStore {
	const asked = createStore<AddRequest | null>(() => null);
	const uses = createStore<ReadonlyMap<number, readonly MessageSample[]>>(() => new Map());

	async function fetch(messageIds: readonly number[]): Promise<void> {
		if (messageIds.length === 0) return;
		try {
			const found = await client.datasets.fromConversations.of({ messageIds: [...messageIds] });
			const known = new Map(uses.getState());
			for (const id of messageIds) known.set(id, []);
			for (const { messageId, ...use } of found.uses) known.set(messageId, [...(known.get(messageId) ?? []), use]);
			uses.setState(known, true);
		} catch (error) {
			// This only affects a mark on the button; after a lost connection it is fetched again.
			if (!isConnectionLoss(error)) return;
		}
	}

	return {
		asked,
		uses,
		ask: (next) => asked.setState(next, true),
		lastDataset: () => settings.state.getState().lastDatasetId,
		noteDataset: (id) => settings.change({ lastDatasetId: id }),
		show: (messageIds) => fetch(messageIds.filter((id) => !uses.getState().has(id)).slice(-largestCall)),
		refresh: () => fetch([...uses.getState().keys()].slice(-largestCall)),
	};
}
