import { createAsyncQueue } from '../async-queue.ts';
import { Failure, failureFacts } from '../contract/failure.ts';
import type { CacheMiss, GenerateRequest, GenerationEvent, StopReason, TokenScore } from '../contract/generation.ts';
import { said } from '../contract/said.ts';
import { createDetokenizer, showing } from '../detokenizer.ts';
import { tokenUnknown } from '../native/input-failures.ts';
import { commonPrefixLength } from '../prompt/common-prefix.ts';
import type { BuildPrompt, BuildTextPrompt, Prompt } from '../prompt/prompt-builder.ts';
import { promptTooLong } from '../prompt/prompt-failures.ts';
import { stoppedResult } from '../runtime/stopped-result.ts';
import { createStopStrings } from '../stop-strings.ts';
import { createDraftLength } from './llama/drafter.ts';
import type { ThreadTuner } from './thread-tuner.ts';

/** What an answer needs of the engine that computes it; `Sampler` is what that engine draws tokens with. */
export interface AnswerSource<Sampler> {
	/**
	 * Tokens of one answer plus its prompt; the context itself may have room for a few more, because llama.cpp rounds
	 * up.
	 */
	readonly contextSize: number;
	readonly vocabularySize: number;
	readonly buildPrompt: BuildPrompt;
	readonly buildTextPrompt: BuildTextPrompt;
	/** Texts that end an answer to turns, besides those of the request. */
	readonly templateStops: readonly string[];
	/** Returns whether this token ends the model's answer. */
	readonly ends: (token: number) => boolean;
	readonly detokenize: (tokens: readonly number[], before: readonly number[]) => string;
	readonly tuner: Pick<ThreadTuner, 'threads'>;
	/**
	 * Creates the samplers of one answer to a prompt. If the request asks for scores, they add one to `scores` with every
	 * token. Throws what it can't sample.
	 */
	readonly createSampler: (request: GenerateRequest, prompt: Prompt, scores: TokenScore[]) => Sampler;
	/** Returns the text of one token. */
	readonly textOfToken: (token: number) => string;
}

/** An answer that has started: its prompt, its samplers, its text. */
interface Begun<Sampler> {
	readonly prompt: Prompt;
	readonly sampler: Sampler;
	readonly text: ReturnType<typeof createDetokenizer>;
}

/** One answer from request to end. Does not touch llama.cpp's context: the decoders compute and inform it. */
export class Answer<Sampler extends { free(): void }> {
	readonly request: GenerateRequest;
	/** Events for its reader, who may leave at any time; then `stop` is called. */
	readonly events = createAsyncQueue<GenerationEvent>();
	readonly draftLength = createDraftLength();
	readonly ids: number[] = [];
	/** Tokens sampled and not yet written: more than one if a draft was accepted. */
	readonly drawn: number[] = [];
	/** Scores of the tokens in `drawn`. */
	readonly #drawnScores: TokenScore[] = [];
	#unsentScores: TokenScore[] = [];
	#cacheMiss: CacheMiss | undefined;
	/** Threads that it is computed with; null: those of the tuner. */
	#threads: number | null = null;
	readonly #parts: AnswerSource<Sampler>;
	readonly #began = performance.now();
	readonly #stops: ReturnType<typeof createStopStrings>;
	#begun: Begun<Sampler> | null = null;
	#ended = false;
	#waits = false;
	/** The most answers whose tokens were in the context at once, including this one. */
	#width = 1;
	#cached: number | null = null;
	#promptBegan = 0;
	#promptMs = 0;
	#firstAt: number | undefined;
	/** Tokens whose text is not sent yet: part of a character, the possible start of a stop string, or too soon. */
	#unsent = 0;
	/** Text that waits until `textEveryMs` have passed. */
	#unsentText = '';
	#sentAt = Number.NEGATIVE_INFINITY;

	constructor(parts: AnswerSource<Sampler>, request: GenerateRequest) {
		this.#parts = parts;
		this.request = request;
		const { stop } = request.sampling;
		this.#stops = createStopStrings(request.turns.length > 0 ? [...stop, ...parts.templateStops] : stop);
	}

	/** Whether its reader has been sent text. */
	get hasSentText(): boolean {
		return this.#sentAt > Number.NEGATIVE_INFINITY;
	}

	get ended(): boolean {
		return this.#ended;
	}

	/** Tokens of its prompt; empty before `begin`. */
	get promptTokens(): readonly number[] {
		return this.#begun?.prompt.tokens ?? [];
	}

	/** The grammar of calls that the answer has to match from its start on; undefined if there is none. */
	get forcedCalls(): string | undefined {
		const { calls, begun } = this.#begun?.prompt ?? {};
		return calls?.grammar?.isForced === true && begun?.length === 0 ? calls.grammar.write('') : undefined;
	}

	/** Number of tokens that the context must hold before the next can be sampled: all but the last. */
	get needed(): number {
		return this.promptTokens.length + this.ids.length - 1;
	}

	/** Returns its tokens from `start` to `end`: those of the prompt, then those written. */
	tokens(start: number, end: number): readonly number[] {
		const { promptTokens, ids } = this;
		const from = Math.max(0, start - promptTokens.length);
		return [...promptTokens.slice(start, end), ...ids.slice(from, Math.max(0, end - promptTokens.length))];
	}

	/** The last token so far, which predicts the next. */
	get last(): number {
		return (this.ids.at(-1) ?? this.promptTokens.at(-1))!;
	}

	get sampler(): Sampler {
		if (this.#begun === null) throw new Error('the answer has not been begun');
		return this.#begun.sampler;
	}

	/** Number of tokens that it may still add. */
	get room(): number {
		const { maxTokens } = this.request.sampling;
		const ofContext = this.#parts.contextSize - 1 - this.promptTokens.length - this.ids.length;
		return Math.max(0, Math.min(maxTokens === null ? ofContext : maxTokens - this.ids.length, ofContext));
	}

	/** Builds the prompt, once. Throws the Failures of a prompt that can't be built, and of a grammar. */
	begin(): void {
		if (this.#begun !== null) return;
		const { buildPrompt, buildTextPrompt, detokenize, createSampler } = this.#parts;
		const { prefill, turns, text, tokens, tools } = this.request;
		const prompt =
			tokens === undefined
				? text === undefined
					? buildPrompt(turns, prefill, tools)
					: buildTextPrompt(text)
				: this.#promptOf(tokens);
		const { begun } = prompt;
		const sampler = createSampler(this.request, prompt, this.#drawnScores);
		// The text goes on after its own last tokens, which decide whether a word starts with a space.
		const before = turns.length > 0 ? begun : text === '' ? [] : prompt.tokens;
		this.#begun = { prompt, sampler, text: createDetokenizer(showing(detokenize, prompt.calls?.shown), before) };
	}

	/** Takes tokens as the prompt that they are. Throws Failure `prompt-too-long`, `token-unknown`. */
	#promptOf(tokens: readonly number[]): Prompt {
		const { contextSize, vocabularySize } = this.#parts;
		if (tokens.length >= contextSize) throw promptTooLong(tokens.length, contextSize - 1, contextSize, null);
		const foreign = tokens.find((token) => token >= vocabularySize);
		if (foreign !== undefined) throw tokenUnknown(foreign, vocabularySize);
		return { tokens, opensReasoning: false, droppedTurns: 0, begun: [] };
	}

	/** Reports that others go first. Reported once, and not for an answer that made room for others. */
	wait(): void {
		if (this.#ended || this.#waits || this.#cached !== null) return;
		this.#waits = true;
		this.events.push({ type: 'queued' });
	}

	/** Reports how much of its prompt is in the context now. The first call reports what was cached. */
	evaluated(processed: number): void {
		if (this.#ended || this.ids.length > 0) return;
		if (this.#cached === null) this.#promptBegan = performance.now();
		this.#cached ??= processed;
		this.#promptMs = performance.now() - this.#promptBegan;
		const { tokens, droppedTurns, opensReasoning, calls } = this.#begun!.prompt;
		const toolFormat = calls?.format;
		const [total, cached] = [tokens.length, this.#cached];
		const formatted = toolFormat === undefined ? {} : { toolFormat };
		this.events.push({ type: 'prompt', processed, total, cached, droppedTurns, opensReasoning, ...formatted });
	}

	/** Tells it that it is computed alone, with this many threads. */
	recordAlone(threads: number): void {
		this.#threads = threads;
	}

	/** Tells it which tokens the cache held; the prompt's first one that differs is reported. */
	recordCache(held: readonly number[]): void {
		if (this.#cacheMiss !== undefined) return;
		const { promptTokens } = this;
		const at = commonPrefixLength(held, promptTokens);
		const [cached, prompt] = [held[at], promptTokens[at]];
		if (cached === undefined || prompt === undefined) return;
		const { textOfToken } = this.#parts;
		this.#cacheMiss = { at, cached: textOfToken(cached), prompt: textOfToken(prompt) };
	}

	/** Tells it how many answers have tokens in the context. */
	recordWidth(width: number): void {
		if (width > this.#width) this.#width = width;
	}

	/** Writes a sampled token; ends the answer if it is the last. */
	take(token: number): void {
		const score = this.#drawnScores.shift();
		if (this.#ended) return;
		const { maxTokens } = this.request.sampling;
		const now = performance.now();
		if (this.#parts.ends(token)) {
			this.#finish('end');
			return;
		}
		this.#firstAt ??= now;
		this.ids.push(token);
		this.#unsent += 1;
		if (score !== undefined) this.#unsentScores.push(score);
		const text = this.#stops.push(this.#begun!.text.push(token));
		this.#unsentText += text;
		if (this.#unsentText !== '' && now - this.#sentAt >= (this.request.textEveryMs ?? 0)) this.#send(now);
		if (this.#stops.found !== null) this.#finish('stop-string');
		else if (maxTokens !== null && this.ids.length >= maxTokens) this.#finish('max-tokens');
		else if (this.promptTokens.length + this.ids.length >= this.#parts.contextSize - 1) this.#finish('context-full');
	}

	/** Ends the answer as it stands. */
	stop(): void {
		if (this.#ended) return;
		if (this.#cached === null) this.#end(stoppedResult(this.#began));
		else this.#finish('stopped');
	}

	fail(error: unknown): void {
		if (this.#ended) return;
		if (this.#unsentText !== '') this.#send(performance.now());
		this.#end({ type: 'failed', failure: failureFacts(error) });
	}

	/** Frees its samplers, which must not be used afterwards. */
	free(): void {
		this.#begun?.sampler.free();
		this.#begun = null;
	}

	#send(now: number): void {
		const scores = this.request.logprobs === undefined ? {} : { scores: this.#unsentScores };
		this.events.push({ type: 'tokens', text: this.#unsentText, count: this.#unsent, ...scores });
		this.#sentAt = now;
		this.#unsent = 0;
		this.#unsentText = '';
		this.#unsentScores = [];
	}

	#finish(reason: StopReason): void {
		const ended = performance.now();
		const stops = this.#stops;
		const { prompt, text } = this.#begun!;
		this.#unsentText += stops.push(text.rest()) + stops.rest();
		const stopReason = stops.found !== null && reason !== 'stopped' ? 'stop-string' : reason;
		if (this.#unsentText !== '' || this.#unsent > 0) this.#send(ended);
		const { draftLength, ids } = this;
		this.#end({
			type: 'done',
			result: {
				stopReason,
				stopString: stopReason === 'stop-string' ? stops.found : null,
				promptTokens: prompt.tokens.length,
				cachedTokens: this.#cached ?? 0,
				completionTokens: ids.length,
				droppedTurns: prompt.droppedTurns,
				ttftMs: (this.#firstAt ?? ended) - this.#began,
				promptMs: this.#promptMs,
				generationMs: ended - (this.#firstAt ?? ended),
				threads: this.#threads ?? this.#parts.tuner.threads,
				tokenIds: ids,
				...(this.#width === 1 ? {} : { width: this.#width }),
				...(draftLength.drafted === 0 ? {} : { drafted: draftLength.drafted, accepted: draftLength.accepted }),
				...(this.#cacheMiss === undefined ? {} : { cacheMiss: this.#cacheMiss }),
				...(this.#threads === null ? {} : { deterministic: true as const }),
			},
		});
	}

	#end(event: GenerationEvent): void {
		this.#ended = true;
		this.events.push(event);
		this.events.end();
	}
}

/** Converts an error of llama.cpp to the failure that ends an answer. */
export function decodeFailure(error: unknown): Failure {
	if (error instanceof Failure && error.code === 'grammar-stuck') return error;
	const words = error instanceof Error ? error.message : String(error);
	return new Failure(
		{
			code: 'generation-failed',
			message: said`llama.cpp could not continue this answer: ${words}.`,
			next: [said`Send the message again`, said`Load the model again`],
		},
		{ cause: error },
	);
}
