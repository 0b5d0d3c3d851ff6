import { availableParallelism } from 'node:os';
import type { Pooling } from '../../contract/embedding.ts';
import type { Capabilities, LoadOptions } from '../../contract/load.ts';
import type { Engine } from '../../engine.ts';
import { engineBuild } from '../../engine-build.ts';
import { onlyEmbeds } from '../../gguf/model-facts.ts';
import { readGgufFacts } from '../../gguf/read-gguf.ts';
import { createEmbedder } from '../../native/embedder.ts';
import type { NativeModel } from '../../native/model.ts';
import { vocabularyOf } from '../../prompt/vocabulary.ts';
import { tokenizerMethods } from '../engine-answers.ts';
import type { EngineHooks } from '../engine-hooks.ts';
import { refusedMethods, wrongKind } from '../not-a-language-model.ts';
import { createSemaphore } from '../semaphore.ts';

export type EmbeddingKind = 'embedding' | 'reranker';

/** Poolings by their numbers in a file (llama_pooling_type). */
const poolings: Readonly<Record<number, Pooling>> = { 1: 'mean', 2: 'cls', 3: 'last', 4: 'rank' };

/** Returns what a model is for. Its file is read again only if the model may be no language model. */
export async function kindOf(model: NativeModel): Promise<EmbeddingKind | 'model'> {
	const { architecture, path } = model.facts;
	if (!onlyEmbeds(architecture) && (model.numberOf('pooling_type') ?? 0) === 0) return 'model';
	const { kind } = await readGgufFacts(path);
	return kind === 'embedding' || kind === 'reranker' ? kind : 'model';
}

/** Returns how the file says that vectors are pooled; the mean, which most models take, if it says nothing. */
function poolingOf(model: NativeModel, kind: EmbeddingKind, hooks: EngineHooks): Pooling {
	if (kind === 'reranker') return 'rank';
	const pooling = poolings[model.numberOf('pooling_type') ?? 0];
	if (pooling !== undefined) return pooling;
	hooks.log('warn', `${model.facts.path} does not say how to pool its vectors: their mean is taken`);
	return 'mean';
}

/** Creates an engine for texts to vectors, or for rating documents. */
export function createLlamaEmbeddingEngine(
	model: NativeModel,
	kind: EmbeddingKind,
	{ threads: wanted, contextSize: wantedSize }: Pick<LoadOptions, 'threads' | 'contextSize'>,
	hooks: EngineHooks,
): Engine {
	const { library, pointer, facts } = model;
	const cores = availableParallelism();
	// Half the cores, because two threads on one core slow each other down, and because a search looks up its words while
	// its vector is computed. A reranker has the cores to itself.
	const threads = wanted === 'auto' ? Math.max(1, Math.ceil(cores / 2)) : Math.min(wanted, cores);
	const mayUseAll = kind === 'reranker' && wanted === 'auto' && model.gpuLayers === 0;
	const counts = mayUseAll ? [...new Set([cores, threads])] : [threads];
	const trained = facts.trainedContextLength;
	const contextSize = wantedSize === 'auto' ? trained : Math.min(wantedSize, trained);
	const pooling = poolingOf(model, kind, hooks);
	const embedder = createEmbedder(model, { pooling, threads: counts, contextSize });
	const vocabulary = vocabularyOf(model);
	const turn = createSemaphore(1);
	const [first] = library.gpus;
	const capabilities: Capabilities = {
		engineBuild,
		backend: first?.backend != null && model.gpuLayers > 0 ? first.backend : 'cpu',
		contextSize,
		trainedContextLength: trained,
		vocabularySize: facts.vocabularySize,
		parallelAnswers: 1,
		threads,
		threadTrials: [],
		chat: false,
		reasoning: false,
		embedding: {
			pooling,
			dimensions: pooling === 'rank' ? 1 : library.functions.llama_model_n_embd_out(pointer),
		},
		loadMs: process.uptime() * 1000,
		residentBytes: process.memoryUsage.rss(),
	};

	async function alone<Result>(work: () => Promise<Result>): Promise<Result> {
		const leave = await turn.enter();
		try {
			return await work();
		} finally {
			leave?.();
		}
	}

	return {
		capabilities: () => capabilities,
		...tokenizerMethods(vocabulary, null),
		...refusedMethods(kind),
		async embed({ inputs }) {
			if (kind === 'reranker') throw wrongKind(kind);
			return await alone(() => embedder.embed(inputs));
		},
		async rank(request) {
			if (kind === 'embedding') throw wrongKind(kind);
			return await alone(() => embedder.rank(request));
		},
		async stop() {
			await alone(async () => embedder.free());
			model.free();
		},
	};
}
