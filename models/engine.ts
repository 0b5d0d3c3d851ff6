import type {
	ContextUsage,
	CountTokensRequest,
	GenerateRequest,
	GenerationEvent,
	PrepareRequest,
	RenderedPrompt,
	Turn,
} from './contract/generation.ts';
import type { Capabilities, LoraAdapter } from './contract/load.ts';

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
	render(turns: readonly Turn[]): Promise<RenderedPrompt>;
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
