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
 * One loaded language model, wherever it runs: in a worker process, scripted in a test, or remote one day.
 * Chat and evaluation both go through this interface, so both see the same template, samplers and seeds.
 */
export interface Engine {
	capabilities(): Capabilities;
	/** Tokens of plain text; nothing in it is read as a special token. */
	tokenize(text: string): Promise<number[]>;
	/** The chat template applied to `turns`, cut to the context if it must be. Throws Failure `no-chat-template`, `prompt-too-long`. */
	render(turns: readonly Turn[]): Promise<RenderedPrompt>;
	/** Counts what turns would take, and what of them would be left out. Throws Failure `no-chat-template`, `template-refused`. */
	countTokens(request: CountTokensRequest): Promise<ContextUsage>;
	/**
	 * Generates one answer. Ends with `done` (also after an abort, with stop reason `stopped`) or `failed`;
	 * it does not throw. As many requests as the engine computes at once are answered together, the others wait in order.
	 */
	generate(request: GenerateRequest, signal?: AbortSignal): AsyncIterable<GenerationEvent>;
	/**
	 * Somebody is about to go on with this conversation: what was kept of it on disk is read back, where nobody is being
	 * answered. Does not wait for it, and never fails.
	 */
	prepare(request: PrepareRequest): void;
	/**
	 * Puts these LoRA adapters on the weights in place of those before, between two answers. Throws Failure
	 * `adapter-unsuitable`; then those before stay.
	 */
	setAdapters(adapters: readonly LoraAdapter[]): Promise<void>;
	/** Frees the model. The engine answers nothing afterwards. */
	stop(): Promise<void>;
}
