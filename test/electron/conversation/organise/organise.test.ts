import { describe, expect, test } from 'vitest';
import type { ConversationContext } from '../../../../electron/conversation/context.ts';
import {
	createFolder,
	placeFolder,
	removeFolder,
	renameFolder,
} from '../../../../electron/conversation/organise/folders.ts';
import { readOverview } from '../../../../electron/conversation/organise/folders-and-tags-overview.ts';
import {
	archiveConversations,
	moveConversations,
	pinConversations,
} from '../../../../electron/conversation/organise/pin-archive-move.ts';
import { removeTag, renameTag, tagConversations } from '../../../../electron/conversation/organise/tags.ts';
import { restoreConversations, trashConversations } from '../../../../electron/conversation/organise/trash.ts';
import { getConversation } from '../../../../electron/conversation/store/conversations.ts';
import {
	listConversations,
	listTagged,
	listTrash,
} from '../../../../electron/conversation/store/list-conversations.ts';
import { conversationForTest, converse } from '../../../support/conversation.ts';
import { openReader } from '../../../support/database.ts';
import { failureOf } from '../../../support/failure.ts';

async function withConversations(count: number) {
	const context = conversationForTest();
	const ids: number[] = [];
	for (let index = 0; index < count; index += 1) ids.push((await converse(context, `number ${index}`)).conversationId);
	return { context, ids };
}

const idsOf = (
	{ database }: ConversationContext,
	page: Omit<Parameters<typeof listConversations>[1], 'limit'> = {},
): number[] => listConversations(database, { limit: 100, ...page }).map(({ id }) => id);

describe('pins', () => {
	test('pinned conversations come first, latest pin first, leave the loose ones, and can be unpinned', async () => {
		const { context, ids } = await withConversations(4);
		const [a, b, c, d] = ids as [number, number, number, number];
		expect(pinConversations(context, [a], true)).toBe(1);
		expect(pinConversations(context, [a, c], true)).toBe(1);
		expect(idsOf(context, { place: 'pinned' })).toEqual([c, a]);
		expect(idsOf(context, { place: 'loose' })).toEqual([d, b]);
		expect(idsOf(context)).toEqual([d, c, b, a]);
		pinConversations(context, [a, b, c], false);
		expect(idsOf(context, { place: 'pinned' })).toEqual([]);
	});

	test('pinned conversations can be read page by page', async () => {
		const { context, ids } = await withConversations(5);
		pinConversations(context, ids, true);
		const seen: number[] = [];
		let before: { updatedAt: number; id: number } | undefined;
		for (;;) {
			const page = listConversations(context.database, { limit: 2, place: 'pinned', before });
			const last = page.at(-1);
			if (last === undefined) break;
			seen.push(...page.map(({ id }) => id));
			before = { updatedAt: last.pinnedAt ?? 0, id: last.id };
		}
		expect(seen).toEqual([...ids].reverse());
	});
});

describe('the archive', () => {
	test('archiving removes conversations from the list with their pins, and pinning brings one back', async () => {
		const { context, ids } = await withConversations(3);
		const [a, b, c] = ids as [number, number, number];
		pinConversations(context, [a], true);
		expect(archiveConversations(context, [a, b, 999], true)).toBe(2);
		expect(idsOf(context)).toEqual([c]);
		expect(idsOf(context, { place: 'archived' })).toEqual([b, a]);
		expect(getConversation(context.database, a).pinnedAt).toBeNull();
		pinConversations(context, [a], true);
		expect(idsOf(context)).toEqual([c, a]);
		archiveConversations(context, [b], false);
		expect(idsOf(context, { place: 'archived' })).toEqual([]);
	});
});

describe('folders', () => {
	test('folders contain conversations, count those in the list, and keep the user’s order', async () => {
		const { context, ids } = await withConversations(4);
		const [a, b, c, d] = ids as [number, number, number, number];
		const thesis = createFolder(context, '  My\n thesis ');
		const home = createFolder(context, 'Home');
		const work = createFolder(context, 'Work');
		expect(thesis.name).toBe('My thesis');
		expect(moveConversations(context, [a, b, c], thesis.id)).toBe(3);
		moveConversations(context, [b], home.id);
		archiveConversations(context, [c], true);
		expect(idsOf(context, { folderId: thesis.id })).toEqual([a]);
		expect(idsOf(context, { place: 'loose' })).toEqual([d]);
		const counts = () => readOverview(context.database).folders.map(({ name, conversations }) => [name, conversations]);
		expect(counts()).toEqual([
			['My thesis', 1],
			['Home', 1],
			['Work', 0],
		]);
		placeFolder(context, work.id, thesis.id);
		placeFolder(context, thesis.id, null);
		expect(counts().map(([name]) => name)).toEqual(['Work', 'Home', 'My thesis']);
	});

	test('removing a folder keeps its conversations and returns their ids', async () => {
		const { context, ids } = await withConversations(2);
		const folder = createFolder(context, 'Thesis');
		moveConversations(context, ids, folder.id);
		expect(removeFolder(context, folder.id)).toEqual(ids);
		expect(idsOf(context, { place: 'loose' })).toEqual([...ids].reverse());
		expect((await failureOf(() => moveConversations(context, ids, folder.id))).code).toBe('folder-unknown');
	});

	test('folder names are unique', async () => {
		const { context } = await withConversations(0);
		const folder = createFolder(context, 'Thesis');
		createFolder(context, 'Other');
		expect((await failureOf(() => createFolder(context, 'thesis'))).code).toBe('folder-exists');
		expect((await failureOf(() => renameFolder(context, folder.id, 'OTHER'))).code).toBe('folder-exists');
		expect((await failureOf(() => createFolder(context, ' \n '))).code).toBe('name-empty');
		expect(renameFolder(context, folder.id, 'THESIS').name).toBe('THESIS');
	});
});

describe('tags', () => {
	test('tags are created on first use, find archived conversations, and disappear with their last use', async () => {
		const { context, ids } = await withConversations(3);
		const [a, b, c] = ids as [number, number, number];
		const reader = openReader(context.path);
		expect(tagConversations(context, [a, b], { add: ['Work', 'later'], remove: [] })).toBe(2);
		expect(tagConversations(context, [b, c], { add: ['WORK'], remove: ['later'] })).toBe(2);
		archiveConversations(context, [c], true);
		const tags = () => readOverview(context.database).tags.map(({ name, conversations }) => [name, conversations]);
		expect(tags()).toEqual([
			['later', 1],
			['Work', 3],
		]);
		const work = readOverview(context.database).tags.find(({ name }) => name === 'Work');
		const tagged = await listTagged(reader, { limit: 10, tagId: work?.id ?? 0 });
		expect(tagged.map(({ id }) => id)).toEqual([c, b, a]);
		expect(tagged[0]?.tagIds).toEqual([work?.id]);
		await trashConversations(context, [a]);
		expect(tags()).toEqual([
			['later', 0],
			['Work', 2],
		]);
		restoreConversations(context, [a]);
		tagConversations(context, [a], { add: [], remove: ['LATER', 'never seen'] });
		expect(tags()).toEqual([['Work', 3]]);
	});

	test('a tag is renamed and removed everywhere at once', async () => {
		const { context, ids } = await withConversations(2);
		tagConversations(context, ids, { add: ['wrok', 'home'], remove: [] });
		const [home, wrok] = readOverview(context.database).tags;
		if (home === undefined || wrok === undefined) throw new Error('two tags were made');
		expect(renameTag(context, wrok.id, 'work')).toMatchObject({ name: 'work', conversations: 2 });
		expect((await failureOf(() => renameTag(context, home.id, 'Work'))).code).toBe('tag-exists');
		expect(removeTag(context, home.id)).toEqual(ids);
		expect(readOverview(context.database).tags).toMatchObject([{ name: 'work' }]);
		expect((await failureOf(() => removeTag(context, home.id))).code).toBe('tag-unknown');
	});
});

describe('the trash', () => {
	test('several conversations are trashed at once, latest first, and restored to where they were', async () => {
		const { context, ids } = await withConversations(3);
		const [a, b, c] = ids as [number, number, number];
		const folder = createFolder(context, 'Thesis');
		moveConversations(context, [a], folder.id);
		pinConversations(context, [b], true);
		expect(await trashConversations(context, [c])).toBe(1);
		expect(await trashConversations(context, [a, b, c, 999])).toBe(2);
		expect(listTrash(context.database, { limit: 10 }).map(({ id }) => id)).toEqual([b, a, c]);
		expect(idsOf(context)).toEqual([]);
		// Nothing else can be done with a conversation in the trash.
		expect(archiveConversations(context, [a], true)).toBe(0);
		expect(restoreConversations(context, [a, b])).toBe(2);
		expect(idsOf(context, { folderId: folder.id })).toEqual([a]);
		expect(idsOf(context, { place: 'pinned' })).toEqual([b]);
		expect(readOverview(context.database).inTrash).toBe(1);
	});

	test('one change of many conversations publishes one event', async () => {
		const { context, ids } = await withConversations(5);
		const before = context.published.length;
		await trashConversations(context, ids);
		expect(context.published.slice(before)).toEqual([{ type: 'organisation-changed' }]);
	});
});
