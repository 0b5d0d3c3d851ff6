import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FeedbackFilter } from '../../electron/contract/feedback/schema.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss } from '../connection/failure.ts';

/** What is about to be added to a dataset. */
export type AddRequest =
	| { readonly kind: 'message'; readonly messageId: number }
	/** Every answer that the filter leaves; `count` of them, for people. */
	| { readonly kind: 'feedback'; readonly filter: FeedbackFilter; readonly count: number };

/** A sample that was made of a message. */
export interface MessageSample {
	readonly datasetId: number;
	readonly datasetName: string;
	readonly sampleId: number;
}

export interface AddToDatasetStore {
	/** What the dialog asks about; null: it is closed. */
	readonly asked: StoreApi<AddRequest | null>;
	/** Which datasets hold a sample of a message; what has not been asked for is not in it. */
	readonly uses: StoreApi<ReadonlyMap<number, readonly MessageSample[]>>;
	ask(asked: AddRequest | null): void;
	/** The dataset that was added to last; null: none yet. */
	lastDataset(): number | null;
	noteDataset(id: number): void;
	/** Fetches what is not known yet of these messages. */
	show(messageIds: readonly number[]): Promise<void>;
	/** Samples were added or removed: what is shown is asked for again. */
	refresh(): Promise<void>;
}

const lastKey = 'assay.dataset.added-to';

/** Most that one call takes. */
const largestCall = 1_000;

export function createAddToDatasetStore(
	{ client }: Connection,
	storage: Pick<Storage, 'getItem' | 'setItem'>,
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
			// Only a mark at the button; a lost connection asks again when it is back.
			if (!isConnectionLoss(error)) return;
		}
	}

	return {
		asked,
		uses,
		ask: (next) => asked.setState(next, true),
		lastDataset() {
			const id = Number(storage.getItem(lastKey));
			return Number.isInteger(id) && id > 0 ? id : null;
		},
		noteDataset: (id) => storage.setItem(lastKey, String(id)),
		show: (messageIds) => fetch(messageIds.filter((id) => !uses.getState().has(id)).slice(-largestCall)),
		refresh: () => fetch([...uses.getState().keys()].slice(-largestCall)),
	};
}
