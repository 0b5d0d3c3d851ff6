import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Trashed } from '../../electron/contract/conversation/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

export interface TrashState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** Most recently deleted first. */
	conversations: readonly Trashed[];
	complete: boolean;
	/** Ids that the bulk actions apply to. */
	selected: ReadonlySet<number>;
}

/** Store of the trash screen; it fetches only while the screen is open. */
export interface TrashStore {
	readonly state: StoreApi<TrashState>;
	refresh(): Promise<void>;
	/** Fetches again if the screen has been opened before. */
	noteChange(): void;
	more(): void;
	select(ids: ReadonlySet<number>): void;
}

const pageSize = 100;
const largestPage = 500;

export function createTrashStore({ client }: Connection): TrashStore {
	const state = createStore<TrashState>(() => ({
		status: 'loading',
		failure: null,
		conversations: [],
		complete: false,
		selected: new Set(),
	}));
	let fetching = false;

	async function refresh(): Promise<void> {
		const limit = Math.min(largestPage, Math.max(pageSize, state.getState().conversations.length));
		try {
			const { conversations } = await client.trash.list({ limit });
			const there = new Set(conversations.map(({ id }) => id));
			state.setState(({ selected }) => ({
				status: 'ready',
				failure: null,
				conversations,
				complete: conversations.length < limit,
				selected: new Set([...selected].filter((id) => there.has(id))),
			}));
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
		}
	}

	async function more(): Promise<void> {
		const { status, complete, conversations } = state.getState();
		const last = conversations.at(-1);
		if (fetching || complete || status !== 'ready' || last === undefined) return;
		fetching = true;
		try {
			const before = { deletedAt: last.deletedAt ?? 0, id: last.id };
			const page = await client.trash.list({ limit: pageSize, before });
			const known = new Set(state.getState().conversations.map(({ id }) => id));
			state.setState((now) => ({
				conversations: [...now.conversations, ...page.conversations.filter(({ id }) => !known.has(id))],
				complete: page.conversations.length < pageSize,
			}));
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
		} finally {
			fetching = false;
		}
	}

	return {
		state,
		refresh,
		noteChange() {
			if (state.getState().status !== 'loading') void refresh();
		},
		more: () => void more(),
		select: (selected) => state.setState({ selected }),
	};
}
