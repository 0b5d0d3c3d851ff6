import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { CountTokensRequest, PromptTokens } from '../../../../electron/contract/conversation/schema.ts';
import { createTokenCountStore } from '../../../../renderer/conversation/composer/token-count-store.ts';
import { noChoices, type ThreadState } from '../../../../renderer/conversation/thread/thread-state.ts';
import { buildLoadedState, buildModelFile } from '../../../support/fixtures/model.ts';

/** A page's stores around the token count, and an application that counts letters and takes `delayMs` for it. */
function page(delayMs = 0) {
	const asked: CountTokensRequest[] = [];
	let running = 0;
	let most = 0;
	async function measure(input: CountTokensRequest): Promise<PromptTokens> {
		asked.push(input);
		running += 1;
		most = Math.max(most, running);
		await sleep(delayMs);
		running -= 1;
		return { draft: input.text.length, dropped: [], attachmentTokens: [] } as unknown as PromptTokens;
	}
	const thread = createStore<ThreadState>(() => ({ status: 'new', ...noChoices }));
	const drafts = createStore<Record<string, string>>(() => ({}));
	const attachments = createStore(() => ({}));
	const models = createStore(() => ({ models: [buildModelFile(1)], states: { 1: buildLoadedState(1) } }));
	const connection = { client: { conversations: { measure } }, state: createStore(() => ({ status: 'ready' })) };
	const sources = {
		connection,
		thread: { state: thread },
		drafts: { state: drafts },
		attachments: { state: attachments, ready: () => [], ownText: () => undefined },
		models: { state: models },
	};
	const { state, refresh } = createTokenCountStore(sources as unknown as Parameters<typeof createTokenCountStore>[0]);
	const type = (text: string) => drafts.setState({ new: text });
	return { asked, most: () => most, state, refresh, type, thread, models };
}

test('text is counted once typing pauses, not after every key', async () => {
	const { asked, state, type } = page();
	for (const text of ['a', 'ab', 'abc']) type(text);
	expect(state.getState().known).toBe(null);
	await expect.poll(() => state.getState().known?.draft).toBe(3);
	expect(asked.map(({ text }) => text)).toEqual(['abc']);
});

test('text typed during a count is counted next, one count at a time, and the old number is marked stale', async () => {
	const { asked, most, state, type } = page(300);
	type('a');
	await expect.poll(() => asked.length).toBe(1);
	type('ab');
	await sleep(200);
	type('abc');
	await expect.poll(() => state.getState()).toMatchObject({ known: { draft: 1 }, stale: true });
	await expect.poll(() => state.getState(), { timeout: 3_000 }).toMatchObject({ known: { draft: 3 }, stale: false });
	expect([asked.map(({ text }) => text), most()]).toEqual([['a', 'abc'], 1]);
});

test('a newly opened conversation does not show the last one’s numbers', async () => {
	const { state, type, thread } = page();
	type('abc');
	await expect.poll(() => state.getState().known?.draft).toBe(3);
	thread.setState({ status: 'loading', conversationId: 7 }, true);
	expect(state.getState().known).toBe(null);
});

test('loading a model or changing a setting counts again', async () => {
	const { asked, state, type, models, refresh } = page();
	models.setState({ states: { 1: { state: 'unloaded', modelFileId: 1, failure: null } } as never });
	type('abc');
	await expect.poll(() => state.getState().known?.draft).toBe(3);
	models.setState({ states: { 1: buildLoadedState(1) } as never });
	await expect.poll(() => asked.length).toBe(2);
	refresh();
	await expect.poll(() => asked.length).toBe(3);
	expect(state.getState().known?.draft).toBe(3);
});
