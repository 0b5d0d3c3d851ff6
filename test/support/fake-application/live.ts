import type { GenerationUpdate, Message } from '../../../electron/contract/conversation/schema.ts';
import type { AnswerRound, AnswerStep, CallDecision } from '../../../electron/contract/conversation/steps.ts';

/** The steps of an answer; the test or the scene decides when each happens. */
export interface LiveAnswerControl {
	readonly messageId: number;
	readonly generationId: number;
	readonly signal: AbortSignal;
	loading(stage: string, fraction: number | null): void;
	prompt(processed: number, total: number, cached?: number): void;
	write(text: string, tokens?: number): void;
	think(text: string, tokens?: number): void;
	/** Ends the text so far with these calls; returns the index of the round. */
	round(steps: readonly AnswerStep[]): number;
	step(round: number, position: number, changes: Partial<AnswerStep>): void;
	/** Asks about a call until somebody decides; null: the answer was stopped. */
	ask(round: number, position: number): Promise<CallDecision | null>;
}

export type AnswerScript = (answer: LiveAnswerControl) => Promise<void>;

/** Updates of one answer and their listeners; a late listener starts with a snapshot. */
export class FakeGeneration {
	readonly id: number;
	readonly message: Message;
	readonly abort = new AbortController();
	#sequence = 0;
	#latest: GenerationUpdate | null = null;
	#ended = false;
	readonly #listeners = new Set<(update: GenerationUpdate) => void>();
	/** By call. */
	readonly #asked = new Map<string, (decision: CallDecision | null) => void>();

	constructor(id: number, message: Message) {
		this.id = id;
		this.message = message;
	}

	control(modelName: string): LiveAnswerControl {
		const started = performance.now();
		let first: number | null = null;
		let tokens = 0;
		const send = (text: string, reasoning: string | undefined, count: number) => {
			first ??= performance.now();
			tokens += count;
			this.#sequence += 1;
			const seconds = (performance.now() - first) / 1000;
			const generation = this.message.generation!;
			generation.completionTokens = tokens;
			generation.ttftMs = first - started;
			generation.tokensPerSecond = seconds > 0.05 ? tokens / seconds : null;
			this.#say({
				type: 'tokens',
				sequence: this.#sequence,
				text,
				...(reasoning === undefined ? {} : { reasoning }),
				completionTokens: tokens,
				tokensPerSecond: generation.tokensPerSecond,
				ttftMs: first - started,
			});
		};
		const step: LiveAnswerControl['step'] = (index, position, changes) => {
			const round = this.message.rounds?.[index];
			if (round === undefined) return;
			const steps = round.steps.map((each, at) => (at === position ? { ...each, ...changes } : each));
			this.#setRound(index, { ...round, steps });
		};
		return {
			messageId: this.message.id,
			generationId: this.id,
			signal: this.abort.signal,
			loading: (stage, fraction) => this.#say({ type: 'loading', modelName, stage, fraction }),
			prompt: (processed, total, cached = 0) =>
				this.#say({ type: 'prompt', processed, total, cached, droppedTurns: 0 }),
			write: (text, count = 1) => {
				this.message.content += text;
				send(text, undefined, count);
			},
			think: (text, count = 1) => {
				this.message.reasoning = (this.message.reasoning ?? '') + text;
				send('', text, count);
			},
			round: (steps) => {
				const index = this.message.rounds?.length ?? 0;
				const ends = { contentEnd: this.message.content.length, reasoningEnd: this.message.reasoning?.length ?? 0 };
				const numbers = { promptTokens: 412, cachedTokens: 380, completionTokens: 31 };
				this.#setRound(index, { ...ends, ...numbers, steps: [...steps] });
				return index;
			},
			step,
			ask: (round, position) => {
				step(round, position, { status: 'asking' });
				const { promise, resolve } = Promise.withResolvers<CallDecision | null>();
				this.#asked.set(this.message.rounds?.[round]?.steps[position]?.callId ?? '', resolve);
				this.abort.signal.addEventListener('abort', () => resolve(null));
				return promise;
			},
		};
	}

	decide(callId: string, decision: CallDecision): boolean {
		const waiting = this.#asked.get(callId);
		this.#asked.delete(callId);
		waiting?.(decision);
		return waiting !== undefined;
	}

	#setRound(index: number, round: AnswerRound): void {
		this.message.rounds = [...(this.message.rounds ?? [])];
		this.message.rounds[index] = round;
		this.#say({ type: 'round', index, round });
	}

	end(): void {
		this.#ended = true;
		this.#say({ type: 'end', message: { ...this.message } });
	}

	#say(update: GenerationUpdate): void {
		this.#latest = update;
		for (const listener of this.#listeners) listener(update);
	}

	async *updates(signal: AbortSignal | undefined): AsyncGenerator<GenerationUpdate> {
		const waiting: GenerationUpdate[] = [{ type: 'snapshot', sequence: this.#sequence, message: { ...this.message } }];
		if (this.#ended) waiting.push({ type: 'end', message: { ...this.message } });
		else if (this.#latest && this.#latest.type !== 'tokens') waiting.push(this.#latest);
		let wake = () => {};
		const listener = (update: GenerationUpdate) => {
			waiting.push(update);
			wake();
		};
		this.#listeners.add(listener);
		signal?.addEventListener('abort', () => wake());
		try {
			while (!signal?.aborted) {
				const update = waiting.shift();
				if (update === undefined) {
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
				} else {
					yield update;
					if (update.type === 'end') return;
				}
			}
		} finally {
			this.#listeners.delete(listener);
		}
	}
}

/** Writes `text` at a given speed, in pieces of about one token and batches of about 16 ms, like the application. */
export function typing(text: string, tokensPerSecond = 60): AnswerScript {
	return async (answer) => {
		const pieces = text.match(/\s*\S{1,5}|\s+/g) ?? [];
		const start = performance.now();
		let sent = 0;
		while (sent < pieces.length && !answer.signal.aborted) {
			const due = Math.min(pieces.length, Math.ceil(((performance.now() - start) / 1000) * tokensPerSecond) + 1);
			if (due > sent) answer.write(pieces.slice(sent, due).join(''), due - sent);
			sent = due;
			await pause(16);
		}
	};
}

export function pause(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
