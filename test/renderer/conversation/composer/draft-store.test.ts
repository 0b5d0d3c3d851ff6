import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Draft } from '../../../../electron/contract/conversation/schema.ts';
import type { Connection } from '../../../../renderer/connection/connection.ts';
import { createDraftStore } from '../../../../renderer/conversation/composer/draft-store.ts';

/** The two calls that drafts use, over a list in memory. */
function application(kept: Draft[] = []) {
	const sent: { conversationId: number | null; text: string }[] = [];
	let failure: Error | null = null;
	const client = {
		drafts: {
			list: () => Promise.resolve({ drafts: kept }),
			set(draft: { conversationId: number | null; text: string }) {
				if (failure) return Promise.reject(failure);
				sent.push(draft);
				return Promise.resolve({ kept: true });
			},
		},
	};
	const stored = new Map<string, string>();
	const storage = {
		getItem: (key: string) => stored.get(key) ?? null,
		setItem: (key: string, value: string) => void stored.set(key, value),
		removeItem: (key: string) => void stored.delete(key),
	} as unknown as Storage;
	const failures: string[] = [];
	const make = () =>
		createDraftStore({ client } as unknown as Connection, storage, (message) => failures.push(message));
	return {
		make,
		sent,
		stored,
		failures,
		fail: (error: Error | null) => {
			failure = error;
		},
	};
}

describe('drafts', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	test('are stored in a pause, and at the latest after a second and a half of typing', async () => {
		const { make, sent } = application();
		const drafts = make();
		drafts.set('7', 'a');
		await vi.advanceTimersByTimeAsync(310);
		expect(sent).toEqual([{ conversationId: 7, text: 'a' }]);
		for (let length = 2; length < 12; length += 1) {
			drafts.set('7', 'a'.repeat(length));
			await vi.advanceTimersByTimeAsync(200);
		}
		expect(sent.length).toBe(2);
		await vi.advanceTimersByTimeAsync(400);
		expect(sent.at(-1)).toEqual({ conversationId: 7, text: 'a'.repeat(11) });
	});

	test('stored earlier are restored, and newer typing wins', async () => {
		const { make } = application([
			{ conversationId: 7, text: 'kept', updatedAt: 1 },
			{ conversationId: null, text: 'kept, too', updatedAt: 1 },
		]);
		const drafts = make();
		drafts.set('new', 'typed');
		await drafts.refresh();
		expect(drafts.state.getState()).toMatchObject({ 7: 'kept' });
		drafts.set('7', '');
		expect(drafts.state.getState()[7]).toBeUndefined();
	});

	test('of a temporary conversation are never stored', async () => {
		const { make, sent } = application();
		const drafts = make();
		drafts.set('temporary', 'between us');
		await vi.advanceTimersByTimeAsync(5_000);
		await drafts.refresh();
		expect(sent).toEqual([]);
		expect(drafts.state.getState()).toEqual({ temporary: 'between us' });
	});

	test('of two conversations are stored with their latest text', async () => {
		const { make, sent } = application();
		const drafts = make();
		drafts.set('7', 'one');
		drafts.set('8', 'one');
		const first = drafts.refresh();
		drafts.set('8', 'one two');
		await first;
		await vi.advanceTimersByTimeAsync(400);
		expect(sent.filter(({ conversationId }) => conversationId === 8).at(-1)).toEqual({
			conversationId: 8,
			text: 'one two',
		});
	});

	test('that could not be stored are reported once, and retried', async () => {
		const { make, sent, failures, fail } = application();
		const drafts = make();
		fail(Object.assign(new Error('full'), { data: { code: 'disk-full', message: 'The disk is full.', next: [] } }));
		drafts.set('7', 'one');
		await vi.advanceTimersByTimeAsync(400);
		drafts.set('7', 'one two');
		await vi.advanceTimersByTimeAsync(400);
		expect(failures).toHaveLength(1);
		fail(null);
		drafts.set('7', 'one two three');
		await vi.advanceTimersByTimeAsync(400);
		expect(sent).toEqual([{ conversationId: 7, text: 'one two three' }]);
	});
});
