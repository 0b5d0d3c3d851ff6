import { type AsyncQueue, createAsyncQueue } from '../../../models/async-queue.ts';
import type { GenerationUpdate, Message } from '../../contract/conversation/schema.ts';
import type { AnswerRound } from '../../contract/conversation/steps.ts';

/**
 * Batching interval for tokens: one frame of a 60 Hz display, ms. Engines send every token at once, so that no token
 * waits for a slow next one.
 */
const frameMs = 16;
/** A subscriber this many updates behind gets a snapshot instead: the same text in one piece. */
const maxWaiting = 512;

export type TokenNumbers = Pick<
	Extract<GenerationUpdate, { type: 'tokens' }>,
	'completionTokens' | 'tokensPerSecond' | 'ttftMs'
>;

/** Sends one answer to all its subscribers. */
export interface Broadcast {
	/** Announces the state before the first token: loading, queued, or processing the prompt. */
	phase(update: Extract<GenerationUpdate, { type: 'loading' | 'prompt' }>): void;
	tokens(text: string, reasoning: string, numbers: () => TokenNumbers): void;
	/** Sends a round of calls after the text before it. */
	round(index: number, round: AnswerRound): void;
	end(message: Message): void;
	/** Yields a snapshot, then all later updates without gaps or repetitions. */
	subscribe(signal: AbortSignal | undefined): AsyncGenerator<GenerationUpdate>;
}

/** `snapshot` returns the current message, including everything passed to `tokens`. */
export function createBroadcast(snapshot: () => Message): Broadcast {
	const subscribers = new Set<AsyncQueue<GenerationUpdate>>();
	let sequence = 0;
	let lastPhase: GenerationUpdate | null = null;
	let batch: { text: string; reasoning: string; numbers: () => TokenNumbers } | null = null;
	let timer: NodeJS.Timeout | null = null;
	let lastSentAt = Number.NEGATIVE_INFINITY;

	function send(update: GenerationUpdate): void {
		for (const queue of subscribers) {
			if (queue.size < maxWaiting) {
				queue.push(update);
				continue;
			}
			queue.clear();
			queue.push({ type: 'snapshot', sequence, message: snapshot() });
			if (update.type === 'end') queue.push(update);
		}
	}

	function flush(): void {
		if (timer !== null) clearTimeout(timer);
		timer = null;
		if (batch === null) return;
		const { text, reasoning, numbers } = batch;
		batch = null;
		sequence += 1;
		lastSentAt = performance.now();
		send({ type: 'tokens', sequence, text, ...(reasoning === '' ? {} : { reasoning }), ...numbers() });
	}

	return {
		phase(update) {
			lastPhase = update;
			send(update);
		},
		tokens(text, reasoning, numbers) {
			lastPhase = null;
			batch = { text: (batch?.text ?? '') + text, reasoning: (batch?.reasoning ?? '') + reasoning, numbers };
			const wait = lastSentAt + frameMs - performance.now();
			// The first token of an answer, and every token of a slow model, is sent at once.
			if (wait <= 0) flush();
			else timer ??= setTimeout(flush, wait);
		},
		round(index, round) {
			flush();
			lastPhase = null;
			send({ type: 'round', index, round });
		},
		end(message) {
			flush();
			send({ type: 'end', message });
			for (const queue of subscribers) queue.end();
			subscribers.clear();
		},
		subscribe(signal) {
			// The snapshot contains the pending batch, so the other subscribers must get the batch first.
			flush();
			const queue = createAsyncQueue<GenerationUpdate>();
			queue.push({ type: 'snapshot', sequence, message: snapshot() });
			if (lastPhase !== null) queue.push(lastPhase);
			subscribers.add(queue);
			return queue.read(signal, () => void subscribers.delete(queue));
		},
	};
}
