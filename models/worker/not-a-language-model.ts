import { Failure, type FailureFacts } from '../contract/failure.ts';
import { said } from '../contract/said.ts';
import type { Engine } from '../engine.ts';

type Kind = 'embedding' | 'reranker';

function notALanguageModel(kind: Kind): Failure {
	return new Failure({
		code: 'not-a-language-model',
		message:
			kind === 'embedding'
				? said`This is an embedding model: it turns texts into vectors and can’t write.`
				: said`This is a reranker: it rates documents and can’t write.`,
		next: [said`Choose a language model`],
	});
}

/** The methods that only a language model has, refused. */
export function refusedMethods(
	kind: Kind,
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
export function wrongKind(kind: Kind): Failure {
	return new Failure(
		kind === 'embedding'
			? {
					code: 'not-a-reranker',
					message: said`This is an embedding model: it does not rate documents itself.`,
					next: [said`Choose a reranker, for example bge-reranker`, said`Compare the vectors of query and documents`],
				}
			: {
					code: 'not-an-embedding-model',
					message: said`This is a reranker: it rates documents and gives no vectors.`,
					next: [said`Choose an embedding model, for example all-MiniLM or nomic-embed-text`],
				},
	);
}
