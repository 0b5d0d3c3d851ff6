import type { ContextUsage, CountTokensRequest } from '../../contract/generation.ts';
import type { Capabilities, LoraAdapter } from '../../contract/load.ts';
import type { Engine } from '../../engine.ts';
import type { Vocabulary } from '../../prompt/vocabulary.ts';
import { Answer } from '../answer.ts';
import type { AnswerParts } from './answers/answer-parts.ts';
import { createAnswerSchedule } from './answers/answer-schedule.ts';

export interface LlamaEngineOptions extends AnswerParts {
	readonly vocabulary: Vocabulary;
	readonly capabilities: () => Capabilities;
	readonly measure: (request: CountTokensRequest) => ContextUsage;
	readonly setAdapters: (adapters: readonly LoraAdapter[]) => Promise<void>;
}

/** Creates an engine from a loaded model and one context. */
export function createLlamaEngine(options: LlamaEngineOptions): Engine {
	const { vocabulary, context } = options;
	const schedule = createAnswerSchedule(options);
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
			const stop = (): void => {
				answer.stop();
				schedule.stopped();
			};
			if (signal?.aborted) stop();
			else {
				signal?.addEventListener('abort', stop, { once: true });
				schedule.enter(answer);
			}
			try {
				yield* answer.events.read();
			} finally {
				signal?.removeEventListener('abort', stop);
				// The reader may have left early.
				if (!answer.ended) stop();
			}
		},
		prepare: ({ turns, cacheKey }) => schedule.prepare(cacheKey, () => options.buildPrompt(turns).tokens),
		setAdapters: (adapters) =>
			schedule.between(async (slots) => {
				await slots.save(true);
				await options.setAdapters(adapters);
				// Cached tokens were computed with the previous adapters.
				slots.clear();
			}),
		async stop() {
			await schedule.between((slots) => slots.save(true));
			schedule.close();
			context.free();
			context.model.free();
		},
	};
}
