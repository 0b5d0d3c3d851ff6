import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { Connection } from '../../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';

export interface ConversationListState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** Newest first; without pinned, filed and archived conversations. */
	conversations: readonly Conversation[];
	/** Whether everything has been fetched. */
	complete: boolean;
}

export interface ConversationListStore {
	readonly state: StoreApi<ConversationListState>;
	/** Fetches the newest again. */
	refresh(): Promise<void>;
	/** Fetches everything known again, so that nothing that was moved remains. */
	reload(): Promise<void>;
	loadMore(): Promise<void>;
	/** Removes conversations from the list at once. */
	forget(ids: ReadonlySet<number>): void;
	rename(id: number, title: string): Promise<void>;
}

const pageSize = 100;

/** Largest page of one call. */
const largestPage = 500;

export function createConversationListStore(connection: Connection): ConversationListStore {
	const { client } = connection;
	const state = createStore<ConversationListState>(() => ({
		status: 'loading',
		failure: null,
		conversations: [],
		complete: false,
	}));
	let loadingMore = false;

	async function fetchNewest(limit: number): Promise<void> {
		try {
			const { conversations: page } = await client.conversations.list({ place: 'loose', limit });
			const merged = mergeNewest(state.getState().conversations, page, page.length < limit);
			const complete = page.length < limit || (state.getState().complete && merged.length > page.length);
			state.setState({ status: 'ready', failure: null, conversations: merged, complete });
		} catch (error) {
			if (isConnectionLoss(error)) return;
			state.setState({ status: 'failed', failure: toFailure(error) });
		}
	}

	async function loadMore(): Promise<void> {
		const { complete, conversations, status } = state.getState();
		const last = conversations.at(-1);
		if (complete || loadingMore || status !== 'ready' || last === undefined) return;
		loadingMore = true;
		try {
			const before = { updatedAt: last.updatedAt, id: last.id };
			const { conversations: page } = await client.conversations.list({ place: 'loose', limit: pageSize, before });
			const known = new Set(state.getState().conversations.map(({ id }) => id));
			state.setState((now) => ({
				conversations: [...now.conversations, ...page.filter(({ id }) => !known.has(id))],
				complete: page.length < pageSize,
			}));
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ failure: toFailure(error) });
		} finally {
			loadingMore = false;
		}
	}

	function replace(changed: Conversation): void {
		state.setState(({ conversations }) => ({
			conversations: conversations.map((one) => (one.id === changed.id ? changed : one)),
		}));
	}

	return {
		state,
		refresh: () => fetchNewest(pageSize),
		reload: () => fetchNewest(Math.min(largestPage, Math.max(pageSize, state.getState().conversations.length))),
		loadMore,
		async rename(id, title) {
			replace(await client.conversations.rename({ id, title }));
		},
		forget(ids) {
			state.setState(({ conversations }) => ({ conversations: conversations.filter(({ id }) => !ids.has(id)) }));
		},
	};
}

/** Puts the newest page first and keeps only the known conversations that are older than it. */
export function mergeNewest(
	known: readonly Conversation[],
	page: readonly Conversation[],
	pageIsAll: boolean,
): readonly Conversation[] {
	const last = page.at(-1);
	if (pageIsAll || last === undefined) return page;
	const inPage = new Set(page.map(({ id }) => id));
	const isOlder = (one: Conversation) =>
		one.updatedAt < last.updatedAt || (one.updatedAt === last.updatedAt && one.id < last.id);
	return [...page, ...known.filter((one) => !inPage.has(one.id) && isOlder(one))];
}
