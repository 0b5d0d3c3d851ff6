import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SearchCursor, SearchHit, SearchPage } from '../../../electron/contract/search/schema.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { addFilter, removeFilter } from '../../../renderer/search/search-filters.ts';
import { describeFound } from '../../../renderer/search/search-results.tsx';
import { createSearchStore, type SearchStore } from '../../../renderer/search/search-store.ts';

const hit = (messageId: number): SearchHit => ({
	conversationId: Math.ceil(messageId / 10),
	messageId,
	writtenBy: 'user',
	title: 't',
	snippet: 's',
	at: messageId,
	archived: false,
});

const cursor = (before: number): SearchCursor => ({ stage: 0, before, span: 1 });

/** An application with `count` matches that returns at most `perCall` of them per call. */
function searching(count: number, perCall: number) {
	const asked: { text: string; after: SearchCursor | null; signal: AbortSignal | undefined }[] = [];
	const find = async (
		{ text, limit, after }: { text: string; limit: number; after: SearchCursor | null },
		{ signal }: { signal?: AbortSignal } = {},
	): Promise<SearchPage> => {
		asked.push({ text, after, signal });
		const top = after?.before ?? count + 1;
		const hits = Array.from({ length: Math.min(limit, perCall, top - 1) }, (_, index) => hit(top - 1 - index));
		const low = hits.at(-1)?.messageId ?? 1;
		return { hits, filters: [], next: low === 1 ? null : cursor(low), searchedTo: low === 1 ? null : low };
	};
	const store = createSearchStore({ client: { search: { find } } } as unknown as Pick<Connection, 'client'>);
	return { store, asked };
}

const typed = async (store: SearchStore, text: string) => {
	store.type(text);
	await vi.advanceTimersByTimeAsync(100);
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('searching while typing', () => {
	test('sends one query after a pause', async () => {
		const { store, asked } = searching(3, 10);
		for (const text of ['h', 'he', 'her']) store.type(text);
		await vi.advanceTimersByTimeAsync(100);
		expect(asked.map(({ text }) => text)).toEqual(['her']);
		expect(store.state.getState()).toMatchObject({ status: 'done', next: null });
		expect(store.state.getState().hits).toHaveLength(3);
	});

	test('continues through older messages until the screen is full', async () => {
		const { store, asked } = searching(1_000, 15);
		await typed(store, 'the');
		const { hits, status, next } = store.state.getState();
		expect(hits.map(({ messageId }) => messageId)).toEqual(Array.from({ length: 40 }, (_, index) => 1_000 - index));
		expect([status, next]).toEqual(['done', cursor(961)]);
		expect(asked).toHaveLength(3);
		store.more();
		await vi.advanceTimersByTimeAsync(100);
		expect(new Set(store.state.getState().hits.map(({ messageId }) => messageId)).size).toBe(80);
	});

	test('keeps the hits of the previous text until new ones arrive, and cancels obsolete queries', async () => {
		const { store, asked } = searching(5, 10);
		await typed(store, 'he');
		store.type('her');
		expect(store.state.getState()).toMatchObject({ status: 'searching', typed: 'her' });
		expect(store.state.getState().hits).toHaveLength(5);
		await vi.advanceTimersByTimeAsync(60);
		store.type('');
		expect(store.state.getState()).toMatchObject({ status: 'off', hits: [] });
		await vi.advanceTimersByTimeAsync(100);
		expect(asked.at(-1)?.signal?.aborted).toBe(true);
		expect(store.state.getState().status).toBe('off');
	});

	test('removes deleted conversations at once, and searches again after a change', async () => {
		const { store, asked } = searching(25, 50);
		await typed(store, 'he');
		store.forget(new Set([1]));
		expect(store.state.getState().hits).toHaveLength(15);
		store.notice({ type: 'settings-changed' });
		store.notice({ type: 'conversation-changed', conversationId: 1 });
		store.notice({ type: 'organisation-changed' });
		await vi.advanceTimersByTimeAsync(1_000);
		expect(asked).toHaveLength(2);
	});

	test('reports why it failed', async () => {
		const store = createSearchStore({
			client: { search: { find: () => Promise.reject(new Error('no')) } },
		} as unknown as Pick<Connection, 'client'>);
		await typed(store, 'x');
		expect(store.state.getState().status).toBe('failed');
		expect(store.state.getState().failure).not.toBeNull();
	});
});

test('filters are parsed from the text', () => {
	expect(addFilter('', 'from', 'me')).toBe('from:me ');
	expect(addFilter('light  ', 'tag', 'two words')).toBe('light tag:"two words" ');
	expect(addFilter('light tag:a', 'tag', 'b')).toBe('light tag:a tag:b ');
	expect(addFilter('light tag:a', 'tag', 'a')).toBe('light tag:a ');
	expect(addFilter('from:me light', 'from', 'model')).toBe('light from:model ');
	expect(addFilter('in:"a b" x', 'in', 'say "hi"')).toBe('x in:"say  hi" ');
	expect(removeFilter('light tag:"two words" x', 'tag:"two words"')).toBe('light x ');
	expect(removeFilter('tag:a', 'tag:a')).toBe('');
	expect(removeFilter('İİ tag:a x', 'tag:a')).toBe('İİ x ');
});

test('the search state is described in words', () => {
	const hits = [hit(1), hit(2)];
	expect(describeFound({ status: 'searching', hits: [], next: null })).toBe('Searching');
	expect(describeFound({ status: 'done', hits, next: null })).toBe('2 matches');
	expect(describeFound({ status: 'done', hits, next: cursor(1) })).toBe('2 newest matches');
	expect(describeFound({ status: 'going-on', hits: [], next: cursor(1) })).toBe('Searching older messages');
});
