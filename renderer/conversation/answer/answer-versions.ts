import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import type { Client } from '../../connection/connection.ts';
import { isConnectionLoss } from '../../connection/failure.ts';
import { reuseUnchanged } from '../thread/thread-state.ts';

/** The full answers to one message while they are shown side by side. */
export interface ShownVersions {
	readonly questionId: number;
	/** Oldest first. */
	readonly answers: readonly Message[];
}

export interface AnswerVersions {
	readonly state: StoreApi<ShownVersions | null>;
	/** Fetches all answers to the same message and shows them side by side. */
	show(answer: Pick<Message, 'id' | 'parentId'>): Promise<void>;
	/** Does the same, but only if another of them is being written. */
	showIfWritten(answer: Pick<Message, 'id' | 'parentId'>): Promise<void>;
	/** Fetches the shown answers again. */
	refresh(): Promise<void>;
	replace(message: Message): void;
	close(): void;
}

/** `onChange` is called after each fetch, because some of the answers may still be streaming. */
export function createAnswerVersions(client: Client, onChange: () => void): AnswerVersions {
	const state = createStore<ShownVersions | null>(() => null);
	/** Counts requests; the response to an older one is discarded. */
	let asked = 0;

	async function fetch(
		messageId: number,
		questionId: number,
		wanted: (answers: readonly Message[]) => boolean = () => true,
	): Promise<void> {
		asked += 1;
		const mine = asked;
		const { messages } = await client.conversations.versions({ messageId });
		if (mine !== asked || !wanted(messages)) return;
		const before = state.getState();
		const known = before?.questionId === questionId ? before.answers : [];
		state.setState({ questionId, answers: reuseUnchanged(known, messages) }, true);
		onChange();
	}

	return {
		state,
		async show({ id, parentId }) {
			if (parentId !== null) await fetch(id, parentId);
		},
		async showIfWritten({ id, parentId }) {
			const isWritten = (answers: readonly Message[]) =>
				answers.some((answer) => answer.id !== id && answer.status === 'streaming');
			if (parentId !== null) await fetch(id, parentId, isWritten);
		},
		async refresh() {
			const shown = state.getState();
			const [first] = shown?.answers ?? [];
			if (shown === null || first === undefined) return;
			try {
				await fetch(first.id, shown.questionId);
			} catch (error) {
				if (!isConnectionLoss(error)) state.setState(null, true);
			}
		},
		replace(message) {
			const shown = state.getState();
			if (shown === null || !shown.answers.some(({ id }) => id === message.id)) return;
			const answers = shown.answers.map((one) => (one.id === message.id ? message : one));
			state.setState({ ...shown, answers }, true);
		},
		close() {
			asked += 1;
			state.setState(null, true);
		},
	};
}
