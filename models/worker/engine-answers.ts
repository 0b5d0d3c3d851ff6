import type { ContextUsage, CountTokensRequest, GenerateRequest } from '../contract/generation.ts';
import type { Capabilities, LoraAdapter } from '../contract/load.ts';
import type { Engine } from '../engine.ts';
import type { Vocabulary } from '../prompt/vocabulary.ts';
import { Answer, type AnswerSource } from './answer.ts';

/** What every engine on a loaded model is made of. */
export interface EngineParts<Sampler extends { free(): void }> extends AnswerSource<Sampler> {
	readonly vocabulary: Vocabulary;
	readonly capabilities: () => Capabilities;
	readonly measure: (request: CountTokensRequest) => ContextUsage;
	readonly setAdapters: (adapters: readonly LoraAdapter[]) => Promise<void>;
}

/** The methods that need the vocabulary and the chat template only. */
export function textMethods({
	vocabulary,
	capabilities,
	measure,
	buildPrompt,
}: EngineParts<{ free(): void }>): Pick<Engine, 'capabilities' | 'tokenize' | 'render' | 'countTokens'> {
	return {
		capabilities,
		tokenize: async (text) => [...vocabulary.tokenize(text, false)],
		async render(turns) {
			const { tokens, droppedTurns } = buildPrompt(turns);
			return { tokens: [...tokens], text: vocabulary.detokenize(tokens), droppedTurns };
		},
		countTokens: async (request) => measure(request),
	};
}

/**
 * Yields the events of an answer, which `enter` begins or queues. `stopped` is called after a stop, also where the
 * reader leaves early.
 */
export async function* readAnswer<Sampler extends { free(): void }>(
	source: AnswerSource<Sampler>,
	{ request, signal }: { readonly request: GenerateRequest; readonly signal: AbortSignal | undefined },
	enter: (answer: Answer<Sampler>) => void,
	stopped: () => void = () => {},
): ReturnType<Engine['generate']> {
	const answer = new Answer(source, request);
	const stop = (): void => {
		answer.stop();
		stopped();
	};
	if (signal?.aborted) stop();
	else {
		signal?.addEventListener('abort', stop, { once: true });
		enter(answer);
	}
	try {
		yield* answer.events.read();
	} finally {
		signal?.removeEventListener('abort', stop);
		// The reader may have left early.
		if (!answer.ended) stop();
	}
}
