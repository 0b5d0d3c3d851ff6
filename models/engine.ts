import { z } from 'zod';
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

/**
 * One loaded language model, wherever it runs: in a worker process, scripted in a test, or perhaps remote one day. Chat
 * and evaluation both use this interface, so both get the same template, samplers and seeds.
 */
export interface Engine {
	capabilities(): Capabilities;
	/** Tokenises plain text; special tokens in it are not parsed. */
	tokenize(text: string): Promise<number[]>;
	/**
	 * Applies the chat template to `turns`, shortened to fit the context if needed. Throws Failure `no-chat-template`,
	 * `prompt-too-long`.
	 */
	render(turns: readonly RequestTurn[]): Promise<RenderedPrompt>;
	/** Counts the tokens of turns, and what would be dropped. Throws Failure `no-chat-template`, `template-refused`. */
	countTokens(request: CountTokensRequest): Promise<ContextUsage>;
	/**
	 * Generates one answer. Ends with `done` (also after an abort, with stop reason `stopped`) or `failed`; never
	 * throws. Answers as many requests together as the engine computes at once; the others wait in order.
	 */
	generate(request: GenerateRequest, signal?: AbortSignal): AsyncIterable<GenerationEvent>;
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
	tokenize: { args: z.tuple([z.string()]), result: z.array(z.int()) },
	render: { args: z.tuple([z.array(requestTurnSchema)]), result: renderedPromptSchema },
	countTokens: { args: z.tuple([countTokensRequestSchema]), result: contextUsageSchema },
	generate: { args: z.tuple([generateRequestSchema]), event: generationEventSchema },
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
