import type { Message } from '../../contract/conversation.ts';
import { type GenerationNumbers, perSecond } from '../store/generations.ts';
import { type Broadcast, createBroadcast } from './broadcast.ts';
import { type AnswerBeginning, type AnswerText, createAnswerText } from './draft.ts';

/** Who an answer is: its rows and its model. */
export interface AnswerIds {
	readonly conversationId: number;
	readonly messageId: number;
	readonly generationId: number;
	readonly modelFileId: number;
}

/** One answer being written, from the rows that announce it to its end. It lives in memory; `run-answer.ts` drives it. */
export interface LiveAnswer {
	readonly ids: AnswerIds;
	readonly text: AnswerText;
	readonly broadcast: Broadcast;
	/** Aborted when somebody stops the answer. */
	readonly signal: AbortSignal;
	/** Settles when the engine is done with it and its outcome is stored, or kept until it can be. */
	readonly ended: Promise<void>;
	/** Asks it to stop; await `ended` for the engine to be idle. */
	stop(): void;
	/** The request goes to the engine now: times count from here. */
	markSent(): void;
	prompt(numbers: Pick<GenerationNumbers, 'promptTokens' | 'cachedTokens' | 'droppedTurns'>): void;
	tokens(text: string, count: number): void;
	/** Whether the engine has said anything about it yet: before, it waits for its turn. */
	hasStarted(): boolean;
	/** What is known so far, for an answer that is cut off. Times in ms. */
	numbers(): GenerationNumbers;
	/** The message as it stands. */
	message(): Message;
	/** Resolves `ended`. */
	settle(): void;
}

/** `stored` is the message as its row announces it, `from` what it begins with where it goes on from another one. */
export function createLiveAnswer(ids: AnswerIds, stored: Message, from?: AnswerBeginning): LiveAnswer {
	const abort = new AbortController();
	const { promise: ended, resolve: settle } = Promise.withResolvers<void>();
	const draft = createAnswerText(() => performance.now(), from);
	let begunAt = performance.now();
	let firstAt: number | null = null;
	let lastAt = begunAt;
	let completionTokens = 0;
	let begun = false;
	let promptNumbers = { promptTokens: 0, cachedTokens: 0, droppedTurns: 0 };

	const ttftMs = (): number => (firstAt ?? lastAt) - begunAt;
	const generationMs = (): number => lastAt - (firstAt ?? lastAt);

	function numbers(): GenerationNumbers {
		const times = { ttftMs: ttftMs(), promptMs: ttftMs(), generationMs: generationMs() };
		return { ...promptNumbers, ...times, completionTokens, stopReason: null, stopString: null, tokenIds: [] };
	}

	function message(): Message {
		const { content, reasoning, reasoningMs } = draft;
		const { tokenIds: _, ...soFar } = numbers();
		const generation = stored.generation === null ? null : { ...stored.generation, ...soFar };
		return { ...stored, content, reasoning, reasoningMs, generation };
	}

	const broadcast = createBroadcast(message);
	return {
		ids,
		text: draft,
		broadcast,
		signal: abort.signal,
		ended,
		settle,
		stop: () => abort.abort(),
		markSent() {
			begunAt = performance.now();
			lastAt = begunAt;
		},
		hasStarted: () => begun,
		prompt(known) {
			begun = true;
			promptNumbers = known;
		},
		tokens(text, count) {
			lastAt = performance.now();
			firstAt ??= lastAt;
			completionTokens += count;
			const piece = draft.add(text);
			broadcast.tokens(piece.content, piece.reasoning, () => ({
				completionTokens,
				ttftMs: ttftMs(),
				tokensPerSecond: perSecond(completionTokens - 1, generationMs()),
			}));
		},
		numbers,
		message,
	};
}
