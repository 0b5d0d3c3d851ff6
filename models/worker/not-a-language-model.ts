import { Failure, type FailureFacts } from '../contract/failure.ts';
import type { Engine } from '../engine.ts';

const words = {
	embedding: 'an embedding model: it turns texts into vectors',
	reranker: 'a reranker: it rates how well documents answer a query',
} as const;

function notALanguageModel(kind: keyof typeof words): Failure {
	return new Failure({
		code: 'not-a-language-model',
		message: `This is ${words[kind]}. It can't write.`,
		next: ['Choose a language model'],
	});
}

/** The methods that only a language model has, refused. */
export function refusedMethods(
	kind: keyof typeof words,
): Pick<Engine, 'render' | 'countTokens' | 'score' | 'generate' | 'prepare' | 'setAdapters'> {
	const refuse = async (): Promise<never> => {
		throw notALanguageModel(kind);
	};
	return {
		render: refuse,
		countTokens: refuse,
		score: refuse,
		async *generate() {
			yield { type: 'failed', failure: notALanguageModel(kind).facts() satisfies FailureFacts };
		},
		prepare() {},
		async setAdapters(adapters) {
			if (adapters.length > 0) await refuse();
		},
	};
}

/** Explains that a file of the other kind was asked. */
export function wrongKind(kind: keyof typeof words): Failure {
	return new Failure(
		kind === 'embedding'
			? {
					code: 'not-a-reranker',
					message: 'This is an embedding model: it does not rate documents itself.',
					next: ['Choose a reranker, for example bge-reranker', 'Compare the vectors of query and documents'],
				}
			: {
					code: 'not-an-embedding-model',
					message: 'This is a reranker: it rates documents and gives no vectors.',
					next: ['Choose an embedding model, for example all-MiniLM or nomic-embed-text'],
				},
	);
}
