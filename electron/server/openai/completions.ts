import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { GenerationResult } from '../../../models/contract/generation.ts';
import type { LoraAdapter } from '../../../models/contract/load.ts';
import { withRecommended } from '../../../models/contract/recommended-sampling.ts';
import type { ScoredPrompt, ScoreRequest } from '../../../models/contract/scoring.ts';
import type { Engine } from '../../../models/engine.ts';
import { createSemaphore } from '../../../models/worker/semaphore.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { allOrNone } from '../all-or-none.ts';
import { answerServed } from '../answer-served.ts';
import { chooseByKind, withEngine } from '../choose-by-kind.ts';
import { servedAdapters, servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import { openAnswerStream } from '../http/answer-stream.ts';
import { badRequest, sendJson } from '../http/errors.ts';
import { parseBody } from '../http/parse-body.ts';
import type { QueuePlace } from '../model-queue.ts';
import { finishReason, timingsOf } from './answer-shapes.ts';
import { type CompletionLogprobs, logprobsOf } from './completion-logprobs.ts';
import { inputSchema, inputsOf } from './embeddings.ts';
import { chatRequestSchema, grammarOf, optional, samplingOf, scoringOf, unsupported } from './request.ts';

/** OpenAI's default; most clients set their own. */
const usualMaxTokens = 16;

/** The fields of a request for completions that Assay knows; it ignores the others. */
export const completionsSchema = chatRequestSchema
	.omit({ messages: true, logprobs: true, top_logprobs: true, tools: true, tool_choice: true })
	.extend({
		/** A text or tokens, or a list of either. */
		prompt: inputSchema,
		max_tokens: optional(z.int().min(0)),
		/** Puts the prompt before its completion. */
		echo: optional(z.boolean()),
		/** Adds the log-probability of every token, and of so many of the likeliest in its place. */
		logprobs: optional(z.int().min(0).max(100)),
		suffix: optional(z.string()),
		best_of: optional(z.int()),
	});

type CompletionsRequest = z.infer<typeof completionsSchema>;

function parseCompletions(body: unknown): CompletionsRequest {
	const request = parseBody(completionsSchema, body);
	if ((request.suffix ?? '') !== '') {
		throw unsupported('suffix', 'Assay can’t fill a gap before a text. Leave suffix out.');
	}
	if ((request.best_of ?? 1) > (request.n ?? 1)) {
		throw unsupported('best_of', 'Assay returns every completion that it writes. Leave best_of out, and set n.');
	}
	if (request.stream === true && typeof request.logprobs === 'number') {
		throw unsupported(
			'logprobs',
			'Assay doesn’t stream log-probabilities of completions. Leave stream or logprobs out.',
		);
	}
	return request;
}

/** A prompt of a request. */
interface Prompt {
	readonly tokens: readonly number[];
	readonly text: string;
}

interface Choice {
	readonly text: string;
	readonly logprobs: CompletionLogprobs | null;
	readonly reason: 'stop' | 'length';
	/** null: nothing was generated. */
	readonly result: GenerationResult | null;
	readonly completionTokens: number;
}

/**
 * Reads the prompts as tokens, a text as the model's own tokenizer does, and makes sure that they fit. Throws HttpError
 * with both numbers: a prompt is never cut.
 */
async function readPrompts(engine: Engine, request: CompletionsRequest, maxTokens: number): Promise<Prompt[]> {
	const { contextSize } = engine.capabilities();
	const inputs = inputsOf(request.prompt);
	const lists = await Promise.all(
		inputs.map(async (input) => {
			if (typeof input !== 'string') return input;
			const tokens = await engine.tokenize(input, { addSpecial: true, parseSpecial: true });
			return tokens.length > 0 ? tokens : await startOf(engine);
		}),
	);
	for (const [index, tokens] of lists.entries()) {
		// A prompt that is only scored fills the context.
		if (tokens.length + Math.min(maxTokens, 1) <= contextSize) continue;
		throw badRequest(
			`prompt${lists.length === 1 ? '' : `.${index}`}: it has ${tokens.length} tokens; the context has ${contextSize}` +
				`${maxTokens > 0 ? ', one of them for the completion' : ''}. Shorten it, or give the model a larger context in Assay, under Models.`,
			'prompt',
			'context_length_exceeded',
		);
	}
	const decoded = inputs.some((input) => typeof input !== 'string') ? await engine.detokenize(lists) : [];
	return lists.map((tokens, index) => {
		const input = inputs[index];
		return { tokens, text: typeof input === 'string' ? input : (decoded[index] ?? '') };
	});
}

/** Returns what stands for an empty text, which gives nothing to predict from. */
async function startOf(engine: Engine): Promise<number[]> {
	const { startText, endText } = await engine.tokenizer();
	return await engine.tokenize(startText === '' ? endText : startText, { parseSpecial: true });
}

/**
 * The most likely token is the completion, so scoring the prompt gives all that is asked for. Then the token is there even
 * if it ends the text: lm-evaluation-harness drops the last one without a look.
 */
function isScoringOnly(request: CompletionsRequest, maxTokens: number): boolean {
	if (typeof request.logprobs !== 'number') return false;
	if (maxTokens === 0) return true;
	const { temperature, grammar, response_format: format, stop } = request;
	const plain = (grammar ?? '') === '' && (format?.type ?? 'text') === 'text' && (stop ?? []).length === 0;
	return maxTokens === 1 && request.echo === true && temperature === 0 && plain && (request.n ?? 1) === 1;
}

/** Most prompts of one call to the scorer, and about the most tokens: the client may leave between two. */
const batch = { prompts: 256, tokens: 16_384 };

/** Splits prompts into calls to the scorer. */
export function scoringBatches(prompts: readonly (readonly number[])[]): number[][][] {
	const batches: number[][][] = [];
	let tokens = 0;
	for (const prompt of prompts) {
		const last = batches.at(-1);
		if (last === undefined || last.length === batch.prompts || tokens + prompt.length > batch.tokens) {
			batches.push([[...prompt]]);
			tokens = prompt.length;
		} else {
			last.push([...prompt]);
			tokens += prompt.length;
		}
	}
	return batches;
}

async function score(
	engine: Engine,
	prompts: readonly (readonly number[])[],
	{ top, next, adapters }: Pick<ScoreRequest, 'top' | 'next' | 'adapters'>,
	signal: AbortSignal,
): Promise<ScoredPrompt[]> {
	const scored: ScoredPrompt[] = [];
	for (const some of scoringBatches(prompts)) {
		signal.throwIfAborted();
		scored.push(...(await engine.score({ prompts: some, top, next, ...withAdapters(adapters) })).prompts);
	}
	return scored;
}

const withAdapters = (adapters: LoraAdapter[] | undefined) => (adapters === undefined ? {} : { adapters });

/** Answers with scores alone. */
async function scoreOnly(
	{ engine, request, prompts, maxTokens, adapters }: Omit<Asked, 'model' | 'place'>,
	signal: AbortSignal,
): Promise<Choice[]> {
	const top = request.logprobs ?? 0;
	const tokens = prompts.map((prompt) => prompt.tokens);
	const scored = await score(engine, tokens, { top, next: maxTokens === 1, adapters }, signal);
	return scored.map((one, index) => {
		const [next] = one.next;
		const written = maxTokens === 1 && next !== undefined && !one.ends ? next.text : '';
		const prompt = request.echo === true ? (prompts[index]?.text ?? '') : '';
		return {
			text: prompt + written,
			logprobs: logprobsOf(one, { top, from: request.echo === true ? 0 : one.tokens.length }),
			reason: one.ends ? 'stop' : 'length',
			result: null,
			completionTokens: maxTokens,
		};
	});
}

/** Answers `/v1/completions`. `signal` is aborted when the client leaves. Throws before anything was sent. */
export async function completions(
	context: ServerContext,
	body: unknown,
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const request = parseCompletions(body);
	const model = chooseByKind(context, request.model, ['model']);
	const adapters = servedAdapters(context, request.model, model);
	await withEngine(context, model, signal, async (engine, place) => {
		const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? usualMaxTokens;
		const prompts = await readPrompts(engine, request, maxTokens);
		context.record.counted(prompts.reduce((sum, { tokens }) => sum + tokens.length, 0));
		const reply = {
			id: `cmpl-${randomUUID()}`,
			object: 'text_completion',
			created: Math.floor(context.clock() / 1_000),
			model: servedId(model),
		};
		if (request.stream === true) {
			await stream(context, { request, model, engine, place, prompts, maxTokens, adapters, reply }, response, signal);
			return;
		}
		const choices = isScoringOnly(request, maxTokens)
			? await scoreOnly({ engine, request, prompts, maxTokens, adapters }, signal)
			: await generate(context, { request, model, engine, place, prompts, maxTokens, adapters }, signal);
		const first = choices.find(({ result }) => result !== null)?.result ?? null;
		sendJson(response, {
			...reply,
			choices: choices.map(({ text, logprobs, reason }, index) => ({
				index,
				text,
				logprobs,
				finish_reason: reason,
			})),
			usage: usageOf(prompts, choices),
			...(first === null ? {} : { timings: timingsOf(first) }),
		});
	});
}

interface Asked {
	readonly request: CompletionsRequest;
	readonly model: ModelFile;
	readonly engine: Engine;
	readonly place: QueuePlace;
	readonly prompts: readonly Prompt[];
	readonly maxTokens: number;
	/** undefined: those of the model's load settings. */
	readonly adapters: LoraAdapter[] | undefined;
}

/** Generates every completion, as many at once as the engine computes together; `onText` receives them as they come. */
async function generate(
	context: ServerContext,
	{ request, model, engine, place, prompts, maxTokens, adapters }: Asked,
	signal: AbortSignal,
	onText?: (index: number, text: string) => void,
	onProgress: (words: () => string) => void = () => {},
	onEnd: (index: number, choice: Choice) => void = () => {},
): Promise<Choice[]> {
	const { echo, logprobs, n } = request;
	const { grammar } = grammarOf(request);
	const defaults = withRecommended(context.settings().sampling, model.recommendedSampling);
	const places = createSemaphore(engine.capabilities().parallelAnswers);
	const each = n ?? 1;

	async function choiceOf(prompt: Prompt, answer: number, index: number, either: AbortSignal): Promise<Choice> {
		const before = echo === true ? prompt.text : '';
		if (before !== '') onText?.(index, before);
		if (maxTokens === 0) return { text: before, logprobs: null, reason: 'length', result: null, completionTokens: 0 };
		const leave = await places.enter(either);
		either.throwIfAborted();
		try {
			// Raw: reasoning isn't separated from the text.
			const { text, result } = await answerServed(
				context,
				{
					model,
					place,
					turns: [],
					tokens: [...prompt.tokens],
					sampling: { ...samplingOf(request, defaults, answer), maxTokens },
					cacheKey: `completion-${model.id}`,
					...scoringOf({ ...request, logprobs: null, top_logprobs: null }, defaults),
					...(grammar === undefined ? {} : { grammar }),
					...withAdapters(adapters),
				},
				either,
				{ onProgress, ...(onText === undefined ? {} : { onText: (more: string) => onText(index, more) }) },
			);
			const scored =
				typeof logprobs === 'number'
					? (
							await score(
								engine,
								[[...prompt.tokens, ...result.tokenIds]],
								{ top: logprobs, next: false, adapters },
								either,
							)
						)[0]
					: undefined;
			return {
				text: before + text,
				logprobs:
					scored === undefined
						? null
						: logprobsOf(scored, {
								top: logprobs ?? 0,
								from: echo === true ? 0 : prompt.tokens.length,
								// What follows a stop string is not part of the text.
								to: result.stopReason === 'stop-string' ? lengthAt(scored, prompt.tokens.length) + text.length : null,
							}),
				reason: finishReason(result) === 'length' ? 'length' : 'stop',
				result,
				completionTokens: result.completionTokens,
			};
		} finally {
			leave?.();
		}
	}

	return await allOrNone(
		signal,
		prompts.flatMap((prompt, at) =>
			Array.from({ length: each }, (_, answer) => async (either: AbortSignal) => {
				const index = at * each + answer;
				const choice = await choiceOf(prompt, answer, index, either);
				onEnd(index, choice);
				return choice;
			}),
		),
	);
}

/** Returns the characters before a token. */
function lengthAt({ text, tokens }: ScoredPrompt, index: number): number {
	return tokens[index]?.offset ?? text.length;
}

/** Returns OpenAI's count of tokens. A prompt counts once, however many completions it has. */
function usageOf(prompts: readonly Prompt[], choices: readonly Choice[]) {
	const promptTokens = prompts.reduce((sum, { tokens }) => sum + tokens.length, 0);
	const completionTokens = choices.reduce((sum, choice) => sum + choice.completionTokens, 0);
	const cached = choices.reduce((sum, { result }) => sum + (result?.cachedTokens ?? 0), 0);
	return {
		prompt_tokens: promptTokens,
		completion_tokens: completionTokens,
		total_tokens: promptTokens + completionTokens,
		prompt_tokens_details: { cached_tokens: cached },
	};
}

async function stream(
	context: ServerContext,
	{ reply, ...asked }: Asked & { readonly reply: object },
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const events = openAnswerStream(response, 'openai');
	const chunk = (choices: readonly object[], more: object = {}): void => events.send({ ...reply, choices, ...more });
	const part = (index: number, text: string, reason: string | null) => ({
		index,
		text,
		logprobs: null,
		finish_reason: reason,
	});
	try {
		const choices = await generate(
			context,
			asked,
			signal,
			(index, text) => chunk([part(index, text, null)]),
			events.waitingFor,
			(index, { reason, result }) =>
				chunk([part(index, '', reason)], result === null ? {} : { timings: timingsOf(result) }),
		);
		if (asked.request.stream_options?.include_usage === true) chunk([], { usage: usageOf(asked.prompts, choices) });
		events.finish('data: [DONE]\n\n');
	} catch (error) {
		if (!signal.aborted) events.fail(error);
	}
}
