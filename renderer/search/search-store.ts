import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ApplicationEvent } from '../../electron/contract/event.ts';
import type { SearchCursor, SearchHit, SearchPage, SearchTerm } from '../../electron/contract/search/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { toFailure } from '../connection/failure.ts';

export interface SearchState {
	/** Text in the search field. */
	readonly typed: string;
	readonly status:
		| 'off'
		/** No results for this text yet; the previous hits stay, so that nothing flickers. */
		| 'searching'
		/** Some hits have arrived; older messages are being searched. */
		| 'going-on'
		/** A screenful has arrived, or everything there is. */
		| 'done'
		| 'failed';
	readonly hits: readonly SearchHit[];
	/** The filters in the text. */
	readonly filters: readonly SearchTerm[];
	/** Where the search continues; null: everything has been searched. */
	readonly next: SearchCursor | null;
	/** Everything back to this time has been searched, in ms since 1970. */
	readonly searchedTo: number | null;
	readonly failure: FailureFacts | null;
}

export interface SearchStore {
	readonly state: StoreApi<SearchState>;
	/** Searches for the current text; the newest text wins. */
	type(text: string): void;
	/** Searches for another screenful. */
	more(): void;
	/** Repeats the search. */
	refresh(): void;
	/** Searches again if the event may have changed the results. */
	notice(event: ApplicationEvent): void;
	/** Removes conversations from the results at once. */
	forget(ids: ReadonlySet<number>): void;
}

/** Pause in typing before a search, in ms. */
const typingPauseMs = 60;

/** Pause before searching again after changes, which come in bursts and are not urgent; in ms. */
const refreshPauseMs = 300;

const changing: ReadonlySet<ApplicationEvent['type']> = new Set([
	'conversation-changed',
	'generation-ended',
	'feedback-changed',
	'organisation-changed',
]);

/** Hits per screenful. */
const screenful = 40;

const off: SearchState = {
	typed: '',
	status: 'off',
	hits: [],
	filters: [],
	next: null,
	searchedTo: null,
	failure: null,
};

export function createSearchStore({ client }: Pick<Connection, 'client'>): SearchStore {
	const state = createStore<SearchState>(() => off);
	let timer: ReturnType<typeof setTimeout> | undefined;
	let running: AbortController | null = null;

	/** Fetches page after page until there are `wanted` hits; shows each page as it arrives. */
	async function run(text: string, from: SearchCursor | null, wanted: number): Promise<void> {
		const controller = new AbortController();
		running?.abort();
		running = controller;
		let fresh = from === null;
		let after = from;
		try {
			do {
				const missing = Math.max(1, wanted - (fresh ? 0 : state.getState().hits.length));
				const input = { text, limit: Math.min(200, missing), after };
				const page: SearchPage = await client.search.find(input, { signal: controller.signal });
				if (controller.signal.aborted) return;
				after = page.next;
				state.setState(taken(state.getState(), page, fresh, wanted));
				fresh = false;
			} while (state.getState().status === 'going-on');
		} catch (error) {
			if (!controller.signal.aborted) state.setState({ status: 'failed', failure: toFailure(error), hits: [] });
		}
	}

	function stop(): void {
		clearTimeout(timer);
		running?.abort();
	}

	function refresh(): void {
		const { status, typed, hits } = state.getState();
		if (status === 'done' || status === 'failed') void run(typed.trim(), null, Math.max(screenful, hits.length));
	}

	return {
		state,
		type(typed) {
			stop();
			const text = typed.trim();
			if (text === '') return state.setState({ ...off, typed }, true);
			state.setState({ typed, status: 'searching', failure: null });
			timer = setTimeout(() => void run(text, null, screenful), typingPauseMs);
		},
		more() {
			const { status, next, hits, typed } = state.getState();
			if (status !== 'done' || next === null) return;
			state.setState({ status: 'going-on' });
			void run(typed.trim(), next, hits.length + screenful);
		},
		refresh,
		notice({ type }) {
			if (!changing.has(type) || state.getState().status !== 'done') return;
			clearTimeout(timer);
			timer = setTimeout(refresh, refreshPauseMs);
		},
		forget(ids) {
			state.setState(({ hits }) => ({ hits: hits.filter(({ conversationId }) => !ids.has(conversationId)) }));
		},
	};
}

function taken(before: SearchState, page: SearchPage, fresh: boolean, wanted: number): Partial<SearchState> {
	const { filters, next, searchedTo } = page;
	const hits = fresh ? page.hits : [...before.hits, ...page.hits];
	const status = next === null || hits.length >= wanted ? 'done' : 'going-on';
	return { hits, filters, next, searchedTo, status, failure: null };
}
