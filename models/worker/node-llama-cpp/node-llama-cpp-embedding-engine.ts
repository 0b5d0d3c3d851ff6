import type { Llama, LlamaModel, Token } from 'node-llama-cpp';
import { nodeLlamaCppLimits } from '../../contract/engine-names.ts';
import type { FailureFacts } from '../../contract/failure.ts';
import type { Capabilities } from '../../contract/load.ts';
import type { Engine } from '../../engine.ts';
import { inputTooLong, tokenUnknown } from '../../native/input-failures.ts';
import type { Vocabulary } from '../../prompt/vocabulary.ts';
import { base64Of, normalised } from '../../vectors.ts';
import { tokenizerMethods } from '../engine-answers.ts';
import { reportWorking } from '../life-signs.ts';
import { refusedMethods, wrongKind } from '../not-a-language-model.ts';
import { createSemaphore } from '../semaphore.ts';

export interface EmbeddingModelFacts {
	readonly kind: 'embedding' | 'reranker';
	readonly build: string;
	/** Why the C API is not used; null if this engine was chosen. */
	readonly instead: FailureFacts | null;
	readonly threads: number;
	/** The longest text, in tokens. */
	readonly contextSize: number;
	readonly dimensions: number;
}

/** Creates an engine for texts to vectors, or for rating documents, one after the other. */
export async function openNodeLlamaCppEmbeddingEngine(
	{ llama, model }: { readonly llama: Llama; readonly model: LlamaModel },
	{ kind, build, instead, threads, contextSize, dimensions }: EmbeddingModelFacts,
	vocabulary: Vocabulary,
): Promise<Engine> {
	// It takes texts that are shorter than its context, all of them in one native call.
	const cells = contextSize + 1;
	const options = { contextSize: cells, batchSize: cells, threads, ignoreMemorySafetyChecks: true };
	const embedding = kind === 'embedding' ? await model.createEmbeddingContext(options) : null;
	const ranking = kind === 'reranker' ? await model.createRankingContext(options) : null;
	const turn = createSemaphore(1);
	const capabilities: Capabilities = {
		engineBuild: build,
		engine: 'node-llama-cpp',
		...(instead === null ? {} : { engineFailure: instead }),
		limits: [...nodeLlamaCppLimits],
		backend: llama.gpu === false ? 'cpu' : llama.gpu,
		contextSize,
		trainedContextLength: contextSize,
		vocabularySize: vocabulary.size,
		parallelAnswers: 1,
		threads,
		threadTrials: [],
		chat: false,
		reasoning: false,
		embedding: {
			pooling: kind === 'reranker' ? 'rank' : poolingOf(model),
			dimensions: ranking === null ? dimensions : 1,
		},
		loadMs: process.uptime() * 1000,
		residentBytes: process.memoryUsage.rss(),
	};

	/** Runs `work` alone; what comes later waits. */
	async function alone<Result>(work: () => Promise<Result>): Promise<Result> {
		const leave = await turn.enter();
		try {
			return await reportWorking(work);
		} finally {
			leave?.();
		}
	}

	return {
		capabilities: () => capabilities,
		...tokenizerMethods(vocabulary, null),
		...refusedMethods(kind),
		embed({ inputs }) {
			if (embedding === null) return Promise.reject(wrongKind(kind));
			return alone(async () => {
				const vectors: string[] = [];
				const tokens: number[] = [];
				for (const input of inputs) {
					const foreign = typeof input === 'string' ? undefined : input.find((token) => token >= vocabulary.size);
					if (foreign !== undefined) throw tokenUnknown(foreign, vocabulary.size);
					const text = typeof input === 'string' ? [...model.tokenize(input, true)] : (input as Token[]);
					const length = embedding.calculateInputLength([...text]);
					if (length > contextSize) throw inputTooLong(length, contextSize);
					// An empty list would give an empty vector; the model's own tokens around no text don't.
					const given = text.length === 0 ? ([...vocabulary.tokenize('', true, true)] as Token[]) : [...text];
					const { vector } = await embedding.getEmbeddingFor(given);
					vectors.push(base64Of(normalised(Float32Array.from(vector))));
					tokens.push(length);
				}
				return { vectors, dimensions, tokens };
			});
		},
		rank({ query, documents }) {
			if (ranking === null) return Promise.reject(wrongKind(kind));
			return alone(async () => {
				const scores: number[] = [];
				const tokens: number[] = [];
				for (const document of documents) {
					const length = model.tokenize(query).length + model.tokenize(document).length + 4;
					if (length > contextSize) throw inputTooLong(length, contextSize);
					scores.push(await ranking.rank(query, document));
					tokens.push(length);
				}
				return { scores, tokens };
			});
		},
		stop: () =>
			alone(async () => {
				await embedding?.dispose();
				await ranking?.dispose();
				await model.dispose();
			}),
	};
}

/** Returns the pooling in the file's own words; node-llama-cpp takes it from there. */
function poolingOf(model: LlamaModel): 'mean' | 'cls' | 'last' {
	const { architectureMetadata } = model.fileInfo;
	const number = (architectureMetadata as { readonly pooling_type?: number }).pooling_type;
	return number === 2 ? 'cls' : number === 3 ? 'last' : 'mean';
}
