import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Conversation, Folder, Organisation } from '../../../electron/contract/conversation/schema.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import type { ListSection } from '../organise/organisation-store.ts';
import { groupByTime } from './group-by-time.ts';

/** One row of the list. Keys are unique although a pinned conversation may also appear in its folder. */
export type ListRow =
	| { kind: 'head'; key: string; name: string }
	| { kind: 'folder'; key: string; folder: Folder; open: boolean }
	| { kind: 'conversation'; key: string; conversation: Conversation; indented: boolean }
	/** Text in place of a conversation. */
	| { kind: 'note'; key: string; text: string }
	/** When it comes into view, more of its section is fetched. */
	| { kind: 'more'; key: string; of: 'pinned' | 'viewed' | number };

export const rowHeights: Record<ListRow['kind'], number> = {
	head: 36,
	folder: 30,
	conversation: 30,
	note: 30,
	more: 30,
};

export interface HomeSections {
	readonly overview: Organisation | null;
	readonly pinned: ListSection;
	readonly folders: ReadonlyMap<number, ListSection>;
	readonly loose: readonly Conversation[];
}

/**
 * Lists everything outside the archive and the trash: pinned conversations, folders, then the rest by when they were
 * last used.
 */
export function listHomeRows({ overview, pinned, folders, loose }: HomeSections, now: number): ListRow[] {
	const all = overview?.folders ?? [];
	// Pins and the rest are fetched separately: just pinned or unpinned, a conversation is in both for a moment.
	const pins = new Set(pinned.conversations.map(({ id }) => id));
	const rest = loose.some(({ id }) => pins.has(id)) ? loose.filter(({ id }) => !pins.has(id)) : loose;
	return [
		...(pinned.conversations.length === 0
			? []
			: [head(t('Pinned')), ...conversationRows(pinned.conversations, 'pinned', false), ...moreOf(pinned, 'pinned')]),
		...(all.length === 0
			? []
			: [head(t('Folders')), ...all.flatMap((folder) => folderRows(folder, folders.get(folder.id)))]),
		...groupRows(rest, 'loose', now),
	];
}

/** Lists the archive, or the conversations with a tag. */
export function listViewRows(section: ListSection, now: number): ListRow[] {
	return [...groupRows(section.conversations, 'viewed', now), ...moreOf(section, 'viewed')];
}

function folderRows(folder: Folder, section: ListSection | undefined): ListRow[] {
	const row: ListRow = { kind: 'folder', key: `folder-${folder.id}`, folder, open: section !== undefined };
	if (section === undefined) return [row];
	const key = `in-${folder.id}`;
	if (section.status === 'ready' && section.conversations.length === 0) {
		return [row, { kind: 'note', key: `${key}-empty`, text: t('Empty') }];
	}
	return [row, ...conversationRows(section.conversations, key, true), ...moreOf(section, folder.id)];
}

function groupRows(conversations: readonly Conversation[], prefix: string, now: number): ListRow[] {
	return groupByTime(conversations, now).flatMap(({ name, conversations: members }) => [
		head(name),
		...conversationRows(members, prefix, false),
	]);
}

function conversationRows(conversations: readonly Conversation[], prefix: string, indented: boolean): ListRow[] {
	return conversations.map((conversation) => ({
		kind: 'conversation',
		key: `${prefix}-${conversation.id}`,
		conversation,
		indented,
	}));
}

function moreOf(section: ListSection, of: 'pinned' | 'viewed' | number): ListRow[] {
	return section.complete || section.status === 'loading' ? [] : [{ kind: 'more', key: `more-${of}`, of }];
}

function head(name: string): ListRow {
	return { kind: 'head', key: `head-${name}`, name };
}

/** Returns the rows of the current list; `now` in ms since 1970. */
export function useListRows(now: number): { readonly rows: readonly ListRow[]; readonly loading: boolean } {
	const { conversations, organisation } = useServices();
	const loose = useStore(conversations.state, (state) => state.conversations);
	const status = useStore(conversations.state, (state) => state.status);
	const overview = useStore(organisation.state, (state) => state.overview);
	const pinned = useStore(organisation.state, (state) => state.pinned);
	const folders = useStore(organisation.state, (state) => state.folders);
	const view = useStore(organisation.state, (state) => state.view);
	const viewed = useStore(organisation.state, (state) => state.viewed);
	const rows = useMemo(
		() => (view.kind === 'home' ? listHomeRows({ overview, pinned, folders, loose }, now) : listViewRows(viewed, now)),
		[overview, pinned, folders, loose, view, viewed, now],
	);
	// Pins and folders are above the rest, so wait for both; otherwise everything would move when they arrive.
	const loading = view.kind === 'home' ? status === 'loading' || overview === null : viewed.status === 'loading';
	return { rows, loading };
}
