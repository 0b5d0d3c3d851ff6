import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import type { FakeApplication } from './fake-application.ts';
import { unscripted } from './unscripted.ts';

const day = 86_400_000;

/** Handlers of folders, tags, pins, the archive, the trash and drafts over a fake application. */
export function organiseHandlers(fake: FakeApplication, os: Implementer) {
	const { data } = fake;
	const all = () => [...data.conversations.values()];
	const here = () => all().filter(({ deletedAt }) => deletedAt === null);
	const folderOf = ({ id, name }: { id: number; name: string }) => ({
		id,
		name,
		conversations: here().filter(({ folderId, archivedAt }) => folderId === id && archivedAt === null).length,
	});
	const tagOf = ({ id, name }: { id: number; name: string }) => ({
		id,
		name,
		conversations: here().filter(({ tagIds }) => tagIds.includes(id)).length,
	});
	const overview = () => ({
		folders: data.folders.map(folderOf),
		tags: data.tags.toSorted((a, b) => a.name.localeCompare(b.name)).map(tagOf),
		archived: here().filter(({ archivedAt }) => archivedAt !== null).length,
		inTrash: all().filter(({ deletedAt }) => deletedAt !== null).length,
	});
	function change(ids: readonly number[], changes: (conversation: Conversation) => Partial<Conversation>) {
		for (const id of ids) fake.change(id, changes(fake.conversation(id)));
		fake.emit({ type: 'organisation-changed' });
		return { changed: ids.length };
	}
	function tagNamed(name: string): number {
		const known = data.tags.find((tag) => tag.name.toLowerCase() === name.toLowerCase());
		if (known) return known.id;
		const id = fake.nextId();
		data.tags.push({ id, name });
		return id;
	}
	const messagesIn = (id: number) => [...data.messages.values()].filter((one) => one.conversationId === id).length;
	const { organise, folders, tags, trash, drafts } = os;
	return {
		organise: {
			overview: organise.overview.handler(overview),
			pin: organise.pin.handler(({ input }) =>
				change(input.ids, () => ({ pinnedAt: input.pinned ? Date.now() : null, archivedAt: null })),
			),
			archive: organise.archive.handler(({ input }) =>
				change(input.ids, () => ({ archivedAt: input.archived ? Date.now() : null, pinnedAt: null })),
			),
			move: organise.move.handler(({ input }) => change(input.ids, () => ({ folderId: input.folderId }))),
			tag: organise.tag.handler(({ input }) => {
				const added = input.add.map(tagNamed);
				const removed = new Set(input.remove.map(tagNamed));
				return change(input.ids, ({ tagIds }) => ({
					tagIds: [...new Set([...tagIds, ...added])].filter((id) => !removed.has(id)),
				}));
			}),
			remove: organise.remove.handler(({ input }) => change(input.ids, () => ({ deletedAt: Date.now() }))),
			restore: organise.restore.handler(({ input }) => change(input.ids, () => ({ deletedAt: null }))),
		},
		folders: {
			create: folders.create.handler(({ input }) => {
				const folder = { id: fake.nextId(), name: input.name };
				data.folders.push(folder);
				return folderOf(folder);
			}),
			rename: folders.rename.handler(({ input }) => {
				const folder = data.folders.find(({ id }) => id === input.id)!;
				folder.name = input.name;
				return folderOf(folder);
			}),
			place: folders.place.handler(unscripted),
			remove: folders.remove.handler(({ input }) => {
				data.folders = data.folders.filter(({ id }) => id !== input.id);
				const inside = here().filter(({ folderId }) => folderId === input.id);
				for (const { id } of inside) fake.change(id, { folderId: null });
				return { conversationIds: inside.map(({ id }) => id), factIds: [] };
			}),
		},
		tags: {
			rename: tags.rename.handler(({ input }) => {
				const tag = data.tags.find(({ id }) => id === input.id)!;
				tag.name = input.name;
				return tagOf(tag);
			}),
			remove: tags.remove.handler(unscripted),
		},
		trash: {
			list: trash.list.handler(() => ({
				conversations: all()
					.filter(({ deletedAt }) => deletedAt !== null)
					.toSorted((a, b) => (b.deletedAt ?? 0) - (a.deletedAt ?? 0))
					.map((one) => ({
						...one,
						messages: messagesIn(one.id),
						goneAt: data.settings.trashDays === null ? null : (one.deletedAt ?? 0) + data.settings.trashDays * day,
					})),
			})),
			preview: trash.preview.handler(() => {
				const gone = all().filter(({ deletedAt }) => deletedAt !== null);
				return {
					conversations: gone.length,
					messages: gone.reduce((sum, { id }) => sum + messagesIn(id), 0),
					backups: data.backups.length,
					backupsGoneAt: Date.now() + 35 * day,
				};
			}),
			empty: trash.empty.handler(({ input }) => {
				const gone = all().filter(({ id, deletedAt }) => deletedAt !== null && (input.ids?.includes(id) ?? true));
				const messages = gone.reduce((sum, { id }) => sum + messagesIn(id), 0);
				for (const { id } of gone) data.conversations.delete(id);
				fake.emit({ type: 'organisation-changed' });
				return { conversations: gone.length, messages, backupsRemoved: 0 };
			}),
		},
		drafts: {
			list: drafts.list.handler(() => ({
				drafts: [...data.drafts].map(([conversationId, text]) => ({ conversationId, text, updatedAt: 1 })),
			})),
			set: drafts.set.handler(({ input }) => {
				data.drafts.set(input.conversationId, input.text);
				return { kept: input.text !== '' };
			}),
		},
	};
}
