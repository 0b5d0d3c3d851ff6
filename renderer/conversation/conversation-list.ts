import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Conversation, SearchHit } from '../../electron/contract/conversation.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Client, Connection } from '../connection/connection.ts';
import { failureOf, isConnectionLoss } from '../connection/failure.ts';

export type Search =
	| { status: 'off' }
	/** `hits` are those of the text before, so that the list does not flicker while typing. */
	| { status: 'searching'; text: string; hits: readonly SearchHit[] }
	| { status: 'done'; text: string; hits: readonly SearchHit[] }
	| { status: 'failed'; text: string; failure: FailureFacts };

export interface ListState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** Newest first. */
	conversations: readonly Conversation[];
	/** Everything there is has been fetched. */
	complete: boolean;
	search: Search;
}

export interface ConversationList {
	readonly state: StoreApi<ListState>;
	refresh(): Promise<void>;
	loadMore(): Promise<void>;
	search(text: string): void;
	rename(id: number, title: string): Promise<void>;
	remove(id: number): Promise<void>;
	restore(id: number): Promise<void>;
}

const pageSize = 100;

/** Typing pauses shorter than this don't start a search, ms. */
const typingPauseMs = 90;

export function createConversationList(connection: Connection): ConversationList {
	const { client } = connection;
	const state = createStore<ListState>(() => ({
		status: 'loading',
		failure: null,
		conversations: [],
		complete: false,
		search: { status: 'off' },
	}));
	const searching = searcher(client, state);
	let loadingMore = false;

	async function refresh(): Promise<void> {
		try {
			const { conversations: page } = await client.conversations.list({ limit: pageSize });
			const merged = mergeNewest(state.getState().conversations, page, page.length < pageSize);
			const complete = page.length < pageSize || (state.getState().complete && merged.length > page.length);
			state.setState({ status: 'ready', failure: null, conversations: merged, complete });
		} catch (error) {
			if (isConnectionLoss(error)) return;
			state.setState({ status: 'failed', failure: failureOf(error) });
		}
	}

	async function loadMore(): Promise<void> {
		const { complete, conversations, status } = state.getState();
		const last = conversations.at(-1);
		if (complete || loadingMore || status !== 'ready' || last === undefined) return;
		loadingMore = true;
		try {
			const before = { updatedAt: last.updatedAt, id: last.id };
			const { conversations: page } = await client.conversations.list({ limit: pageSize, before });
			const known = new Set(state.getState().conversations.map(({ id }) => id));
			state.setState((now) => ({
				conversations: [...now.conversations, ...page.filter(({ id }) => !known.has(id))],
				complete: page.length < pageSize,
			}));
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ failure: failureOf(error) });
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
		refresh,
		loadMore,
		search: searching,
		async rename(id, title) {
			replace(await client.conversations.rename({ id, title }));
		},
		async remove(id) {
			await client.conversations.remove({ id });
			state.setState(({ conversations, search }) => ({
				conversations: conversations.filter((one) => one.id !== id),
				search: withoutConversation(search, id),
			}));
		},
		async restore(id) {
			await client.conversations.restore({ id });
			await refresh();
		},
	};
}

/** The newest page in front; of what was known, only what is older than that page stays. */
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

function withoutConversation(search: Search, id: number): Search {
	if (search.status !== 'done' && search.status !== 'searching') return search;
	return { ...search, hits: search.hits.filter(({ conversationId }) => conversationId !== id) };
}

/** Searches while typing: the newest text wins, answers to older ones are dropped. */
function searcher(client: Client, state: StoreApi<ListState>): (text: string) => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let running: AbortController | null = null;
	return (raw) => {
		clearTimeout(timer);
		running?.abort();
		const text = raw.trim();
		if (text === '') return state.setState({ search: { status: 'off' } });
		const before = state.getState().search;
		const hits = before.status === 'done' || before.status === 'searching' ? before.hits : [];
		state.setState({ search: { status: 'searching', text, hits } });
		const controller = new AbortController();
		running = controller;
		timer = setTimeout(() => {
			client.conversations.search({ text, limit: 100 }, { signal: controller.signal }).then(
				({ hits: found }) => {
					if (!controller.signal.aborted) state.setState({ search: { status: 'done', text, hits: found } });
				},
				(error: unknown) => {
					if (!controller.signal.aborted)
						state.setState({ search: { status: 'failed', text, failure: failureOf(error) } });
				},
			);
		}, typingPauseMs);
	};
}
