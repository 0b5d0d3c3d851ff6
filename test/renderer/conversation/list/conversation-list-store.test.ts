import { describe, expect, test } from 'vitest';
import type { Conversation } from '../../../../electron/contract/conversation/schema.ts';
import { mergeNewest } from '../../../../renderer/conversation/list/conversation-list-store.ts';
import { groupByTime } from '../../../../renderer/conversation/list/group-by-time.ts';
import { reuseUnchanged } from '../../../../renderer/conversation/thread/thread-state.ts';
import { addConversation, addMessage, emptyData } from '../../../support/fake-application/data.ts';

const data = emptyData();
const conversation = (updatedAt: number): Conversation => addConversation(data, `at ${updatedAt}`, updatedAt);

describe('the list', () => {
	test('a new first page replaces the range it covers and keeps older items', () => {
		const [a, b, c, d] = [50, 40, 30, 20].map(conversation) as [Conversation, Conversation, Conversation, Conversation];
		const moved = { ...c, updatedAt: 60 };
		expect(mergeNewest([a, b, c, d], [moved, a, b], false).map(({ id }) => id)).toEqual([c.id, a.id, b.id, d.id]);
	});

	test('conversations deleted within the page disappear', () => {
		const [a, b, c] = [50, 40, 30].map(conversation) as [Conversation, Conversation, Conversation];
		expect(mergeNewest([a, b, c], [a, c], true)).toEqual([a, c]);
	});

	test('groups follow calendar days', () => {
		const now = new Date(2026, 10, 24, 9).getTime();
		const at = (...day: [number, number, number]) => conversation(new Date(...day, 23, 50).getTime());
		const groups = groupByTime(
			[conversation(now - 1), at(2026, 10, 23), at(2026, 10, 18), at(2026, 10, 1), at(2026, 7, 3), at(2024, 4, 5)],
			now,
		);
		expect(groups.map(({ name }) => name)).toEqual([
			'Today',
			'Yesterday',
			'Last 7 days',
			'Last 30 days',
			'August',
			'May 2024',
		]);
	});
});

describe('messages fetched again', () => {
	test('keep their identity if nothing changed', () => {
		const { id } = conversation(1);
		const a = addMessage(data, id, { content: 'a' });
		const b = addMessage(data, id, { role: 'assistant', content: 'b' });
		const kept = reuseUnchanged([a, b], [{ ...a }, { ...b, siblings: [1, 2] }]);
		expect(kept[0]).toBe(a);
		expect(kept[1]).not.toBe(b);
	});

	test('a finished answer does not return to being written', () => {
		const { id } = conversation(1);
		const ended = addMessage(data, id, { role: 'assistant', content: 'whole', status: 'complete' });
		const stale = { ...ended, status: 'streaming' as const, content: 'who' };
		expect(reuseUnchanged([ended], [stale])[0]).toMatchObject({ status: 'complete', content: 'whole' });
	});
});
