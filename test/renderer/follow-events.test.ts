import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ApplicationEvent } from '../../electron/contract/event.ts';
import { followEvents } from '../../renderer/follow-events.ts';
import type { Services } from '../../renderer/services.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Counts how often the page fetches the thread on the screen: conversation 1 with messages 10 and 11. */
async function fetchesAfter(events: readonly ApplicationEvent[]): Promise<number> {
	let fetches = 0;
	async function* told() {
		// Connecting fetches everything once, so wait for that first.
		await new Promise((resolve) => setTimeout(resolve, 100));
		fetches = 0;
		yield* events;
	}
	const nothing = new Proxy(
		{},
		{ get: (_, name) => (name === 'state' ? { getState: () => ({ conversations: [] }) } : async () => {}) },
	);
	const known: Partial<Record<keyof Services, unknown>> = {
		connection: {
			onReady: (ready: (signal: AbortSignal) => void) => ready(new AbortController().signal),
			client: { system: { events: async () => told(), status: async () => ({ interrupted: null }) } },
		},
		thread: {
			state: { getState: () => ({ status: 'ready', conversation: { id: 1 }, messages: [{ id: 10 }, { id: 11 }] }) },
			refresh: async () => {
				fetches += 1;
			},
		},
	};
	const services = new Proxy(known, { get: (all, name) => all[name as keyof Services] ?? nothing });
	followEvents(services as unknown as Services, async () => {});
	await vi.advanceTimersByTimeAsync(300);
	return fetches;
}

const generation = { conversationId: 1, generationId: 111 };

test.each<[string, ApplicationEvent[], number]>([
	[
		'announces an answer that is on the screen, nothing more',
		[
			{ type: 'generation-started', ...generation, messageId: 11 },
			{ type: 'conversation-changed', conversationId: 1, startedMessageId: 11 },
		],
		0,
	],
	['announces an answer from another window', [{ type: 'generation-started', ...generation, messageId: 13 }], 1],
	['reports any other change', [{ type: 'conversation-changed', conversationId: 1 }], 1],
	['reports the end of an answer', [{ type: 'generation-ended', ...generation, messageId: 11 }], 1],
	['is about another conversation', [{ type: 'conversation-changed', conversationId: 2 }], 0],
])('when an event %s, the page fetches the thread on the screen only if necessary', async (_, events, times) => {
	expect(await fetchesAfter(events)).toBe(times);
});
