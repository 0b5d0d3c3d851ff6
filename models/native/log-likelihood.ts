import type { LikelihoodResult, LikelihoodRow, LikelihoodTask, NativeProgressOf } from '../contract/native/tasks.ts';
import { commonPrefixLength } from '../prompt/common-prefix.ts';
import { nextSlice, tile } from './attention-tiles.ts';
import { conditionsOf } from './conditions.ts';
import { NativeContext } from './context.ts';
import { chooseOffload } from './gpu-offload.ts';
import type { NativeLibrary } from './libllama/open-library.ts';
import { type EncodedRequest, encodeRequest } from './log-likelihood-encoding.ts';
import { NativeModel } from './model.ts';
import { ScoreKernel } from './perplexity/kernel.ts';
import { notFiniteFailure } from './perplexity/token-scores.ts';

/** Tokens of one decode, as in a chat, and sequences; sequence 0 holds the prefix that requests share. */
export const scoringLimits = { tokens: 576, sequences: 63 };
const heldSequence = 0;

/** The log-probability to read from a row of logits: that of `token`, which is part of one continuation. */
type Wanted = { row: number; continuation: number; token: number };

/** One token to decode, and what to read from its logits. */
type Fed = { token: number; position: number; sequences: readonly number[]; wanted: readonly Omit<Wanted, 'row'>[] };

/** Returns the tokens of a step after the first `held`, with the tokens that they predict. */
function feed({ context, continuations, held }: ScoringStep): Fed[] {
	const sequences = continuations.map((_, index) => heldSequence + 1 + index);
	const fed: Fed[] = [];
	for (let position = held; position < context.length; position += 1) {
		const wanted =
			position < context.length - 1
				? []
				: continuations.flatMap(([token], continuation) => (token === undefined ? [] : [{ continuation, token }]));
		fed.push({ token: context[position]!, position, sequences, wanted });
	}
	for (const [continuation, tokens] of continuations.entries()) {
		const own = [sequences[continuation]!];
		for (let index = 0; index < tokens.length - 1; index += 1) {
			const wanted = [{ continuation, token: tokens[index + 1]! }];
			fed.push({ token: tokens[index]!, position: context.length + index, sequences: own, wanted });
		}
	}
	return fed;
}

class Scorer {
	readonly #context: NativeContext;
	readonly #decode: (context: NativeContext) => Promise<void>;
	readonly #kernel: ScoreKernel;
	/** Contents of sequence 0. */
	#held: Int32Array = new Int32Array(0);
	decodedTokens = 0;

	constructor(context: NativeContext, decode: (context: NativeContext) => Promise<void>) {
		this.#context = context;
		this.#decode = decode;
		this.#kernel = new ScoreKernel(context.model.facts.vocabularySize, 1, false);
	}

	async #flush(): Promise<void> {
		this.decodedTokens += this.#context.length;
		await this.#decode(this.#context);
	}

	/** Makes sequence 0 hold exactly `tokens`, computing only the missing ones. */
	async #hold(tokens: Int32Array): Promise<void> {
		let position = commonPrefixLength(this.#held, tokens);
		// Caches of recurrent models can't be truncated.
		const cut = position === this.#held.length || (position > 0 && this.#context.removeFrom(heldSequence, position));
		if (!cut) {
			this.#context.removeFrom(heldSequence, 0);
			position = 0;
		}
		const sequences = [heldSequence];
		while (position < tokens.length) {
			const end = position + nextSlice(tokens.length - position, scoringLimits.tokens);
			for (; position < end; position += 1) this.#context.add(tokens[position]!, position, sequences, false);
			await this.#flush();
		}
		this.#held = tokens;
	}

	/** Reads the wanted values from the last decode. */
	#read(wanted: readonly Wanted[], take: (continuation: number, log: number, greedy: boolean) => void): void {
		if (wanted.length === 0) return;
		const logits = this.#context.logits((wanted.at(-1)?.row ?? 0) + 1);
		const width = this.#context.model.facts.vocabularySize;
		let computed = -1;
		let stats = { logSum: 0, top: 0 };
		for (const { row, continuation, token } of wanted) {
			if (row !== computed) {
				this.#kernel.copy(1, logits.subarray(row * width, (row + 1) * width), 1);
				stats = this.#kernel.stats(1, 0);
				computed = row;
			}
			const log = (logits[row * width + token] ?? Number.NaN) - stats.logSum;
			if (Number.isNaN(log)) throw notFiniteFailure();
			take(continuation, log, stats.top === token);
		}
	}

	/** Decodes a step and passes every log-probability of its continuations to `take`. */
	async score(step: ScoringStep, take: (continuation: number, log: number, greedy: boolean) => void): Promise<void> {
		await this.#hold(step.context.subarray(0, step.held));
		const own = step.continuations.map((_, index) => heldSequence + 1 + index);
		if (step.held > 0) for (const sequence of own) this.#context.copySequence(heldSequence, sequence);
		const fed = feed(step);
		for (let at = 0; at < fed.length; ) {
			const wanted: Wanted[] = [];
			let row = 0;
			const end = at + nextSlice(fed.length - at, scoringLimits.tokens);
			for (const { token, position, sequences, wanted: asked } of fed.slice(at, end)) {
				this.#context.add(token, position, sequences, asked.length > 0);
				for (const one of asked) wanted.push({ ...one, row });
				if (asked.length > 0) row += 1;
			}
			await this.#flush();
			this.#read(wanted, take);
			at = end;
		}
		for (const sequence of own) this.#context.removeFrom(sequence, 0);
	}
}

function emptyRow(index: number, { context, continuations, truncated }: EncodedRequest): LikelihoodRow {
	return {
		index,
		logLikelihoods: continuations.map(() => 0),
		greedy: continuations.map(() => true),
		tokens: continuations.map((tokens) => tokens.length),
		contextTokens: context.length,
		truncated,
	};
}

export type LikelihoodScores = {
	rows: LikelihoodRow[];
	/** Tokens decoded. */
	decodedTokens: number;
};

export type ScoreOptions = {
	/**
	 * Runs work with an empty context of at least so many cells and tokens per decode, and exactly so many sequences.
	 */
	withContext: (
		needs: { cells: number; sequences: number; batchSize: number },
		work: (context: NativeContext) => Promise<void>,
	) => Promise<void>;
	/** Decodes; the caller may stop or pause between decodes. */
	decode: (context: NativeContext) => Promise<void>;
	/** Receives the rows finished since the last call, in order. */
	onRows?: (rows: readonly LikelihoodRow[], done: number) => void;
};

/**
 * Computes log-likelihoods of encoded requests, starting with an empty cache. A prefix that requests share is decoded
 * once; each request gets bit for bit the numbers that it would get alone.
 */
export async function scoreEncoded(
	encoded: readonly EncodedRequest[],
	{ withContext, decode, onRows }: ScoreOptions,
): Promise<LikelihoodScores> {
	const steps = planSteps(encoded, scoringLimits.sequences);
	const rows = encoded.map((request, index) => emptyRow(index, request));
	const needed = steps.reduce((most, step) => Math.max(most, stepTokens(step)), 0);
	// llama.cpp limits a batch to the context, and aborts if that is less than the number of sequences.
	const needs = {
		cells: Math.max(scoringLimits.tokens, needed),
		sequences: scoringLimits.sequences + 1,
		batchSize: scoringLimits.tokens,
	};
	let decodedTokens = 0;
	await withContext(needs, async (context) => {
		const scorer = new Scorer(context, decode);
		for (const [number, step] of steps.entries()) {
			const row = rows[step.index]!;
			await scorer.score(step, (continuation, log, greedy) => {
				const at = step.offset + continuation;
				row.logLikelihoods[at] = (row.logLikelihoods[at] ?? 0) + log;
				if (!greedy) row.greedy[at] = false;
			});
			// The last request may continue in the next step.
			if (steps[number + 1]?.index !== step.index) onRows?.([row], step.index + 1);
		}
		decodedTokens = scorer.decodedTokens;
	});
	return { rows, decodedTokens };
}

/** Loads a model and scores requests with it. Checks `signal` between decodes and throws its reason. */
export async function scoreLikelihoods(
	library: NativeLibrary,
	task: LikelihoodTask,
	onProgress: (progress: NativeProgressOf<'loglikelihood'>) => void,
	signal?: AbortSignal,
): Promise<LikelihoodResult> {
	const { layers } = await chooseOffload(library, task.model, {
		gpuLayers: task.gpuLayers,
		contextSize: task.contextSize ?? 'auto',
		batchSize: scoringLimits.tokens,
	});
	const model = await NativeModel.load(library, task.model, { gpuLayers: layers, adapters: task.adapters });
	const tokenizer = {
		encode: (text: string) => model.tokenize(Buffer.from(text, 'utf8'), false, task.parseSpecial),
		prefixToken: model.prefixToken,
		startToken: task.startToken ? model.startToken : null,
	};
	const contextLimit = task.contextSize ?? model.facts.trainedContextLength;
	const encoded = task.requests.map((request) => encodeRequest(tokenizer, request, contextLimit));
	const started = performance.now();
	const { rows, decodedTokens } = await scoreEncoded(encoded, {
		async withContext({ cells, ...needs }, work) {
			const context = new NativeContext(model, {
				...needs,
				contextSize: cells,
				microBatchSize: needs.batchSize,
				threads: task.threads,
			});
			await work(context);
			context.free();
		},
		async decode(context) {
			signal?.throwIfAborted();
			await context.decode();
		},
		onRows(finished, done) {
			const elapsed = performance.now() - started;
			const remainingMs = done === 0 ? 0 : (elapsed / done) * (encoded.length - done);
			onProgress({ rows: [...finished], done, total: encoded.length, remainingMs });
		},
	});
	return {
		rows,
		model: model.facts,
		decodedTokens,
		tokensWithoutReuse: encoded.reduce(
			(sum, request) =>
				sum +
				request.continuations.reduce((own, tokens) => own + request.context.length + Math.max(0, tokens.length - 1), 0),
			0,
		),
		conditions: conditionsOf(library, task.threads, model.gpuLayers),
		elapsedMs: performance.now() - started,
	};
}

/** A request, or as many of its continuations as a context has sequences for. */
type ScoringStep = {
	/** Index of the request. */
	index: number;
	/** Index of its first continuation in this step. */
	offset: number;
	context: Int32Array;
	continuations: readonly Int32Array[];
	/** Context tokens computed once for this and other requests: whole tiles. */
	held: number;
};

/** Returns the tokens decoded for a step if nothing is held; the last token of a continuation never is. */
export function stepTokens({ context, continuations }: Pick<ScoringStep, 'context' | 'continuations'>): number {
	return continuations.reduce((sum, tokens) => sum + Math.max(0, tokens.length - 1), context.length);
}

/**
 * Plans the requests in order, one step after another. The prefix that a context shares with its neighbour (few-shot
 * examples, a system prompt) stays in the cache, in whole tiles and leaving at least one tile to compute: then every
 * token comes out as if its request were scored alone, to the last bit. Decoding several requests together would save
 * next to nothing, because a single request is long enough to keep the CPU busy, and the numbers of one would depend on
 * its neighbours, by a quarter of a nat on a 4-bit model.
 */
export function planSteps(requests: readonly EncodedRequest[], sequences: number): ScoringStep[] {
	const steps = requests.flatMap(({ context, continuations }, index) => {
		const parts: ScoringStep[] = [];
		for (let offset = 0; offset < continuations.length; offset += sequences) {
			parts.push({ index, offset, context, continuations: continuations.slice(offset, offset + sequences), held: 0 });
		}
		return parts;
	});
	for (const [number, step] of steps.entries()) {
		const { context } = step;
		const before = steps[number - 1];
		const after = steps[number + 1];
		const shared = Math.max(
			before === undefined ? 0 : commonPrefixLength(before.context.subarray(0, before.held), context),
			after === undefined ? 0 : commonPrefixLength(after.context, context),
		);
		// The last token of a context is never held because its logits are needed.
		const most = Math.min(shared, context.length - 1, stepTokens(step) - tile);
		step.held = Math.max(0, Math.floor(most / tile) * tile);
	}
	return steps;
}
