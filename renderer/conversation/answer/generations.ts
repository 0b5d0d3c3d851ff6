import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import type { Connection } from '../../connection/connection.ts';
import { createLiveAnswer, type LiveAnswer } from './live-answer.ts';

/**
 * Follows the answers being generated. They belong to the application; the page only listens, and listens again after a
 * reconnect.
 */
export interface Generations {
	/** By message id. */
	readonly state: StoreApi<ReadonlyMap<number, LiveAnswer>>;
	live(messageId: number): LiveAnswer | undefined;
	/** `earlierText`: the text of an answer that this page did not start. */
	follow(messageId: number, generationId: number, message: Message | null, earlierText?: string): void;
	/** Follows every streaming message and stops following all others except `kept`, which is written out of sight. */
	followAll(messages: readonly Message[], kept: number | null): void;
}

/** Pause before retrying a stream that broke while the connection was up, in ms. */
const againAfterMs = 400;

export function createGenerations(
	connection: Connection,
	on: {
		/**
		 * `message` is the answer as the application knows it; in a temporary conversation its id means nothing there.
		 */
		ended: (messageId: number, message: Message) => void;
		/** The application no longer knows the generation; the stored message tells how it ended. */
		lost: () => void;
	},
): Generations {
	const state = createStore<ReadonlyMap<number, LiveAnswer>>(() => new Map());
	const subscriptions = new Map<number, AbortController>();
	connection.onReady(() => {
		for (const live of state.getState().values()) void subscribe(live);
	});

	function forget(messageId: number): void {
		subscriptions.get(messageId)?.abort();
		subscriptions.delete(messageId);
		state.getState().get(messageId)?.dispose();
		const rest = new Map(state.getState());
		if (rest.delete(messageId)) state.setState(rest, true);
	}

	async function subscribe(live: LiveAnswer): Promise<void> {
		subscriptions.get(live.messageId)?.abort();
		const controller = new AbortController();
		subscriptions.set(live.messageId, controller);
		const isMine = () => subscriptions.get(live.messageId) === controller;
		try {
			const updates = await connection.client.generations.subscribe(
				{ id: live.generationId },
				{ signal: controller.signal },
			);
			for await (const update of updates) {
				if (!isMine()) return;
				if (update.type === 'end') {
					on.ended(live.messageId, update.message);
					return forget(live.messageId);
				}
				live.push(update);
			}
		} catch {
			// Handled below by the connection's current state, not by the kind of error that a broken stream throws.
		}
		if (!isMine() || connection.state.getState().status !== 'ready') return;
		forget(live.messageId);
		setTimeout(on.lost, againAfterMs);
	}

	function follow(messageId: number, generationId: number, message: Message | null, earlierText?: string): void {
		if (state.getState().get(messageId)?.generationId === generationId) return;
		forget(messageId);
		const live = createLiveAnswer(messageId, generationId, message, earlierText);
		state.setState(new Map(state.getState()).set(messageId, live), true);
		if (connection.state.getState().status === 'ready') void subscribe(live);
	}

	return {
		state,
		live: (messageId) => state.getState().get(messageId),
		follow,
		followAll(messages, kept) {
			const writing = messages.filter(({ status }) => status === 'streaming');
			for (const messageId of [...state.getState().keys()]) {
				if (messageId !== kept && !writing.some(({ id }) => id === messageId)) forget(messageId);
			}
			for (const message of writing) {
				if (message.generation) follow(message.id, message.generation.id, message, message.content);
			}
		},
	};
}
