import type { Message } from '../../contract/conversation/schema.ts';
import { createReasoningSplitter } from '../reasoning.ts';
import { type GenerationNumbers, perSecond } from '../store/generations.ts';
import { type Broadcast, createBroadcast } from './broadcast.ts';

/** Who an answer is: its rows and its model. */
export interface AnswerIds {
	readonly conversationId: number;
	readonly messageId: number;
	readonly generationId: number;
	readonly modelFileId: number;
}

/** One answer being written, from the rows that announce it to its end. It lives in memory; `start-answer.ts` drives it. */
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

/** The text of an answer while it grows. */
interface AnswerText {
	/** Adds what the model wrote; returns what that adds to the content and to the reasoning. */
	add(text: string): { readonly content: string; readonly reasoning: string };
	/** The model has ended: lets out what was held back as a possible tag. */
	finish(): { readonly content: string; readonly reasoning: string };
	readonly content: string;
	/** null while there is none. */
	readonly reasoning: string | null;
	/** How long the model has been thinking or did think, ms; null where it didn't. */
	readonly reasoningMs: number | null;
}

/** What an answer begins with that goes on from another one. */
interface AnswerBeginning {
	/** As the model wrote it, thinking tags included. */
	readonly text: string;
	/** How long that one's model thought, ms. */
	readonly reasoningMs: number | null;
}

/** `now` in ms of any clock that doesn't jump. */
function createAnswerText(now: () => number, begun?: AnswerBeginning): AnswerText {
	const splitter = createReasoningSplitter();
	let content = '';
	let reasoning = '';
	let thinkingSince: number | null = null;
	let thoughtFor: number | null = null;

	function take(piece: { content: string; reasoning: string }) {
		content += piece.content;
		reasoning += piece.reasoning;
		return piece;
	}

	function elapsed(): number | null {
		return thinkingSince === null ? null : now() - thinkingSince;
	}

	if (begun !== undefined) {
		take(splitter.push(begun.text));
		const thought = begun.reasoningMs ?? 0;
		if (splitter.phase() === 'inside') thinkingSince = now() - thought;
		else thoughtFor = thought;
	}

	return {
		add(text) {
			const piece = take(splitter.push(text));
			const phase = splitter.phase();
			if (phase === 'inside') thinkingSince ??= now();
			else if (phase !== 'start') thoughtFor ??= elapsed();
			return piece;
		},
		finish() {
			thoughtFor ??= elapsed();
			return take(splitter.finish());
		},
		get content() {
			return content;
		},
		get reasoning() {
			return reasoning === '' ? null : reasoning;
		},
		get reasoningMs() {
			return reasoning === '' ? null : (thoughtFor ?? elapsed());
		},
	};
}

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
