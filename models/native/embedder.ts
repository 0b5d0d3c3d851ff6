import type { Embeddings, ModelInput, Pooling, Ranking, RankRequest } from '../contract/embedding.ts';
import { onlyEmbeds } from '../gguf/model-facts.ts';
import { fileTypes } from '../gguf/tensor-types.ts';
import { base64Of, normalised } from '../vectors.ts';
import { paddedToTile, tile } from './attention-tiles.ts';
import { type ContextOptions, NativeContext } from './context.ts';
import { inputTooLong, tokenUnknown } from './input-failures.ts';
import type { NativeModel } from './model.ts';
import { notFiniteFailure } from './perplexity/token-scores.ts';
import { createThreadRace } from './thread-race.ts';

/** Size of the first context, tokens; a longer text gets a larger one. */
const usualTokens = 512;

/** Turns texts into vectors, or rates pairs of texts. One call at a time. */
export interface Embedder {
	/** Throws Failure `input-too-long`. */
	embed(inputs: readonly ModelInput[]): Promise<Embeddings>;
	/** Throws Failure `input-too-long`. */
	rank(request: RankRequest): Promise<Ranking>;
	free(): void;
}

interface EmbedderOptions {
	readonly pooling: Pooling;
	/** Counts to choose from, by how fast each proves to be; at least one. */
	readonly threads: readonly number[];
	/** The longest text, in tokens. */
	readonly contextSize: number;
}

/** Returns whether the file says that its weights are floating-point numbers. */
function isFloat(model: NativeModel): boolean {
	const type = model.meta('general.file_type');
	return type !== null && ['F32', 'F16', 'BF16'].includes(fileTypes[Number(type)] ?? '');
}

export function createEmbedder(model: NativeModel, { pooling, threads, contextSize }: EmbedderOptions): Embedder {
	const { functions } = model.library;
	const classes = functions.llama_model_n_cls_out(model.pointer);
	const isProbability = model.facts.architecture.startsWith('qwen3');
	const dimensions = pooling === 'rank' ? classes : functions.llama_model_n_embd_out(model.pointer);
	// Measured for encoders, on the processor. A tile must not have more positions than the model knows.
	const knowsTiles = onlyEmbeds(model.facts.architecture) && model.gpuLayers === 0 && contextSize >= tile;
	// Faster for short texts, with the same vectors to 10⁻⁶. Quantised weights multiply activations of 8 bits, whose rounding
	// turns the small difference into one of 0.0005: they keep llama-server's attention, and so its vectors.
	const shortAttention = isFloat(model) ? 'plain' : 'flash';
	const race = createThreadRace(threads);
	let context: NativeContext | null = null;
	/** For texts below a tile, with plain attention. */
	let shortContext: NativeContext | null = null;

	function openContext(
		batchSize: number,
		options: Pick<ContextOptions, 'flashAttention' | 'sequences'>,
	): NativeContext {
		return new NativeContext(model, {
			contextSize: batchSize,
			batchSize,
			microBatchSize: batchSize,
			threads: threads[0] ?? 1,
			pooling,
			...options,
		});
	}

	/** A text must be in one decode, so a longer one than before needs a larger context. */
	function contextFor(tokens: number): NativeContext {
		if (knowsTiles && shortAttention === 'plain' && tokens < tile) {
			shortContext ??= openContext(tile, { flashAttention: 'off' });
			return shortContext;
		}
		if (context !== null && context.batchSize >= tokens) return context;
		context?.free();
		context = null;
		let batchSize = usualTokens;
		while (batchSize < tokens) batchSize *= 2;
		// The text, and what fills its tile.
		context = openContext(batchSize, { sequences: knowsTiles ? 2 : 1 });
		return context;
	}

	/**
	 * Each text is decoded by itself: its vector then depends on no other text, which rounding in a shared decode would
	 * change by as much as 8-bit weights do, and several short texts together take as long. The padding of a tile is a
	 * separate sequence, so the text does not attend to it.
	 */
	async function compute(texts: readonly Int32Array[]): Promise<Float32Array[]> {
		for (const { length } of texts) if (length > contextSize) throw inputTooLong(length, contextSize);
		const vectors: Float32Array[] = [];
		for (const text of texts) {
			const length = knowsTiles ? paddedToTile(text.length, model.facts, shortAttention) : text.length;
			const into = contextFor(length);
			into.clear(false);
			for (const [position, token] of text.entries()) into.add(token, position, [0], true);
			for (let at = 0; at < length - text.length; at += 1) into.add(text[0]!, at, [1], true);
			const used = race.choose(length);
			into.setThreads(used);
			const started = performance.now();
			await into.decode();
			race.took(used, length, performance.now() - started);
			vectors.push(into.vectorOf(0, dimensions));
		}
		return vectors;
	}

	function tokensOf(input: ModelInput): Int32Array {
		if (typeof input === 'string') return model.tokenize(Buffer.from(input), true, true);
		const { vocabularySize } = model.facts;
		const foreign = input.find((token) => token >= vocabularySize);
		if (foreign !== undefined) throw tokenUnknown(foreign, vocabularySize);
		return Int32Array.from(input);
	}

	/** Lays out the query and a document as the model was trained. */
	function pairOf(query: string, document: string): Int32Array {
		const template = model.meta('tokenizer.chat_template.rerank');
		if (template !== null) {
			// In one pass: a query may contain the words of a place.
			const text = template.replaceAll(/\{(query|document)\}/g, (_, name) => (name === 'query' ? query : document));
			return model.tokenize(Buffer.from(text), false, true);
		}
		const { vocabulary } = model;
		const plain = (text: string): Int32Array => model.tokenize(Buffer.from(text), false);
		const separator = functions.llama_vocab_sep(vocabulary);
		const end = functions.llama_vocab_eos(vocabulary);
		const ending = functions.llama_vocab_get_add_eos(vocabulary) ? [end >= 0 ? end : separator] : [];
		const between = functions.llama_vocab_get_add_sep(vocabulary) ? [separator] : [];
		// BERT has no end token: a separator closes the document too, which llama-server leaves out.
		const closing = ending.length > 0 ? ending : between;
		const start = model.startToken === null ? [] : [model.startToken];
		return Int32Array.from([...start, ...plain(query), ...ending, ...between, ...plain(document), ...closing]);
	}

	return {
		async embed(inputs) {
			const texts = inputs.map(tokensOf);
			const vectors = await compute(texts);
			return {
				vectors: vectors.map((vector) => base64Of(normalised(vector))),
				dimensions,
				tokens: texts.map(({ length }) => length),
			};
		},
		async rank({ query, documents }) {
			const pairs = documents.map((document) => pairOf(query, document));
			const scores = await compute(pairs);
			if (scores.some(([score = 0]) => !Number.isFinite(score))) throw notFiniteFailure();
			return {
				// For Qwen3's rerankers, llama.cpp returns the probability of “yes”; for all others, a logit.
				scores: scores.map(([score = 0]) => (isProbability ? score : 1 / (1 + Math.exp(-score)))),
				tokens: pairs.map(({ length }) => length),
			};
		},
		free() {
			context?.free();
			shortContext?.free();
		},
	};
}
