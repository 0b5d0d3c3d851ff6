import type { ContextUsage, CountTokensRequest } from '../../contract/generation.ts';
import type { Capabilities, LoraAdapter } from '../../contract/load.ts';
import type { Engine } from '../../engine.ts';
import type { Vocabulary } from '../../prompt/vocabulary.ts';
import { Answer, type AnswerSource } from '../answer.ts';
import { reportWorking } from '../life-signs.ts';
import { createSemaphore } from '../semaphore.ts';
import type { Decoder } from './decoder.ts';
import type { AnswerSampler } from './sampling.ts';

export interface NodeLlamaCppEngineOptions extends AnswerSource<AnswerSampler> {
	readonly vocabulary: Vocabulary;
	readonly decoder: Decoder;
	readonly capabilities: () => Capabilities;
	readonly measure: (request: CountTokensRequest) => ContextUsage;
	readonly setAdapters: (adapters: readonly LoraAdapter[]) => Promise<void>;
	/** Frees the model. */
	readonly free: () => Promise<void>;
}

/** Creates an engine that computes one answer after the other. */
export function createNodeLlamaCppEngine(options: NodeLlamaCppEngineOptions): Engine {
	const { vocabulary, decoder } = options;
	const turn = createSemaphore(1);

	/** Runs `work` alone; what comes later waits. */
	async function alone(work: () => Promise<void>): Promise<void> {
		const leave = await turn.enter();
		try {
			await reportWorking(work);
		} finally {
			leave?.();
		}
	}

	async function compute(answer: Answer<AnswerSampler>): Promise<void> {
		if (turn.isFull()) answer.wait();
		await alone(async () => {
			// It may have been stopped while it waited.
			if (!answer.ended) await decoder.decode(answer);
			answer.free();
		});
	}

	return {
		capabilities: options.capabilities,
		tokenize: async (text) => [...vocabulary.tokenize(text, false)],
		async render(turns) {
			const { tokens, droppedTurns } = options.buildPrompt(turns);
			return { tokens: [...tokens], text: vocabulary.detokenize(tokens), droppedTurns };
		},
		countTokens: async (request) => options.measure(request),
		async *generate(request, signal) {
			const answer = new Answer(options, request);
			const stop = (): void => answer.stop();
			if (signal?.aborted) stop();
			else {
				signal?.addEventListener('abort', stop, { once: true });
				void compute(answer);
			}
			try {
				yield* answer.events.read();
			} finally {
				signal?.removeEventListener('abort', stop);
				// The reader may have left early.
				if (!answer.ended) stop();
			}
		},
		// No states are kept on disk.
		prepare() {},
		setAdapters: (adapters) =>
			alone(async () => {
				await options.setAdapters(adapters);
				decoder.clear();
			}),
		stop: () => alone(options.free),
	};
}
