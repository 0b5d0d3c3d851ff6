import { createStore, type StoreApi } from 'zustand/vanilla';
import type { GenerationUpdate, Message } from '../../../electron/contract/conversation/schema.ts';
import type { AnswerRound } from '../../../electron/contract/conversation/steps.ts';
import { flushPerFrame } from './flush-per-frame.ts';

/** State of an answer being generated. */
export type LiveState =
	| { phase: 'waiting' }
	| { phase: 'loading'; modelName: string; stage: string; fraction: number | null; written?: Writing | null }
	| {
			phase: 'prompt';
			processed: number;
			total: number;
			cached: number;
			droppedTurns: number;
			since: number;
			written?: Writing | null;
	  }
	| Writing;

type Writing = {
	phase: 'writing';
	text: string;
	reasoning: string | null;
	/** How long the model reasoned, in ms; null while it does, or if it does not. */
	reasoningMs: number | null;
	completionTokens: number;
	tokensPerSecond: number | null;
	ttftMs: number | null;
};

/** Returns what is written so far, also while the model reads the results of calls; null: nothing yet. */
export function writtenOf(state: LiveState): Writing | null {
	if (state.phase === 'writing') return state;
	return state.phase === 'waiting' ? null : (state.written ?? null);
}

/** One answer being generated: a store that changes at most once per frame, however fast tokens arrive. */
export interface LiveAnswer {
	readonly messageId: number;
	readonly generationId: number;
	/** The text that the answer had when the page met it; empty if the page started it. */
	readonly earlierText: string;
	readonly state: StoreApi<LiveState>;
	/** Rounds of calls so far. */
	readonly rounds: StoreApi<readonly AnswerRound[]>;
	push(update: Exclude<GenerationUpdate, { type: 'end' }>): void;
	dispose(): void;
}

export function createLiveAnswer(
	messageId: number,
	generationId: number,
	initial: Message | null,
	earlierText = '',
): LiveAnswer {
	let next: LiveState = initial && hasText(initial) ? toWriting(initial) : { phase: 'waiting' };
	let sequence = 0;
	let thinkingSince: number | null = null;
	const state = createStore<LiveState>(() => next);
	let nextRounds: readonly AnswerRound[] = initial?.rounds ?? [];
	const rounds = createStore<readonly AnswerRound[]>(() => nextRounds);
	const flush = flushPerFrame(() => {
		// Together: a round says where in the text it stands.
		if (rounds.getState() !== nextRounds) rounds.setState(nextRounds, true);
		state.setState(next, true);
	});

	return {
		messageId,
		generationId,
		earlierText,
		state,
		rounds,
		push(update) {
			switch (update.type) {
				case 'snapshot':
					sequence = update.sequence;
					nextRounds = update.message.rounds ?? [];
					if (hasText(update.message) || next.phase === 'writing') next = toWriting(update.message);
					if (update.message.reasoning !== null && update.message.content === '')
						thinkingSince ??= performance.now() - (update.message.reasoningMs ?? 0);
					break;
				case 'loading':
					next = {
						phase: 'loading',
						modelName: update.modelName,
						stage: update.stage,
						fraction: update.fraction,
						written: writtenOf(next),
					};
					break;
				case 'prompt': {
					const since = next.phase === 'prompt' ? next.since : performance.now();
					const { processed, total, cached, droppedTurns } = update;
					next = { phase: 'prompt', processed, total, cached, droppedTurns, since, written: writtenOf(next) };
					break;
				}
				case 'round':
					nextRounds = nextRounds.toSpliced(update.index, 1, update.round);
					break;
				case 'tokens':
					// After a reconnect, the snapshot already contains the updates sent meanwhile.
					if (update.sequence <= sequence) return;
					sequence = update.sequence;
					if (update.reasoning !== undefined) thinkingSince ??= performance.now();
					next = appendText(next, update, thinkingSince);
					break;
			}
			flush.request();
		},
		dispose: () => flush.cancel(),
	};
}

function hasText(message: Message): boolean {
	return message.content !== '' || message.reasoning !== null;
}

function toWriting(message: Message): Writing {
	return {
		phase: 'writing',
		text: message.content,
		reasoning: message.reasoning,
		reasoningMs: message.content === '' ? null : message.reasoningMs,
		completionTokens: message.generation?.completionTokens ?? 0,
		tokensPerSecond: message.generation?.tokensPerSecond ?? null,
		ttftMs: message.generation?.ttftMs ?? null,
	};
}

function appendText(
	state: LiveState,
	update: Extract<GenerationUpdate, { type: 'tokens' }>,
	thinkingSince: number | null,
): Writing {
	const before = writtenOf(state) ?? { text: '', reasoning: null, reasoningMs: null };
	const text = before.text + update.text;
	const thought = thinkingSince === null || text === '' ? null : performance.now() - thinkingSince;
	return {
		phase: 'writing',
		text,
		reasoningMs: before.reasoningMs ?? thought,
		reasoning: update.reasoning === undefined ? before.reasoning : (before.reasoning ?? '') + update.reasoning,
		completionTokens: update.completionTokens,
		tokensPerSecond: update.tokensPerSecond,
		ttftMs: update.ttftMs,
	};
}
