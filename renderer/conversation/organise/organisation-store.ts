import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Conversation, ListInput, Organisation } from '../../../electron/contract/conversation/schema.ts';
import type { Client, Connection } from '../../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';

/** What the list shows: everything, the archive, or one tag. */
export type View = { kind: 'home' } | { kind: 'archive' } | { kind: 'tag'; tagId: number };

/** A name being asked for: of a new folder or tag for these conversations, or a new name for an existing one. */
export type NameRequest = { what: 'folder' | 'tag' } & (
	| { for: 'new'; ids: readonly number[] }
	| { for: 'rename'; id: number; name: string }
);

export interface OrganisationState {
	/** null until fetched. */
	overview: Organisation | null;
	pinned: ListSection;
	/** Contents of the open folders, by id. */
	folders: ReadonlyMap<number, ListSection>;
	view: View;
	/** Contents of the archive or the tag while it is shown. */
	viewed: ListSection;
	naming: NameRequest | null;
}

export interface OrganisationStore {
	readonly state: StoreApi<OrganisationState>;
	/** Fetches everything shown again. */
	refresh(): Promise<void>;
	setFolderOpen(id: number, open: boolean): void;
	show(view: View): void;
	/** Fetches more pinned conversations, more of an open folder, or more of the current view. */
	more(of: 'pinned' | 'viewed' | number): void;
	/** Removes conversations from everything shown, at once. */
	forget(ids: ReadonlySet<number>): void;
	ask(naming: NameRequest | null): void;
}

/** Creates the store for the list's folders, tags, pins and archive. The settings keep which folders are open. */
export function createOrganisationStore(
	connection: Connection,
	settings: Pick<SettingsStore, 'state' | 'change'>,
	onFailure: (message: string) => void,
): OrganisationStore {
	const { client } = connection;
	const state = createStore<OrganisationState>(() => ({
		overview: null,
		pinned: loadingSection,
		folders: new Map(settings.state.getState().openFolderIds.map((id) => [id, loadingSection])),
		view: { kind: 'home' },
		viewed: loadingSection,
		naming: null,
	}));

	async function orFail(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			if (!isConnectionLoss(error)) onFailure(toFailure(error).message);
		}
	}

	function setFolder(id: number, section: ListSection | null): void {
		const folders = new Map(state.getState().folders);
		if (section === null) folders.delete(id);
		else folders.set(id, section);
		state.setState({ folders });
		const open = [...folders.keys()];
		if (!sameIds(open, settings.state.getState().openFolderIds)) settings.change({ openFolderIds: open });
	}

	async function refreshFolder(id: number): Promise<void> {
		const section = await fetchSection(client, { folderId: id }, state.getState().folders.get(id));
		if (state.getState().folders.has(id)) setFolder(id, section);
	}

	async function refreshView(): Promise<void> {
		const { view, viewed } = state.getState();
		const query = toQuery(view);
		if (query === null) return;
		const section = await fetchSection(client, query, viewed);
		if (state.getState().view === view) state.setState({ viewed: section });
	}

	const loading = new Set<string>();
	async function loadMore(of: 'pinned' | 'viewed' | number): Promise<void> {
		const now = state.getState();
		const query = of === 'pinned' ? pinnedQuery : of === 'viewed' ? toQuery(now.view) : { folderId: of };
		const before = of === 'pinned' ? now.pinned : of === 'viewed' ? now.viewed : now.folders.get(of);
		const key = `${of}`;
		if (query === null || before === undefined || loading.has(key)) return;
		loading.add(key);
		try {
			const section = await fetchNextPage(client, query, before);
			const then = state.getState();
			if (of === 'pinned') state.setState({ pinned: section });
			else if (of !== 'viewed') setFolder(of, section);
			else if (then.view === now.view) state.setState({ viewed: section });
		} finally {
			loading.delete(key);
		}
	}

	settings.state.subscribe(({ openFolderIds }, before) => {
		const { folders } = state.getState();
		if (openFolderIds === before.openFolderIds || sameIds(openFolderIds, [...folders.keys()])) return;
		state.setState({ folders: new Map(openFolderIds.map((id) => [id, folders.get(id) ?? loadingSection])) });
		for (const id of openFolderIds) if (!folders.has(id)) void orFail(() => refreshFolder(id));
	});

	return {
		state,
		refresh: () =>
			orFail(async () => {
				const [overview, pinned] = await Promise.all([
					client.organise.overview(),
					fetchSection(client, pinnedQuery, state.getState().pinned),
				]);
				state.setState({ overview, pinned });
				const there = new Set(overview.folders.map(({ id }) => id));
				for (const id of state.getState().folders.keys()) {
					if (there.has(id)) await refreshFolder(id);
					else setFolder(id, null);
				}
				const { view } = state.getState();
				if (view.kind === 'tag' && !overview.tags.some(({ id }) => id === view.tagId)) {
					state.setState({ view: { kind: 'home' } });
				}
				await refreshView();
			}),
		setFolderOpen(id, open) {
			const known = state.getState().folders.get(id);
			if ((known !== undefined) === open) return;
			setFolder(id, open ? loadingSection : null);
			if (open) void orFail(() => refreshFolder(id));
		},
		show(view) {
			state.setState({ view, viewed: loadingSection });
			void orFail(refreshView);
		},
		more: (of) => void orFail(() => loadMore(of)),
		forget(ids) {
			state.setState(({ pinned, folders, viewed }) => ({
				pinned: withoutConversations(pinned, ids),
				folders: new Map([...folders].map(([id, section]) => [id, withoutConversations(section, ids)])),
				viewed: withoutConversations(viewed, ids),
			}));
		},
		ask: (naming) => state.setState({ naming }),
	};
}

const pinnedQuery: Partial<ListInput> = { place: 'pinned' };

function toQuery(view: View): Partial<ListInput> | null {
	switch (view.kind) {
		case 'home':
			return null;
		case 'archive':
			return { place: 'archived' };
		case 'tag':
			return { tagId: view.tagId };
	}
}

/** Returns every conversation that the list knows, wherever it is. */
export function knownConversations(
	loose: readonly Conversation[],
	{ pinned, folders, viewed }: OrganisationState,
): ReadonlyMap<number, Conversation> {
	const sections = [...folders.values(), pinned, viewed];
	const all = [...loose, ...sections.flatMap(({ conversations }) => conversations)];
	return new Map(all.map((conversation) => [conversation.id, conversation]));
}

/** Returns the most recently used conversations, wherever in the list they are. */
export function recentConversations(
	loose: readonly Conversation[],
	{ pinned, folders }: OrganisationState,
	count: number,
): readonly Conversation[] {
	const placed = [pinned, ...folders.values()].flatMap(({ conversations }) => conversations);
	// A pinned conversation may also be in its folder.
	const all = new Map([...loose.slice(0, count), ...placed].map((conversation) => [conversation.id, conversation]));
	return [...all.values()].toSorted((a, b) => b.updatedAt - a.updatedAt || b.id - a.id).slice(0, count);
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
	return a.length === b.length && a.every((id, index) => id === b[index]);
}

/** A part of the list with its own pages. */
export interface ListSection {
	readonly status: 'loading' | 'ready';
	readonly conversations: readonly Conversation[];
	/** Whether everything has been fetched. */
	readonly complete: boolean;
}

const loadingSection: ListSection = { status: 'loading', conversations: [], complete: false };

const pageSize = 100;
/** Largest page of one call. */
const largestPage = 500;

type Query = Partial<Pick<ListInput, 'place' | 'folderId' | 'tagId'>>;

/** Fetches a section again, as much of it as was loaded before. Anything further down is fetched when it is needed. */
async function fetchSection(client: Client, query: Query, before?: ListSection): Promise<ListSection> {
	const limit = Math.min(largestPage, Math.max(pageSize, before?.conversations.length ?? 0));
	const { conversations } = await client.conversations.list({ ...query, limit });
	return { status: 'ready', conversations, complete: conversations.length < limit };
}

/** Returns the section with its next page. */
async function fetchNextPage(client: Client, query: Query, section: ListSection): Promise<ListSection> {
	const last = section.conversations.at(-1);
	if (section.complete || section.status === 'loading' || last === undefined) return section;
	const updatedAt = query.place === 'pinned' ? (last.pinnedAt ?? 0) : last.updatedAt;
	const { conversations } = await client.conversations.list({
		...query,
		limit: pageSize,
		before: { updatedAt, id: last.id },
	});
	const known = new Set(section.conversations.map(({ id }) => id));
	return {
		status: 'ready',
		conversations: [...section.conversations, ...conversations.filter(({ id }) => !known.has(id))],
		complete: conversations.length < pageSize,
	};
}

function withoutConversations(section: ListSection, ids: ReadonlySet<number>): ListSection {
	return { ...section, conversations: section.conversations.filter(({ id }) => !ids.has(id)) };
}
