import type { Message } from '../../contract/conversation.ts';
import type { LiveAnswer } from './live-answer.ts';

/** Every answer being written, and every one that has ended but could not be stored yet. */
export interface LiveAnswers {
	add(answer: LiveAnswer): void;
	/** The answer is stored: from now on its row is the truth. */
	remove(answer: LiveAnswer): void;
	/** The answer has ended as `message` says, but the disk would not take it: its row lags behind. */
	hold(answer: LiveAnswer, message: Message): void;
	byGeneration(id: number): LiveAnswer | undefined;
	/** How the message ended, if it is held. */
	held(answer: LiveAnswer): Message | undefined;
	/** A message as it stands in memory, if it is fresher there than in its row. */
	message(id: number): Message | undefined;
	all(): readonly LiveAnswer[];
	/** Whether one of them is being written: one that is held has ended. */
	isWriting(): boolean;
	/** For an answer that is kept nowhere: below zero, where no row's number is. */
	temporaryId(): number;
}

export function createLiveAnswers(): LiveAnswers {
	const answers = new Set<LiveAnswer>();
	const held = new Map<LiveAnswer, Message>();
	let lastTemporaryId = 0;
	const find = (matches: (answer: LiveAnswer) => boolean) => [...answers].find(matches);
	return {
		add: (answer) => void answers.add(answer),
		remove(answer) {
			answers.delete(answer);
			held.delete(answer);
		},
		hold: (answer, message) => void held.set(answer, message),
		byGeneration: (id) => find(({ ids }) => ids.generationId === id),
		held: (answer) => held.get(answer),
		message(id) {
			const answer = find(({ ids }) => ids.messageId === id);
			return answer === undefined ? undefined : (held.get(answer) ?? answer.message());
		},
		all: () => [...answers],
		isWriting: () => [...answers].some((answer) => !held.has(answer)),
		temporaryId: () => --lastTemporaryId,
	};
}
