import { Archive, ArchiveRestore, FolderInput, FolderMinus, type LucideIcon, Pin, PinOff, Trash2 } from 'lucide-react';
import type { Folder } from '../../../electron/contract/conversation/organise.ts';
import type { Conversation } from '../../../electron/contract/conversation.ts';
import { counted } from '../../design/format.ts';
import type { Services } from '../../services.ts';
import { orToast } from '../actions.ts';
import { shownConversation } from '../thread-state.ts';
import { knownConversations } from './organisation.ts';

/** The contract takes so many at a time. */
const atOnce = 1_000;

/** Runs a call for many conversations, in as few pieces as the contract allows. */
export async function inPieces(ids: readonly number[], call: (ids: number[]) => Promise<unknown>): Promise<void> {
	for (let at = 0; at < ids.length; at += atOnce) await call(ids.slice(at, at + atOnce));
}

/** Shows at once where everything stands now. */
export async function settle({ conversations, organisation }: Services): Promise<void> {
	await Promise.all([conversations.reload(), organisation.refresh()]);
}

/** What takes a change back: everything goes to where it stands now, before the change. */
function putBack(services: Services, ids: readonly number[]): () => Promise<void> {
	const { organise } = services.connection.client;
	const known = knownOf(services);
	const before = ids.flatMap((id) => known.get(id) ?? []);
	const idsWhere = (test: (conversation: Conversation) => boolean) => before.filter(test).map(({ id }) => id);
	return async () => {
		await inPieces(
			idsWhere(({ archivedAt }) => archivedAt === null),
			(some) => organise.archive({ ids: some, archived: false }),
		);
		await inPieces(
			idsWhere(({ pinnedAt }) => pinnedAt === null),
			(some) => organise.pin({ ids: some, pinned: false }),
		);
		await inPieces(
			idsWhere(({ pinnedAt }) => pinnedAt !== null),
			(some) => organise.pin({ ids: some, pinned: true }),
		);
		await inPieces(
			idsWhere(({ archivedAt }) => archivedAt !== null),
			(some) => organise.archive({ ids: some, archived: true }),
		);
		for (const [folderId, group] of Map.groupBy(before, (one) => one.folderId)) {
			await inPieces(
				group.map(({ id }) => id),
				(some) => organise.move({ ids: some, folderId }),
			);
		}
	};
}

/** The conversations that the page has fetched, the one on the screen included. */
export function knownOf({ conversations, organisation, thread }: Services): ReadonlyMap<number, Conversation> {
	const known = knownConversations(conversations.state.getState().conversations, organisation.state.getState());
	const shown = shownConversation(thread.state.getState());
	return shown === null || known.has(shown.id) ? known : new Map([...known, [shown.id, shown]]);
}

interface Change {
	/** Said once it is done. */
	readonly text: string;
	readonly icon: LucideIcon;
	readonly run: (ids: number[]) => Promise<unknown>;
	/** Takes it back. */
	readonly undo: () => Promise<unknown>;
}

/** Changes conversations, clears the selection, says what happened, and offers to take it back. */
async function change(services: Services, ids: readonly number[], { text, icon, run, undo }: Change): Promise<void> {
	await orToast(services, async () => {
		await inPieces(ids, run);
		services.selection.clear();
		await settle(services);
		services.toasts.show({
			text,
			icon,
			action: {
				label: 'Undo',
				run: () =>
					void orToast(services, async () => {
						await undo();
						await settle(services);
					}),
			},
		});
	});
}

const these = (ids: readonly number[]): string =>
	ids.length === 1 ? 'Conversation' : counted(ids.length, 'conversation');

export function pin(services: Services, ids: readonly number[], pinned: boolean): Promise<void> {
	const { organise } = services.connection.client;
	return change(services, ids, {
		text: `${these(ids)} ${pinned ? 'pinned' : 'unpinned'}`,
		icon: pinned ? Pin : PinOff,
		run: (some) => organise.pin({ ids: some, pinned }),
		undo: putBack(services, ids),
	});
}

export function archive(services: Services, ids: readonly number[], archived: boolean): Promise<void> {
	const { organise } = services.connection.client;
	return change(services, ids, {
		text: `${these(ids)} ${archived ? 'archived' : 'moved out of the archive'}`,
		icon: archived ? Archive : ArchiveRestore,
		run: (some) => organise.archive({ ids: some, archived }),
		undo: putBack(services, ids),
	});
}

/** Moves conversations into a folder; null: out of theirs. */
export function move(services: Services, ids: readonly number[], folder: Folder | null): Promise<void> {
	const { organise } = services.connection.client;
	return change(services, ids, {
		text: folder === null ? `${these(ids)} moved out of the folder` : `${these(ids)} moved to ${folder.name}`,
		icon: folder === null ? FolderMinus : FolderInput,
		run: (some) => organise.move({ ids: some, folderId: folder?.id ?? null }),
		undo: putBack(services, ids),
	});
}

/** Puts a tag on conversations or takes it off. The selection stays: one tag is seldom all. */
export async function tag(services: Services, ids: readonly number[], name: string, on: boolean): Promise<void> {
	const { organise } = services.connection.client;
	await orToast(services, async () => {
		await inPieces(ids, (some) => organise.tag(on ? { ids: some, add: [name] } : { ids: some, remove: [name] }));
		await settle(services);
	});
}

/** Moves conversations to the trash and offers to take them back. */
export async function trash(services: Services, ids: readonly number[]): Promise<void> {
	const { connection, conversations, layout, organisation, search } = services;
	const { organise } = connection.client;
	const { route } = layout.state.getState();
	const open = route.section === 'chat' ? route.conversationId : null;
	const wasOpen = open !== null && ids.includes(open);
	const only = ids.length === 1 ? knownOf(services).get(ids[0]!)?.title : undefined;
	await change(services, ids, {
		text: `${only === undefined ? these(ids) : `“${only}”`} moved to the trash`,
		icon: Trash2,
		async run(some) {
			await organise.remove({ ids: some });
			const gone = new Set(some);
			conversations.forget(gone);
			search.forget(gone);
			organisation.forget(gone);
			search.forget(gone);
			if (wasOpen) layout.go({ section: 'chat', conversationId: null });
		},
		async undo() {
			await inPieces(ids, (some) => organise.restore({ ids: some }));
			if (wasOpen) layout.go({ section: 'chat', conversationId: open });
		},
	});
}
