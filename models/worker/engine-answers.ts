import { Failure } from '../contract/failure.ts';
import type { ContextUsage, CountTokensRequest, GenerateRequest } from '../contract/generation.ts';
import type { Capabilities } from '../contract/load.ts';
import { said } from '../contract/said.ts';
import type { Engine } from '../engine.ts';
import { tokenUnknown } from '../native/input-failures.ts';
import type { Vocabulary } from '../prompt/vocabulary.ts';
import { Answer, type AnswerSource } from './answer.ts';

/** What every engine on a loaded model is made of. */
export interface EngineParts<Sampler extends { free(): void }> extends AnswerSource<Sampler> {
	readonly vocabulary: Vocabulary;
	readonly capabilities: () => Capabilities;
	readonly countTokens: (request: CountTokensRequest) => ContextUsage;
	/** null: a base model. */
	readonly chatTemplate: string | null;
}

type TextMethods = Pick<Engine, 'capabilities' | 'tokenize' | 'detokenize' | 'tokenizer'>;

/** The methods that need the vocabulary only. */
export function tokenizerMethods(
	vocabulary: Vocabulary,
	chatTemplate: string | null,
): Omit<TextMethods, 'capabilities'> {
	return {
		async tokenize(text, { addSpecial = false, parseSpecial = false } = {}) {
			const tokens = [...vocabulary.tokenize(text, parseSpecial, addSpecial)];
			const [first, second] = tokens;
			// A text that begins with the start token needs no second one.
			return addSpecial && first === second && first === vocabulary.startToken ? tokens.slice(1) : tokens;
		},
		async detokenize(lists) {
			const foreign = lists.flat().find((token) => token >= vocabulary.size);
			if (foreign !== undefined) throw tokenUnknown(foreign, vocabulary.size);
			return lists.map((tokens) => (tokens.length === 0 ? '' : vocabulary.detokenize(tokens)));
		},
		async tokenizer() {
			const { bosToken, eosToken, startToken, size } = vocabulary;
			return {
				startText: bosToken,
				endText: eosToken,
				addsStart: startToken !== null,
				vocabularySize: size,
				chatTemplate,
			};
		},
	};
}

/** The methods that need the vocabulary and the chat template only. */
export function textMethods({
	vocabulary,
	capabilities,
	countTokens,
	buildPrompt,
	chatTemplate,
}: EngineParts<{ free(): void }>): TextMethods & Pick<Engine, 'render' | 'countTokens' | 'embed' | 'rank'> {
	return {
		capabilities,
		...tokenizerMethods(vocabulary, chatTemplate),
		async embed() {
			throw new Failure({
				code: 'not-an-embedding-model',
				message: said`This is a language model: it was not trained to turn texts into vectors.`,
				next: [said`Choose an embedding model, for example all-MiniLM or nomic-embed-text`],
			});
		},
		async rank() {
			throw new Failure({
				code: 'not-a-reranker',
				message: said`This is a language model: it was not trained to rate documents.`,
				next: [said`Choose a reranker, for example bge-reranker`, said`Choose an embedding model`],
			});
		},
		async render(turns, tools) {
			const { tokens, droppedTurns } = buildPrompt(turns, undefined, tools);
			return { tokens: [...tokens], text: vocabulary.detokenize(tokens), droppedTurns };
		},
		countTokens: async (request) => countTokens(request),
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
