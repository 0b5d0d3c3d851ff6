import { Archive, ArchiveRestore, FolderInput, FolderMinus, type LucideIcon, Pin, PinOff, Trash2 } from 'lucide-react';
import type { Conversation, Folder } from '../../../electron/contract/conversation/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { t } from '../../messages/t.ts';
import type { Services } from '../../services.ts';
import { shownConversation } from '../thread/thread-state.ts';
import { knownConversations } from './organisation-store.ts';

/** Most ids the contract accepts in one call. */
const batchSize = 1_000;

/** Runs a call for many conversations in as few batches as the contract allows. */
export async function runInBatches(ids: readonly number[], call: (ids: number[]) => Promise<unknown>): Promise<void> {
	for (let at = 0; at < ids.length; at += batchSize) await call(ids.slice(at, at + batchSize));
}

/** Shows the new places of all conversations at once. */
export async function showPlacements({ conversations, organisation }: Services): Promise<void> {
	await Promise.all([conversations.reload(), organisation.refresh()]);
}

/** Returns a function that undoes a change by moving everything back to where it is now. */
function rememberPlacements(services: Services, ids: readonly number[]): () => Promise<void> {
	const { organise } = services.connection.client;
	const known = findKnown(services);
	const before = ids.flatMap((id) => known.get(id) ?? []);
	const idsWhere = (test: (conversation: Conversation) => boolean) => before.filter(test).map(({ id }) => id);
	return async () => {
		await runInBatches(
			idsWhere(({ archivedAt }) => archivedAt === null),
			(some) => organise.archive({ ids: some, archived: false }),
		);
		await runInBatches(
			idsWhere(({ pinnedAt }) => pinnedAt === null),
			(some) => organise.pin({ ids: some, pinned: false }),
		);
		await runInBatches(
			idsWhere(({ pinnedAt }) => pinnedAt !== null),
			(some) => organise.pin({ ids: some, pinned: true }),
		);
		await runInBatches(
			idsWhere(({ archivedAt }) => archivedAt !== null),
			(some) => organise.archive({ ids: some, archived: true }),
		);
		for (const [folderId, group] of Map.groupBy(before, (one) => one.folderId)) {
			await runInBatches(
				group.map(({ id }) => id),
				(some) => organise.move({ ids: some, folderId }),
			);
		}
	};
}

/** Returns the conversations that the page has fetched, including the one on the screen. */
export function findKnown({ conversations, organisation, thread }: Services): ReadonlyMap<number, Conversation> {
	const known = knownConversations(conversations.state.getState().conversations, organisation.state.getState());
	const shown = shownConversation(thread.state.getState());
	return shown === null || known.has(shown.id) ? known : new Map([...known, [shown.id, shown]]);
}

interface Change {
	/** Shown when the change is done. */
	readonly text: string;
	readonly icon: LucideIcon;
	readonly run: (ids: number[]) => Promise<unknown>;
	/** Undoes the change. */
	readonly undo: () => Promise<unknown>;
}

/** Changes conversations, clears the selection, confirms it and offers to undo. */
async function change(services: Services, ids: readonly number[], { text, icon, run, undo }: Change): Promise<void> {
	await runOrToast(services, async () => {
		await runInBatches(ids, run);
		services.selection.clear();
		await showPlacements(services);
		services.toasts.show({
			text,
			icon,
			action: {
				label: t('Undo'),
				run: () =>
					void runOrToast(services, async () => {
						await undo();
						await showPlacements(services);
					}),
			},
		});
	});
}

export function pinConversations(services: Services, ids: readonly number[], pinned: boolean): Promise<void> {
	const { organise } = services.connection.client;
	return change(services, ids, {
		text: pinned
			? t('{count, plural, one {Conversation} other {# conversations}} pinned', { count: ids.length })
			: t('{count, plural, one {Conversation} other {# conversations}} unpinned', { count: ids.length }),
		icon: pinned ? Pin : PinOff,
		run: (some) => organise.pin({ ids: some, pinned }),
		undo: rememberPlacements(services, ids),
	});
}

export function archiveConversations(services: Services, ids: readonly number[], archived: boolean): Promise<void> {
	const { organise } = services.connection.client;
	return change(services, ids, {
		text: archived
			? t('{count, plural, one {Conversation} other {# conversations}} archived', { count: ids.length })
			: t('{count, plural, one {Conversation} other {# conversations}} unarchived', { count: ids.length }),
		icon: archived ? Archive : ArchiveRestore,
		run: (some) => organise.archive({ ids: some, archived }),
		undo: rememberPlacements(services, ids),
	});
}

/** Moves conversations into a folder; null: out of their folders. */
export function moveConversations(services: Services, ids: readonly number[], folder: Folder | null): Promise<void> {
	const { organise } = services.connection.client;
	return change(services, ids, {
		text:
			folder === null
				? t('{count, plural, one {Conversation} other {# conversations}} moved out of the folder', {
						count: ids.length,
					})
				: t('{count, plural, one {Conversation} other {# conversations}} moved to {folder}', {
						count: ids.length,
						folder: folder.name,
					}),
		icon: folder === null ? FolderMinus : FolderInput,
		run: (some) => organise.move({ ids: some, folderId: folder?.id ?? null }),
		undo: rememberPlacements(services, ids),
	});
}

/** Adds a tag to conversations or removes it. The selection stays, because users often change several tags. */
export async function tagConversations(
	services: Services,
	ids: readonly number[],
	name: string,
	on: boolean,
): Promise<void> {
	const { organise } = services.connection.client;
	await runOrToast(services, async () => {
		await runInBatches(ids, (some) => organise.tag(on ? { ids: some, add: [name] } : { ids: some, remove: [name] }));
		await showPlacements(services);
	});
}

/** Moves conversations to the trash and offers to undo. */
export async function trashConversations(services: Services, ids: readonly number[]): Promise<void> {
	const { connection, conversations, layout, organisation, search } = services;
	const { organise } = connection.client;
	const { route } = layout.state.getState();
	const open = route.section === 'chat' ? route.conversationId : null;
	const wasOpen = open !== null && ids.includes(open);
	const only = ids.length === 1 ? findKnown(services).get(ids[0]!)?.title : undefined;
	await change(services, ids, {
		text:
			only === undefined
				? t('{count, plural, one {Conversation} other {# conversations}} moved to the trash', { count: ids.length })
				: t('“{name}” moved to the trash', { name: only }),
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
			await runInBatches(ids, (some) => organise.restore({ ids: some }));
			if (wasOpen) layout.go({ section: 'chat', conversationId: open });
		},
	});
}
