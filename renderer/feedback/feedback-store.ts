import { createStore, type StoreApi } from 'zustand/vanilla';
import type { MessageFeedback, Rating } from '../../electron/contract/feedback/schema.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

/** The open feedback editor of an answer. */
export type FeedbackDraft = { readonly messageId: number; readonly about: 'reasons' | 'comment' | 'correction' };

export interface FeedbackStore {
	/** By message; only those that were asked for. */
	readonly state: StoreApi<ReadonlyMap<number, MessageFeedback>>;
	/** The editor that is open; at most one. */
	readonly asked: StoreApi<FeedbackDraft | null>;
	/** Fetches what is not yet known about these answers. */
	show(messageIds: readonly number[]): Promise<void>;
	/** Fetches one answer's feedback again if it is shown. */
	refresh(messageId: number): Promise<void>;
	/** Replaces the rating with its tags and comment. */
	rate(
		messageId: number,
		rating: Rating | null,
		why?: { tags: readonly string[]; comment: string | null },
	): Promise<boolean>;
	/** Removes the given thumb if it is set, otherwise sets it. */
	toggle(messageId: number, rating: Rating): Promise<boolean>;
	correct(messageId: number, correction: string | null): Promise<boolean>;
	copied(messageId: number): Promise<void>;
	removeSignal(id: number): Promise<void>;
	confirmSignal(id: number): Promise<void>;
}

export function createFeedbackStore({ client }: Connection, onFailure: (message: string) => void): FeedbackStore {
	const state = createStore<ReadonlyMap<number, MessageFeedback>>(() => new Map());
	const asked = createStore<FeedbackDraft | null>(() => null);

	function keep(found: readonly MessageFeedback[]): void {
		state.setState(new Map([...state.getState(), ...found.map((each) => [each.messageId, each] as const)]), true);
	}

	async function attempt(work: () => Promise<MessageFeedback>): Promise<boolean> {
		try {
			keep([await work()]);
			return true;
		} catch (error) {
			if (!isConnectionLoss(error)) onFailure(toFailure(error).message);
			return false;
		}
	}

	async function fetch(messageIds: readonly number[]): Promise<void> {
		try {
			keep((await client.feedback.of({ messageIds: [...messageIds] })).feedback);
		} catch {
			// After a lost connection it is fetched again; until then no thumb appears pressed.
		}
	}

	const rate: FeedbackStore['rate'] = (messageId, rating, why = { tags: [], comment: null }) =>
		attempt(() => client.feedback.rate({ messageId, rating, tags: [...why.tags], comment: why.comment }));

	return {
		state,
		asked,
		rate,
		toggle: (messageId, rating) => rate(messageId, state.getState().get(messageId)?.rating === rating ? null : rating),
		async show(messageIds) {
			const unknown = messageIds.filter((id) => !state.getState().has(id));
			if (unknown.length > 0) await fetch(unknown.slice(-1000));
		},
		async refresh(messageId) {
			if (state.getState().has(messageId)) await fetch([messageId]);
		},
		correct: (messageId, correction) => attempt(() => client.feedback.correct({ messageId, correction })),
		async copied(messageId) {
			await attempt(() => client.feedback.notice({ messageId, signal: 'copied' }));
		},
		async removeSignal(id) {
			await attempt(() => client.feedback.removeSignal({ id }));
		},
		async confirmSignal(id) {
			await attempt(() => client.feedback.confirmSignal({ id }));
		},
	};
}
