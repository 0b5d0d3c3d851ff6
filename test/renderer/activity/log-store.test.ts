import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ActivityEntry, ActivityFilter, ActivitySort } from '../../../electron/contract/activity/schema.ts';
import { createActivityLogStore } from '../../../renderer/activity/log-store.ts';
import { describeDetails, describeOutcome, toTabSeparatedRow } from '../../../renderer/activity/log-wording.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { buildActivityEntry } from '../../support/fixtures/activity.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

function open(count: number, delayMs = 0) {
	const entries: ActivityEntry[] = [];
	const add = () => entries.unshift(buildActivityEntry({ id: entries.length + 1, kind: 'answer', subject: 'm' }));
	for (let n = 0; n < count; n += 1) add();
	const asked: { filter: ActivityFilter; sort?: ActivitySort; offset: number; limit: number }[] = [];
	const client = {
		activity: {
			list: async (input: (typeof asked)[number], { signal }: { signal: AbortSignal }) => {
				asked.push(input);
				if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
				signal.throwIfAborted();
				if (input.filter.text === 'broken') throw new Error('the disk is gone');
				const found = input.filter.kinds?.includes('network') ? [] : entries;
				return { total: found.length, entries: found.slice(input.offset, input.offset + input.limit) };
			},
		},
	};
	const log = createActivityLogStore({ client } as unknown as Connection);
	return { log, asked, add };
}

test('only visible rows are fetched, and new entries shift the selected index', async () => {
	const { log, asked, add } = open(1_000);
	await log.refresh();
	expect(asked).toEqual([]);
	const stop = log.watch();
	await vi.runAllTimersAsync();
	expect(log.state.getState()).toMatchObject({ status: 'ready', total: 1_000, network: { total: 0, last: null } });
	log.need(340, 380);
	await vi.runAllTimersAsync();
	expect(asked.at(-1)).toMatchObject({ offset: 300, limit: 100 });
	await log.select(350);
	expect(log.state.getState().selected).toMatchObject({ index: 350, entry: { id: 650 } });
	add();
	await log.refresh();
	expect(log.state.getState().selected).toMatchObject({ index: 351, entry: { id: 650 } });
	expect([...log.state.getState().pages.keys()]).toEqual([3]);
	stop();
	const calls = asked.length;
	await log.refresh();
	expect(asked).toHaveLength(calls);
});

test('filters and sorting fetch again from the start; typing waits for a pause', async () => {
	const { log, asked } = open(10);
	log.watch();
	await vi.runAllTimersAsync();
	const calls = asked.length;
	log.change({ text: 'a' });
	log.change({ text: 'ab ' });
	await vi.advanceTimersByTimeAsync(100);
	expect(asked).toHaveLength(calls);
	await vi.runAllTimersAsync();
	expect(asked.slice(calls).map(({ filter }) => filter)).toEqual([{ text: 'ab' }]);
	log.sortBy('subject');
	log.sortBy('subject');
	await vi.runAllTimersAsync();
	expect(asked.at(-1)).toMatchObject({ sort: { by: 'subject', descending: true }, offset: 0 });
	log.change({ text: 'broken' });
	await vi.runAllTimersAsync();
	expect(log.state.getState()).toMatchObject({
		status: 'failed',
		failure: { message: expect.stringContaining('disk') },
	});
	log.change({ text: '' });
	await vi.runAllTimersAsync();
	expect(log.state.getState()).toMatchObject({ status: 'ready', failure: null });
});

test('entries are described in words and copied as one row', () => {
	const answer = buildActivityEntry({
		id: 1,
		at: 0,
		kind: 'answer',
		subject: 'Tiny\tQ4',
		outcome: 'max-tokens',
		figures: {
			promptTokens: 5,
			cachedTokens: 0,
			completionTokens: 41,
			ttftMs: 180,
			promptMs: 170,
			generationMs: 1_000,
		},
	});
	expect([describeOutcome(answer), describeDetails(answer)]).toEqual([
		'Reached the answer limit',
		'41 tokens, 40 tok/s, first token after 180 ms',
	]);
	expect(toTabSeparatedRow(answer)).toBe(
		'1970-01-01T00:00:00.000Z\tAnswer\tTiny Q4\tReached the answer limit\t41 tokens, 40 tok/s, first token after 180 ms',
	);
	const blocked = buildActivityEntry({
		id: 2,
		kind: 'network',
		subject: 'x.example',
		result: 'blocked',
		outcome: 'refused: …',
		facts: { purpose: 'an unknown purpose', bytes: 0 },
	});
	expect([describeOutcome(blocked), describeDetails(blocked)]).toEqual([
		'Blocked',
		'an unknown purpose, nothing was sent',
	]);
});

test('the network summary counts all requests, also when the log is filtered as the screen opens', async () => {
	const { log, asked } = open(10, 1);
	const stop = log.watch();
	await vi.runAllTimersAsync();
	stop();
	const calls = asked.length;
	// The screen opens again, at the network's entries: the filter replaces a list that is still being fetched.
	log.watch();
	log.change({ kind: 'network' });
	const seen: unknown[] = [];
	log.state.subscribe(({ network }, before) => (network === before.network ? undefined : seen.push(network)));
	await vi.runAllTimersAsync();
	expect(asked.slice(calls).some(({ filter, limit }) => filter.kinds?.includes('network') && limit === 1)).toBe(true);
	expect(seen).toHaveLength(1);
});
