import { describe, expect, test } from 'vitest';
import type { Conversation } from '../../../../electron/contract/conversation/schema.ts';
import {
	type HomeSections,
	type ListRow,
	listHomeRows,
	listViewRows,
} from '../../../../renderer/conversation/list/list-rows.ts';
import type { ListSection } from '../../../../renderer/conversation/organise/organisation-store.ts';
import { createSelectionStore } from '../../../../renderer/conversation/organise/selection-store.ts';
import { addConversation, emptyData } from '../../../support/fake-application/data.ts';

const data = emptyData();
const now = new Date(2026, 10, 24, 9).getTime();
const conversation = (title: string, updatedAt = now): Conversation => addConversation(data, title, updatedAt);
const section = (conversations: readonly Conversation[], complete = true): ListSection => ({
	status: 'ready',
	conversations,
	complete,
});
const nothing: HomeSections = {
	overview: { folders: [], tags: [], archived: 0, inTrash: 0 },
	pinned: section([]),
	folders: new Map(),
	loose: [],
};

function wordsOf(row: ListRow): string {
	switch (row.kind) {
		case 'head':
			return `# ${row.name}`;
		case 'folder':
			return `${row.open ? 'v' : '>'} ${row.folder.name} ${row.folder.conversations}`;
		case 'conversation':
			return `${row.indented ? '  ' : ''}${row.conversation.title}`;
		case 'note':
			return `(${row.text})`;
		case 'more':
			return `… ${row.of}`;
	}
}

const words = (rows: readonly ListRow[]): string[] => rows.map(wordsOf);

describe('the lines of the list', () => {
	test('are pins, folders with the contents of open ones, then the rest by day', () => {
		const home: HomeSections = {
			overview: {
				folders: [
					{ id: 1, name: 'Thesis', conversations: 2 },
					{ id: 2, name: 'Home', conversations: 9 },
					{ id: 3, name: 'Empty', conversations: 0 },
				],
				tags: [],
				archived: 0,
				inTrash: 0,
			},
			pinned: section([conversation('pinned')], false),
			folders: new Map([
				[1, section([conversation('chapter'), conversation('sources')])],
				[3, section([])],
			]),
			loose: [conversation('today'), conversation('yesterday', now - 86_400_000)],
		};
		const rows = listHomeRows(home, now);
		expect(words(rows)).toEqual([
			'# Pinned',
			'pinned',
			'… pinned',
			'# Folders',
			'v Thesis 2',
			'  chapter',
			'  sources',
			'> Home 9',
			'v Empty 0',
			'(Empty)',
			'# Today',
			'today',
			'# Yesterday',
			'yesterday',
		]);
		expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
	});

	test('have unique keys even if a pinned conversation is also in an open folder', () => {
		const both = conversation('both');
		const rows = listHomeRows(
			{
				...nothing,
				overview: { folders: [{ id: 1, name: 'F', conversations: 1 }], tags: [], archived: 0, inTrash: 0 },
				pinned: section([both]),
				folders: new Map([[1, section([both])]]),
			},
			now,
		);
		expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
	});

	test('show a conversation once while the pins and the rest are fetched one after the other', () => {
		const both = conversation('both');
		const rows = listHomeRows({ ...nothing, pinned: section([both]), loose: [both, conversation('other')] }, now);
		expect(words(rows)).toEqual(['# Pinned', 'both', '# Today', 'other']);
	});

	test('are empty without conversations, and only day groups in the archive', () => {
		expect(listHomeRows(nothing, now)).toEqual([]);
		expect(words(listViewRows(section([conversation('old', now - 2 * 86_400_000)], false), now))).toEqual([
			'# Last 7 days',
			'old',
			'… viewed',
		]);
	});
});

describe('the selection', () => {
	test('toggles single items, and extends a range from the last one', () => {
		const selection = createSelectionStore();
		const ids = () => [...selection.state.getState().ids].toSorted((a, b) => a - b);
		selection.toggle(3);
		selection.toggle(5);
		selection.toggle(3);
		expect(ids()).toEqual([5]);
		selection.toggle(2);
		selection.extend([1, 2, 3, 4, 5, 6], 4);
		expect(ids()).toEqual([2, 3, 4]);
		selection.extend([1, 2, 3, 4, 5, 6], 1);
		expect(ids()).toEqual([1, 2]);
		selection.clear();
		selection.extend([1, 2, 3], 2);
		expect(ids()).toEqual([2]);
		selection.set([7, 8]);
		expect(ids()).toEqual([7, 8]);
	});
});
