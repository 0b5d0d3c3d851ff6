import type { Message } from '../../contract/conversation/schema.ts';
import type { AnswerRound, CallDecision } from '../../contract/conversation/steps.ts';
import { createReasoningSplitter } from '../reasoning.ts';
import { addNumbers, type GenerationNumbers, perSecond } from '../store/generations.ts';
import { type Broadcast, createBroadcast } from './broadcast.ts';

/** Ids of an answer's rows and of its model. */
export interface AnswerIds {
	readonly conversationId: number;
	readonly messageId: number;
	readonly generationId: number;
	readonly modelFileId: number;
}

/**
 * One answer being generated, from the creation of its rows to its end. It exists in memory only; `start-answer.ts`
 * drives it.
 */
export interface LiveAnswer {
	readonly ids: AnswerIds;
	readonly text: AnswerText;
	readonly broadcast: Broadcast;
	/** Aborted when the answer is stopped. */
	readonly signal: AbortSignal;
	/** Resolves when the engine has finished and the outcome is stored, or held until it can be stored. */
	readonly ended: Promise<void>;
	/** Requests a stop; await `ended` until the engine is idle. `why` is `closing` if nobody asked for it. */
	stop(why?: 'closing'): void;
	/** Status of an answer that was stopped: `interrupted` if Assay closed. */
	stoppedStatus(): 'stopped' | 'interrupted';
	/** Marks when the request goes to the engine: times count from here. */
	markSent(): void;
	prompt(numbers: Pick<GenerationNumbers, 'promptTokens' | 'cachedTokens' | 'droppedTurns'>): void;
	/** Turns that its first prompt left out, of which its ledger tells: later rounds may leave out more. null: none was read. */
	firstDropped(): number | null;
	tokens(text: string, count: number): void;
	/** true once the engine has reported anything; before that, the answer is queued. */
	hasStarted(): boolean;
	/** Numbers known so far, for an answer that is cut off. Times in ms. */
	numbers(): GenerationNumbers;
	/** The same of the round that is being written. */
	roundNumbers(): GenerationNumbers;
	/** Ends a round of writing: what comes next is put after it. Returns where the round ends. */
	endRound(numbers: GenerationNumbers): Pick<AnswerRound, 'contentEnd' | 'reasoningEnd'>;
	/** Numbers of the rounds that have ended, together with those of the last. */
	total(last: GenerationNumbers): GenerationNumbers;
	/** Rounds that ended with calls. */
	readonly rounds: readonly AnswerRound[];
	/** Adds a round, or replaces it by what became of it. */
	setRound(index: number, round: AnswerRound): void;
	/**
	 * Waits for a person's decision about a call; null: the answer was stopped. `isAllowed` tells whether a decision about
	 * another call allows this one too.
	 */
	ask(callId: string, isAllowed: () => boolean): Promise<CallDecision | 'allowed' | null>;
	/** Returns false if the call does not wait for a decision. */
	decide(callId: string, decision: CallDecision): boolean;
	/** Whether it waits for a person's decision: the model computes nothing meanwhile. */
	isAsking(): boolean;
	/** Asks the calls that wait whether they are allowed by now. */
	recheckPermissions(): void;
	/** The current message. */
	message(): Message;
	/** Resolves `ended`. */
	settle(): void;
}

/** `stored` is the message as in its row; `from` is the text it begins with if it continues another answer. */
export function createLiveAnswer(ids: AnswerIds, stored: Message, from?: AnswerBeginning): LiveAnswer {
	const abort = new AbortController();
	const { promise: ended, resolve: settle } = Promise.withResolvers<void>();
	const draft = createAnswerText(() => performance.now(), from);
	const rounds: AnswerRound[] = [...(from?.rounds ?? [])];
	const asked = new Map<string, { isAllowed: () => boolean; settle: (decision: CallDecision | 'allowed') => void }>();
	let before: GenerationNumbers | null = null;
	let begunAt = performance.now();
	let firstAt: number | null = null;
	let lastAt = begunAt;
	let completionTokens = 0;
	let begun = false;
	let promptNumbers = { promptTokens: 0, cachedTokens: 0, droppedTurns: 0 };
	let firstDropped: number | null = null;

	const ttftMs = (): number => (firstAt ?? lastAt) - begunAt;
	const generationMs = (): number => lastAt - (firstAt ?? lastAt);

	function roundNumbers(): GenerationNumbers {
		const times = { ttftMs: ttftMs(), promptMs: ttftMs(), generationMs: generationMs() };
		return { ...promptNumbers, ...times, completionTokens, stopReason: null, stopString: null, tokenIds: [] };
	}

	const numbers = (): GenerationNumbers => addNumbers(before, roundNumbers());

	function send(piece: { readonly content: string; readonly reasoning: string }): void {
		broadcast.tokens(piece.content, piece.reasoning, () => {
			const all = numbers();
			return {
				completionTokens: all.completionTokens,
				ttftMs: all.ttftMs,
				tokensPerSecond: perSecond(all.completionTokens - 1, all.generationMs),
			};
		});
	}

	function message(): Message {
		const { content, reasoning, reasoningMs } = draft;
		const { tokenIds: _, ...soFar } = numbers();
		const generation = stored.generation === null ? null : { ...stored.generation, ...soFar };
		return {
			...stored,
			content,
			reasoning,
			reasoningMs,
			generation,
			...(rounds.length === 0 ? {} : { rounds: [...rounds] }),
		};
	}

	const broadcast = createBroadcast(message);
	return {
		ids,
		text: draft,
		broadcast,
		signal: abort.signal,
		ended,
		settle,
		stop: (why) => abort.abort(why),
		stoppedStatus: () => (abort.signal.reason === 'closing' ? 'interrupted' : 'stopped'),
		markSent() {
			begunAt = performance.now();
			lastAt = begunAt;
		},
		hasStarted: () => begun,
		prompt(known) {
			begun = true;
			promptNumbers = known;
			firstDropped ??= known.droppedTurns;
		},
		firstDropped: () => firstDropped,
		tokens(text, count) {
			lastAt = performance.now();
			firstAt ??= lastAt;
			completionTokens += count;
			send(draft.add(text));
		},
		numbers,
		roundNumbers,
		message,
		endRound(known) {
			const rest = draft.endRound();
			if (rest.content !== '' || rest.reasoning !== '') send(rest);
			before = addNumbers(before, known);
			promptNumbers = { promptTokens: 0, cachedTokens: 0, droppedTurns: 0 };
			completionTokens = 0;
			begun = false;
			firstAt = null;
			begunAt = performance.now();
			lastAt = begunAt;
			return { contentEnd: draft.content.length, reasoningEnd: draft.reasoning?.length ?? 0 };
		},
		total: (last) => addNumbers(before, last),
		rounds,
		setRound(index, round) {
			rounds[index] = round;
			broadcast.round(index, round);
		},
		ask(callId, isAllowed) {
			const { promise, resolve } = Promise.withResolvers<CallDecision | 'allowed' | null>();
			const settle = (decision: CallDecision | 'allowed' | null): void => {
				asked.delete(callId);
				abort.signal.removeEventListener('abort', onAbort);
				resolve(decision);
			};
			const onAbort = (): void => settle(null);
			if (abort.signal.aborted) return Promise.resolve(null);
			abort.signal.addEventListener('abort', onAbort);
			asked.set(callId, { isAllowed, settle });
			return promise;
		},
		decide(callId, decision) {
			const waiting = asked.get(callId);
			waiting?.settle(decision);
			return waiting !== undefined;
		},
		isAsking: () => asked.size > 0,
		recheckPermissions() {
			for (const { isAllowed, settle } of [...asked.values()]) if (isAllowed()) settle('allowed');
		},
	};
}

/** The text of an answer while it is being generated. */
interface AnswerText {
	/** Adds model output; returns the additions to the content and to the reasoning. */
	add(text: string): { readonly content: string; readonly reasoning: string };
	/** Marks the end of the output: releases text held back as a possible tag. */
	finish(): { readonly content: string; readonly reasoning: string };
	/** The same, but more follows, which may begin with reasoning again. */
	endRound(): { readonly content: string; readonly reasoning: string };
	readonly content: string;
	/** null if there is none so far. */
	readonly reasoning: string | null;
	/** Time that the model has spent thinking, ms; null if it did not think. */
	readonly reasoningMs: number | null;
}

/** Beginning of an answer that continues another one. */
interface AnswerBeginning {
	/** As the model wrote it, including thinking tags; with `rounds`, what was written after them. */
	readonly text: string;
	/** Thinking time of the continued answer, ms. */
	readonly reasoningMs: number | null;
	/** Rounds of the continued answer, and what was written in them. */
	readonly rounds?: readonly AnswerRound[];
	readonly earlier?: { readonly content: string; readonly reasoning: string | null };
}

/** `now` returns ms from a monotonic clock. */
function createAnswerText(now: () => number, begun?: AnswerBeginning): AnswerText {
	let splitter = createReasoningSplitter();
	let content = begun?.earlier?.content ?? '';
	let reasoning = begun?.earlier?.reasoning ?? '';
	/** Lengths at the end of the last round. */
	let ends = { content: content.length, reasoning: reasoning.length };
	let thinkingSince: number | null = null;
	let thoughtFor: number | null = null;
	/** Thinking time of earlier rounds, ms. */
	let thoughtBefore = 0;

	function take(piece: { content: string; reasoning: string }) {
		const taken = { content: piece.content, reasoning: piece.reasoning };
		// As `joinRounds` does, so that an answer that is cut off has the same text.
		if (content.length > 0 && content.length === ends.content && piece.content !== '')
			taken.content = `\n\n${piece.content}`;
		if (reasoning.length > 0 && reasoning.length === ends.reasoning && piece.reasoning !== '')
			taken.reasoning = `\n\n${piece.reasoning}`;
		content += taken.content;
		reasoning += taken.reasoning;
		return taken;
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
		endRound() {
			const piece = this.finish();
			ends = { content: content.length, reasoning: reasoning.length };
			splitter = createReasoningSplitter();
			thoughtBefore += thoughtFor ?? 0;
			thinkingSince = null;
			thoughtFor = null;
			return piece;
		},
		get content() {
			return content;
		},
		get reasoning() {
			return reasoning === '' ? null : reasoning;
		},
		get reasoningMs() {
			if (reasoning === '') return null;
			const own = thoughtFor ?? elapsed();
			return own === null && thoughtBefore === 0 ? null : thoughtBefore + (own ?? 0);
		},
	};
}

/** All answers that are being generated, or that ended but could not be stored yet. */
export interface LiveAnswers {
	add(answer: LiveAnswer): void;
	/** Removes a stored answer: its row is authoritative from now on. */
	remove(answer: LiveAnswer): void;
	/** Holds an answer that ended as `message` but could not be written to disk: its row is out of date. */
	hold(answer: LiveAnswer, message: Message): void;
	byGeneration(id: number): LiveAnswer | undefined;
	/** Returns the final message of a held answer. */
	held(answer: LiveAnswer): Message | undefined;
	/** Returns a message from memory if that is newer than its row. */
	message(id: number): Message | undefined;
	all(): readonly LiveAnswer[];
	/** true if any answer is being generated; held answers have ended, and those that wait for a person compute nothing. */
	isWriting(): boolean;
	/** Returns an id for an answer that is not stored: negative, so it never equals the id of a row. */
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
		isWriting: () => [...answers].some((answer) => !held.has(answer) && !answer.isAsking()),
		temporaryId: () => --lastTemporaryId,
	};
}
