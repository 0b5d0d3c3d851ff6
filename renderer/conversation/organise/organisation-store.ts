import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Conversation, ListInput, Organisation } from '../../../electron/contract/conversation/schema.ts';
import type { Client, Connection } from '../../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';

/** What the list shows instead of everything. */
export type View = { kind: 'home' } | { kind: 'archive' } | { kind: 'tag'; tagId: number };

/** A name that is being asked for: of a new folder or tag for these conversations, or another for one that is there. */
export type NameRequest = { what: 'folder' | 'tag' } & (
	| { for: 'new'; ids: readonly number[] }
	| { for: 'rename'; id: number; name: string }
);

export interface OrganisationState {
	/** null until it has been fetched. */
	overview: Organisation | null;
	pinned: ListSection;
	/** What the open folders hold, by their numbers. */
	folders: ReadonlyMap<number, ListSection>;
	view: View;
	/** What the archive or the tag holds while it is on view. */
	viewed: ListSection;
	naming: NameRequest | null;
}

export interface OrganisationStore {
	readonly state: StoreApi<OrganisationState>;
	/** Fetches all that is shown afresh. */
	refresh(): Promise<void>;
	setFolderOpen(id: number, open: boolean): void;
	show(view: View): void;
	/** Fetches more of the pinned ones, of an open folder, or of what is on view. */
	more(of: 'pinned' | 'viewed' | number): void;
	/** Takes conversations out of everything that is shown, at once. */
	forget(ids: ReadonlySet<number>): void;
	ask(naming: NameRequest | null): void;
}

const openKey = 'assay.open-folders';

/** Folders, tags, pins and the archive as the list shows them. `storage` remembers which folders are open. */
export function createOrganisationStore(
	connection: Connection,
	storage: Storage,
	onFailure: (message: string) => void,
): OrganisationStore {
	const { client } = connection;
	const state = createStore<OrganisationState>(() => ({
		overview: null,
		pinned: loadingSection,
		folders: new Map(readOpen(storage).map((id) => [id, loadingSection])),
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
		writeOpen(storage, [...folders.keys()]);
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

/** Every conversation that the list knows, wherever it stands. */
export function knownConversations(
	loose: readonly Conversation[],
	{ pinned, folders, viewed }: OrganisationState,
): ReadonlyMap<number, Conversation> {
	const sections = [...folders.values(), pinned, viewed];
	const all = [...loose, ...sections.flatMap(({ conversations }) => conversations)];
	return new Map(all.map((conversation) => [conversation.id, conversation]));
}

/** Those last used, wherever in the list they stand. */
export function recentConversations(
	loose: readonly Conversation[],
	{ pinned, folders }: OrganisationState,
	count: number,
): readonly Conversation[] {
	const placed = [pinned, ...folders.values()].flatMap(({ conversations }) => conversations);
	// A pinned one can stand in its folder, too.
	const all = new Map([...loose.slice(0, count), ...placed].map((conversation) => [conversation.id, conversation]));
	return [...all.values()].toSorted((a, b) => b.updatedAt - a.updatedAt || b.id - a.id).slice(0, count);
}

function readOpen(storage: Storage): number[] {
	try {
		const stored: unknown = JSON.parse(storage.getItem(openKey) ?? '[]');
		return Array.isArray(stored) ? stored.filter((id) => Number.isInteger(id)) : [];
	} catch {
		return [];
	}
}

function writeOpen(storage: Storage, ids: readonly number[]): void {
	try {
		storage.setItem(openKey, JSON.stringify(ids));
	} catch {
		// Without room in the browser's storage folders are closed after a reload.
	}
}

/** A part of the list with pages of its own. */
export interface ListSection {
	readonly status: 'loading' | 'ready';
	readonly conversations: readonly Conversation[];
	/** Everything there is has been fetched. */
	readonly complete: boolean;
}

const loadingSection: ListSection = { status: 'loading', conversations: [], complete: false };

const pageSize = 100;
/** One call of the contract answers with no more. */
const largestPage = 500;

type Query = Partial<Pick<ListInput, 'place' | 'folderId' | 'tagId'>>;

/** Fetches a section afresh, as much of it as was there. What lies further down is fetched again when it is needed. */
async function fetchSection(client: Client, query: Query, before?: ListSection): Promise<ListSection> {
	const limit = Math.min(largestPage, Math.max(pageSize, before?.conversations.length ?? 0));
	const { conversations } = await client.conversations.list({ ...query, limit });
	return { status: 'ready', conversations, complete: conversations.length < limit };
}

/** The section with its next page. */
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
