import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AdapterUse } from '../../../../electron/contract/adapters/schema.ts';
import type { GenerationUpdate, Message, Thread } from '../../../../electron/contract/conversation/schema.ts';
import type { Connection } from '../../../../renderer/connection/connection.ts';
import { isWriting, shownMessages } from '../../../../renderer/conversation/thread/thread-state.ts';
import { createThreadStore } from '../../../../renderer/conversation/thread/thread-store.ts';
import { buildConversation, buildMessage } from '../../../support/fixtures/conversation.ts';
import { pageToLeave } from '../../../support/leave-page.ts';

const noOptions = { presetId: null, sampling: {}, contextSize: null };

const message = (id: number, changes: Partial<Message> = {}): Message =>
	buildMessage(id, { role: 'assistant', content: `text ${id}`, ...changes });

const threadOf = (messages: Message[], generatingMessageId: number | null): Thread => ({
	conversation: buildConversation(1, { title: 'one', generatingMessageId }),
	options: noOptions,
	origin: null,
	messages,
});

/** The part of the application that a thread needs; the test decides its answers. */
function fakeApplication(answers: {
	get: () => Thread | Promise<Thread>;
	branch?: () => Thread;
	versions?: () => Message[];
}) {
	const ends = new Map<number, (message: Message) => void>();
	const stored: unknown[] = [];
	async function* updates(end: Promise<Message>): AsyncGenerator<GenerationUpdate> {
		yield { type: 'end', message: await end };
	}
	const client = {
		conversations: {
			get: async () => structuredClone(await answers.get()),
			selectBranch: async () => structuredClone(answers.branch?.()),
			send: async () => {
				const { conversation, options, messages } = structuredClone(await answers.get());
				const ids = { conversationId: 1, userMessageId: 10, messageId: 11, generationId: 111 };
				return { ...ids, conversation, options, messages };
			},
			versions: async () => ({ messages: structuredClone(answers.versions?.() ?? []) }),
			setOptions: async (input: unknown) => {
				stored.push(input);
			},
			setAdapters: async (input: { readonly id: number; readonly adapters: AdapterUse[] }) => {
				stored.push(input);
				return { conversation: buildConversation(input.id), options: { ...noOptions, adapters: input.adapters } };
			},
		},
		generations: {
			subscribe: async ({ id }: { id: number }) =>
				updates(new Promise<Message>((resolve) => void ends.set(id, resolve))),
			startTemporary: async () => ({ id: -5 }),
			stop: async () => ({ stopped: true }),
		},
	};
	const connection = { client, state: { getState: () => ({ status: 'ready' }) }, onReady: () => {} };
	const thread = createThreadStore(
		connection as unknown as Connection,
		() => {},
		() => undefined,
	);
	return { thread, end: (id: number, ended: Message) => ends.get(id)?.(ended), stored };
}

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('requestAnimationFrame', (run: () => void) => setTimeout(run, 16));
	vi.stubGlobal('cancelAnimationFrame', clearTimeout);
	vi.stubGlobal('document', { hidden: false });
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(50);

describe('the thread on screen', () => {
	test('that was fetched before an answer ended does not count as still being written', async () => {
		const question = message(10, { role: 'user' });
		const writing = message(11, { parentId: 10, status: 'streaming', completedAt: null, content: '' });
		const fetched = threadOf([question, writing], 11);
		const { thread, end } = fakeApplication({ get: () => fetched });
		await thread.send({ text: 'hi' });
		expect(isWriting(thread.state.getState())).toBe(true);
		end(111, message(11, { parentId: 10 }));
		await settle();
		expect(isWriting(thread.state.getState())).toBe(false);
		await thread.refresh();
		expect(isWriting(thread.state.getState())).toBe(false);
		expect(shownMessages(thread.state.getState()).at(-1)?.content).toBe('text 11');
	});

	test('is being written until the last of several answers has ended', async () => {
		const question = message(10, { role: 'user' });
		const generation = (id: number) => ({ id }) as Message['generation'];
		const both = [11, 12].map((id) =>
			message(id, { parentId: 10, status: 'streaming', siblings: [11, 12], generation: generation(id + 100) }),
		);
		const { thread, end } = fakeApplication({ get: () => threadOf([question, both[0]!], 11), versions: () => both });
		thread.additionalModelIds.setState([2], true);
		await thread.send({ text: 'hi' });
		expect(thread.versions.state.getState()?.answers).toHaveLength(2);
		end(111, message(11, { parentId: 10, siblings: [11, 12] }));
		await settle();
		expect(isWriting(thread.state.getState())).toBe(true);
		end(112, message(12, { parentId: 10, siblings: [11, 12] }));
		await settle();
		expect(isWriting(thread.state.getState())).toBe(false);
		expect(thread.versions.state.getState()?.answers.map(({ content }) => content)).toEqual(['text 11', 'text 12']);
	});

	test('stores a dragged option once it rests, and keeps it over an older fetch', async () => {
		const { thread, stored } = fakeApplication({ get: () => threadOf([], null) });
		await thread.open(1);
		for (const temperature of [0.1, 0.2, 0.3])
			thread.setOptions({ sampling: { temperature }, contextSize: null }, noOptions);
		await thread.refresh();
		expect(thread.state.getState()).toMatchObject({ options: { sampling: { temperature: 0.3 } } });
		expect(stored).toEqual([]);
		await vi.advanceTimersByTimeAsync(300);
		expect(stored).toEqual([{ id: 1, sampling: { temperature: 0.3 }, contextSize: null }]);
	});

	test('shows a scale before it is stored, so that the next key counts from it', async () => {
		const { thread } = fakeApplication({ get: () => threadOf([], null) });
		await thread.open(1);
		const scales = [0.95, 0.9].map((scale) => {
			const stored = thread.setAdapters([{ id: 3, scale }], noOptions);
			expect(thread.state.getState()).toMatchObject({ options: { adapters: [{ id: 3, scale }] } });
			return stored;
		});
		await scales[0];
		expect(thread.state.getState()).toMatchObject({ options: { adapters: [{ scale: 0.9 }] } });
	});

	test('changes the adapters of another conversation, and of no new one, if an undo names it', async () => {
		const { thread, stored } = fakeApplication({ get: () => threadOf([], null) });
		await thread.open(1);
		const adapters = [{ id: 3, scale: 1 }];
		await thread.setAdapters(adapters, noOptions, 7);
		thread.openTemporary();
		await thread.setAdapters(adapters, noOptions, 7);
		expect(stored).toEqual([
			{ id: 7, adapters },
			{ id: 7, adapters },
		]);
		const shown = thread.state.getState();
		expect('options' in shown && shown.options?.adapters).toBeUndefined();
	});

	test('stores an option that was changed right before the page is left', async () => {
		const leave = pageToLeave();
		const { thread, stored } = fakeApplication({ get: () => threadOf([], null) });
		await thread.open(1);
		thread.setOptions({ sampling: { temperature: 0.3 }, contextSize: null }, noOptions);
		leave();
		expect(stored).toEqual([{ id: 1, sampling: { temperature: 0.3 }, contextSize: null }]);
		await settle();
		expect(stored).toHaveLength(1);
	});

	test('that is temporary can be left and restored, with its running answer stopped', async () => {
		const { thread } = fakeApplication({ get: () => threadOf([], null) });
		thread.openTemporary();
		expect(thread.wayBack()).toBeNull();
		await thread.send({ text: 'hush' });
		expect(isWriting(thread.state.getState())).toBe(true);
		const back = thread.wayBack();
		await thread.open(1);
		expect(thread.state.getState().status).toBe('ready');
		back?.();
		expect(thread.state.getState().status).toBe('temporary');
		expect(shownMessages(thread.state.getState()).map(({ status }) => status)).toEqual(['complete', 'stopped']);
	});
});

test('a chosen branch stays, even if an earlier request is answered later', async () => {
	const question = message(10, { role: 'user' });
	const versions = [11, 12].map((id) => threadOf([question, message(id, { siblings: [11, 12] })], null));
	const [first, second] = versions as [Thread, Thread];
	const late = Promise.withResolvers<Thread>();
	const answers: { get: () => Thread | Promise<Thread>; branch: () => Thread } = {
		get: () => second,
		branch: () => first,
	};
	const { thread } = fakeApplication(answers);
	await thread.open(1);
	answers.get = () => late.promise;
	const refreshed = thread.refresh();
	await thread.selectBranch(11);
	late.resolve(second);
	await refreshed;
	expect(shownMessages(thread.state.getState()).map(({ id }) => id)).toEqual([10, 11]);
});

describe('a sent message', () => {
	const answer = (id: number, parentId: number) =>
		message(id, { parentId, status: 'streaming', completedAt: null, content: '' });

	test('appears below its parent from the result of the call, without a reload', async () => {
		const before = [message(8, { role: 'user' }), message(9, { parentId: 8 })];
		const answers = { get: () => threadOf(before, null) };
		const { thread } = fakeApplication(answers);
		await thread.open(1);
		answers.get = () => threadOf([message(10, { role: 'user', parentId: 9 }), answer(11, 10)], 11);
		await thread.send({ text: 'hi' });
		expect(shownMessages(thread.state.getState()).map(({ id }) => id)).toEqual([8, 9, 10, 11]);
		expect(isWriting(thread.state.getState())).toBe(true);
	});

	test('replaces the branch from its place if it was edited', async () => {
		const answers = { get: () => threadOf([message(8, { role: 'user' }), message(9, { parentId: 8 })], null) };
		const { thread } = fakeApplication(answers);
		await thread.open(1);
		answers.get = () => threadOf([message(10, { role: 'user', siblings: [8, 10] }), answer(11, 10)], 11);
		await thread.send({ text: 'hi', parentId: null });
		expect(shownMessages(thread.state.getState()).map(({ id }) => id)).toEqual([10, 11]);
	});

	test('makes the page fetch the branch if it follows a message from another window', async () => {
		const answers = { get: () => threadOf([message(8, { role: 'user' })], null) };
		const { thread } = fakeApplication(answers);
		await thread.open(1);
		const elsewhere = [message(8, { role: 'user' }), message(9, { parentId: 8 })];
		let calls = 0;
		answers.get = () => {
			calls += 1;
			const stored = [message(10, { role: 'user', parentId: 9 }), answer(11, 10)];
			return threadOf(calls === 1 ? stored : [...elsewhere, ...stored], 11);
		};
		await thread.send({ text: 'hi' });
		expect(shownMessages(thread.state.getState()).map(({ id }) => id)).toEqual([8, 9, 10, 11]);
	});
});
