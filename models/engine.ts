import { z } from 'zod';
import {
	type Embeddings,
	type EmbedRequest,
	embeddingsSchema,
	embedRequestSchema,
	type Ranking,
	type RankRequest,
	rankingSchema,
	rankRequestSchema,
} from './contract/embedding.ts';
import {
	type ContextUsage,
	type CountTokensRequest,
	contextUsageSchema,
	countTokensRequestSchema,
	type GenerateRequest,
	type GenerationEvent,
	generateRequestSchema,
	generationEventSchema,
	type PrepareRequest,
	prepareRequestSchema,
	type RenderedPrompt,
	type RequestTurn,
	renderedPromptSchema,
	requestTurnSchema,
} from './contract/generation.ts';
import { type Capabilities, type LoraAdapter, loraAdapterSchema } from './contract/load.ts';
import { type PromptScores, promptScoresSchema, type ScoreRequest, scoreRequestSchema } from './contract/scoring.ts';
import {
	type TokenizeOptions,
	type TokenizerFacts,
	tokenizeOptionsSchema,
	tokenizerFactsSchema,
} from './contract/tokenizer.ts';
import { type ToolUse, toolUseSchema } from './contract/tools.ts';

/**
 * One loaded language model, wherever it runs: in a worker process, scripted in a test, or perhaps remote one day. Chat
 * and evaluation both use this interface, so both get the same template, samplers and seeds.
 */
export interface Engine {
	capabilities(): Capabilities;
	/** Tokenises plain text, unless the options say otherwise. */
	tokenize(text: string, options?: TokenizeOptions): Promise<number[]>;
	/**
	 * Returns the text that each list of tokens adds to those before it, control tokens as their texts; bytes that are not
	 * UTF-8 become U+FFFD. Throws Failure `token-unknown`.
	 */
	detokenize(lists: readonly (readonly number[])[]): Promise<string[]>;
	tokenizer(): Promise<TokenizerFacts>;
	/**
	 * Applies the chat template to `turns` and the tools offered, shortened to fit the context if needed. Throws Failure `no-chat-template`,
	 * `prompt-too-long`.
	 */
	render(turns: readonly RequestTurn[], tools?: ToolUse): Promise<RenderedPrompt>;
	/** Counts the tokens of turns, and what would be dropped. Throws Failure `no-chat-template`, `template-refused`. */
	countTokens(request: CountTokensRequest): Promise<ContextUsage>;
	/**
	 * Generates one answer. Ends with `done` (also after an abort, with stop reason `stopped`) or `failed`; never
	 * throws. Answers as many requests together as the engine computes at once; the others wait in order.
	 */
	generate(request: GenerateRequest, signal?: AbortSignal): AsyncIterable<GenerationEvent>;
	/**
	 * Returns how likely the model finds each token of prompts after those before it, from the same arithmetic as
	 * `assay loglikelihood`. What prompts have in common at their start is computed once. Throws Failure `input-too-long`,
	 * `token-unknown`, `scoring-unavailable`.
	 */
	score(request: ScoreRequest): Promise<PromptScores>;
	/**
	 * Turns texts into vectors of length 1. Throws Failure `input-too-long`, `token-unknown`, `not-an-embedding-model`.
	 */
	embed(request: EmbedRequest): Promise<Embeddings>;
	/** Rates how well documents answer a query. Throws Failure `input-too-long`, `not-a-reranker`. */
	rank(request: RankRequest): Promise<Ranking>;
	/**
	 * Announces that this conversation is about to continue: the engine reads its saved state back from disk unless it
	 * is busy answering. Returns at once and never fails.
	 */
	prepare(request: PrepareRequest): void;
	/**
	 * Replaces the LoRA adapters on the weights, between two answers. Throws Failure `adapter-unsuitable`, and then
	 * keeps the previous ones.
	 */
	setAdapters(adapters: readonly LoraAdapter[]): Promise<void>;
	/** Frees the model. The engine is unusable afterwards. */
	stop(): Promise<void>;
}

/** Methods that reach the model's process. The host answers the others itself. */
type RemoteEngine = Omit<Engine, 'capabilities' | 'stop'>;

/** Schemas of a method, by what it returns: a stream, a promise, or nothing if no caller waits. */
type MethodSchema<Method> = Method extends (request: infer Request, signal?: AbortSignal) => AsyncIterable<infer Event>
	? { readonly args: z.ZodType<[Request]>; readonly event: z.ZodType<Event> }
	: Method extends (...args: infer Args) => Promise<infer Result>
		? { readonly args: z.ZodType<Args>; readonly result: z.ZodType<Result> }
		: Method extends (...args: infer Args) => void
			? { readonly args: z.ZodType<Args> }
			: never;

/**
 * All that host and worker know about the engine. They forward every method listed here and check it in both
 * directions. A missing method is a compile error.
 */
export const engineMethods: { readonly [Name in keyof RemoteEngine]: MethodSchema<RemoteEngine[Name]> } = {
	tokenize: { args: z.tuple([z.string(), tokenizeOptionsSchema.optional()]), result: z.array(z.int()) },
	detokenize: { args: z.tuple([z.array(z.array(z.int().min(0)))]), result: z.array(z.string()) },
	tokenizer: { args: z.tuple([]), result: tokenizerFactsSchema },
	render: { args: z.tuple([z.array(requestTurnSchema), toolUseSchema.optional()]), result: renderedPromptSchema },
	countTokens: { args: z.tuple([countTokensRequestSchema]), result: contextUsageSchema },
	generate: { args: z.tuple([generateRequestSchema]), event: generationEventSchema },
	score: { args: z.tuple([scoreRequestSchema]), result: promptScoresSchema },
	embed: { args: z.tuple([embedRequestSchema]), result: embeddingsSchema },
	rank: { args: z.tuple([rankRequestSchema]), result: rankingSchema },
	prepare: { args: z.tuple([prepareRequestSchema]) },
	setAdapters: { args: z.tuple([z.array(loraAdapterSchema)]), result: z.void() },
};

type NamesOf<Schema> = {
	[Name in keyof RemoteEngine]: MethodSchema<RemoteEngine[Name]> extends Schema ? Name : never;
}[keyof RemoteEngine];

/** Methods with one result. */
export type CallName = NamesOf<{ readonly result: unknown }>;
/** Methods without a result, which no caller waits for. */
export type NoticeName = Exclude<keyof RemoteEngine, CallName | NamesOf<{ readonly event: unknown }>>;

export interface EngineForwarding {
	call(name: CallName, args: readonly unknown[]): Promise<unknown>;
	notify(name: NoticeName, args: readonly unknown[]): void;
}

/** Implements every method except `generate` by forwarding its calls. */
export function forwardEngine(to: EngineForwarding): Pick<Engine, CallName | NoticeName> {
	const methods = Object.entries(engineMethods).flatMap(([name, schema]) => {
		if ('event' in schema) return [];
		const method =
			'result' in schema
				? (...args: readonly unknown[]) => to.call(name as CallName, args)
				: (...args: readonly unknown[]) => to.notify(name as NoticeName, args);
		return [[name, method] as const];
	});
	return Object.fromEntries(methods) as unknown as Pick<Engine, CallName | NoticeName>;
}

/** Calls a method by its name. `args` must have the method's types. */
export function callEngine(engine: Engine, name: CallName, args: readonly unknown[]): Promise<unknown>;
export function callEngine(engine: Engine, name: NoticeName, args: readonly unknown[]): void;
export function callEngine(engine: Engine, name: string, args: readonly unknown[]): unknown {
	const methods = engine as unknown as Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;
	return methods[name]?.(...args);
}
