import { type AsyncQueue, createAsyncQueue } from '../../models/async-queue.ts';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { ContinuationUpdate } from '../contract/writing/schema.ts';

type End = Extract<ContinuationUpdate, { type: 'end' }>;
type Phase = Extract<ContinuationUpdate, { type: 'loading' | 'prompt' }>;

/** Batching interval for tokens: one frame of a 60 Hz display, ms. */
const frameMs = 16;
/** A follower this many updates behind gets a snapshot instead: the same text in one piece. */
const maxWaiting = 512;
/** Time for which an ended continuation can still be followed, ms, because it may end right after it starts. */
const keptForMs = 60_000;

/** A text being written. It exists in memory only; `continue-page.ts` drives it. */
export interface LiveContinuation {
	readonly id: number;
	/** null: it is not stored. */
	readonly pageId: number | null;
	readonly at: number;
	readonly signal: AbortSignal;
	/** Everything written so far. */
	readonly text: string;
	/** Resolves when the engine has finished and the text is stored. */
	readonly ended: Promise<void>;
	stop(): void;
	phase(update: Phase): void;
	tokens(text: string, count: number): void;
	/** Numbers so far, for a text that is cut off. */
	numbers(): { completionTokens: number; ttftMs: number; tokensPerSecond: number | null };
	/** Marks when the request goes to the engine: times count from here. */
	markSent(): void;
	end(update: End): void;
	/** Yields a snapshot, then all later updates without gaps or repetitions, then the end. */
	follow(signal: AbortSignal | undefined): AsyncGenerator<ContinuationUpdate>;
}

/** Texts being written now, and those that ended within the last minute. */
export interface LiveContinuations {
	start(pageId: number | null, at: number): LiveContinuation;
	/** Throws Failure `continuation-unknown`. */
	get(id: number): LiveContinuation;
	/** The text being written on a page; undefined: none. */
	onPage(pageId: number): LiveContinuation | undefined;
	/** Those that have not ended. */
	running(): readonly LiveContinuation[];
}

export function createLiveContinuations(): LiveContinuations {
	const all = new Map<number, LiveContinuation>();
	const running = new Set<LiveContinuation>();
	let lastId = 0;
	return {
		start(pageId, at) {
			lastId += 1;
			const live = createLiveContinuation(lastId, pageId, at);
			all.set(live.id, live);
			running.add(live);
			void live.ended.then(() => {
				running.delete(live);
				setTimeout(() => all.delete(live.id), keptForMs).unref();
			});
			return live;
		},
		get(id) {
			const live = all.get(id);
			if (live !== undefined) return live;
			throw new Failure({
				code: 'continuation-unknown',
				message: said`There is no text being written with the number ${id}.`,
				next: [said`Open the page again`],
			});
		},
		onPage: (pageId) => [...running].find((live) => live.pageId === pageId),
		running: () => [...running],
	};
}

function createLiveContinuation(id: number, pageId: number | null, at: number): LiveContinuation {
	const abort = new AbortController();
	const { promise: ended, resolve: settle } = Promise.withResolvers<void>();
	const followers = new Set<AsyncQueue<ContinuationUpdate>>();
	let text = '';
	let phase: Phase | null = null;
	let last: End | null = null;
	let batch = '';
	let timer: NodeJS.Timeout | null = null;
	let sentAt = Number.NEGATIVE_INFINITY;
	let begunAt = performance.now();
	let firstAt: number | null = null;
	let lastAt = begunAt;
	let completionTokens = 0;

	const snapshot = (): ContinuationUpdate => ({ type: 'snapshot', at, text });

	function send(update: ContinuationUpdate): void {
		for (const queue of followers) {
			if (queue.size < maxWaiting) {
				queue.push(update);
				continue;
			}
			queue.clear();
			queue.push(snapshot());
			if (update.type === 'end') queue.push(update);
		}
	}

	function numbers() {
		const ms = lastAt - (firstAt ?? lastAt);
		const tokensPerSecond = completionTokens > 1 && ms > 0 ? ((completionTokens - 1) * 1000) / ms : null;
		return { completionTokens, ttftMs: (firstAt ?? lastAt) - begunAt, tokensPerSecond };
	}

	function flush(): void {
		if (timer !== null) clearTimeout(timer);
		timer = null;
		if (batch === '') return;
		const { tokensPerSecond } = numbers();
		const update = { type: 'tokens', text: batch, completionTokens, tokensPerSecond } as const;
		batch = '';
		sentAt = performance.now();
		send(update);
	}

	return {
		id,
		pageId,
		at,
		signal: abort.signal,
		ended,
		get text() {
			return text;
		},
		stop: () => abort.abort(),
		markSent() {
			begunAt = performance.now();
			lastAt = begunAt;
		},
		phase(update) {
			phase = update;
			send(update);
		},
		tokens(piece, count) {
			phase = null;
			lastAt = performance.now();
			firstAt ??= lastAt;
			completionTokens += count;
			text += piece;
			batch += piece;
			const wait = sentAt + frameMs - performance.now();
			if (wait <= 0) flush();
			else timer ??= setTimeout(flush, wait);
		},
		numbers,
		end(update) {
			flush();
			last = update;
			send(update);
			for (const queue of followers) queue.end();
			followers.clear();
			settle();
		},
		follow(signal) {
			// The snapshot contains the pending batch, so the other followers must get the batch first.
			flush();
			const queue = createAsyncQueue<ContinuationUpdate>();
			queue.push(snapshot());
			if (last !== null) {
				queue.push(last);
				queue.end();
				return queue.read(signal);
			}
			if (phase !== null) queue.push(phase);
			followers.add(queue);
			return queue.read(signal, () => void followers.delete(queue));
		},
	};
}
