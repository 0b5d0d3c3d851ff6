import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HubModel, HubRepository, HubSearch } from '../../electron/contract/library/hub.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

/** Results per page. */
const pageSize = 30;

/** State of one opened repository. */
export type OpenedRepository =
	| { readonly status: 'loading' }
	| { readonly status: 'ready'; readonly repository: HubRepository }
	| { readonly status: 'failed'; readonly failure: FailureFacts };

export interface HubState {
	/** Text in the search field. */
	text: string;
	sort: HubSearch['sort'];
	/** Show only models that fit this computer, including tight ones. */
	onlyFits: boolean;
	/** The last search; null: the curated list is shown. */
	searched: string | null;
	status: 'idle' | 'searching' | 'found' | 'failed';
	results: readonly HubModel[];
	more: boolean;
	failure: FailureFacts | null;
	/** The repository whose files are shown below its row. */
	open: string | null;
	repositories: Readonly<Record<string, OpenedRepository>>;
	/** Ids of downloads that ended and have been seen. */
	seen: ReadonlySet<string>;
}

/** Search of the model hub; it sends requests only on a key or a click. */
export interface HubStore {
	readonly state: StoreApi<HubState>;
	search(): Promise<void>;
	/** Fetches thirty more. */
	more(): Promise<void>;
	/** Returns to the curated list. */
	clear(): void;
	sortBy(sort: HubSearch['sort']): Promise<void>;
	/** Shows or hides a repository's files below its row. */
	toggle(repository: string): Promise<void>;
	/** Retries a repository that failed. */
	retry(repository: string): Promise<void>;
	allowNetwork(): Promise<void>;
	markSeen(downloadId: string): void;
}

export function createHubStore({ client }: Connection): HubStore {
	const state = createStore<HubState>(() => ({
		text: '',
		sort: 'downloads',
		onlyFits: false,
		searched: null,
		status: 'idle',
		results: [],
		more: false,
		failure: null,
		open: null,
		repositories: {},
		seen: new Set<string>(),
	}));
	let limit = pageSize;
	let asking: AbortController | null = null;

	async function ask(): Promise<void> {
		const text = state.getState().searched ?? '';
		asking?.abort();
		const controller = new AbortController();
		asking = controller;
		state.setState({ status: 'searching', failure: null });
		try {
			const { sort } = state.getState();
			const { models, more } = await client.hub.search({ text, sort, limit }, { signal: controller.signal });
			if (!controller.signal.aborted) state.setState({ status: 'found', results: models, more });
		} catch (error) {
			if (controller.signal.aborted) return;
			// A lost connection is reported elsewhere; the list stays as it was.
			if (isConnectionLoss(error)) state.setState({ status: 'idle' });
			else state.setState({ status: 'failed', failure: toFailure(error), results: [], more: false });
		}
	}

	function keep(repository: string, value: OpenedRepository): void {
		state.setState(({ repositories }) => ({ repositories: { ...repositories, [repository]: value } }));
	}

	async function look(repository: string): Promise<void> {
		keep(repository, { status: 'loading' });
		try {
			keep(repository, { status: 'ready', repository: await client.hub.repository({ repository }) });
		} catch (error) {
			keep(repository, { status: 'failed', failure: toFailure(error) });
		}
	}

	return {
		state,
		async search() {
			const text = state.getState().text.trim();
			limit = pageSize;
			state.setState({ searched: text, open: null, results: [], more: false });
			await ask();
		},
		async more() {
			limit = Math.min(100, limit + pageSize);
			await ask();
		},
		clear() {
			asking?.abort();
			state.setState({ text: '', searched: null, status: 'idle', results: [], more: false, failure: null, open: null });
		},
		async sortBy(sort) {
			state.setState({ sort });
			if (state.getState().searched !== null) await ask();
		},
		async toggle(repository) {
			const { open, repositories } = state.getState();
			if (open === repository) return state.setState({ open: null });
			state.setState({ open: repository });
			if (repositories[repository]?.status !== 'ready') await look(repository);
		},
		retry: look,
		async allowNetwork() {
			await client.settings.set({ networkBlocked: false });
		},
		markSeen: (downloadId) => state.setState(({ seen }) => ({ seen: new Set([...seen, downloadId]) })),
	};
}
