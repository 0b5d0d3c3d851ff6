import type { LikelihoodResult, LikelihoodRow, LikelihoodTask, NativeProgressOf } from '../../contract/native.ts';
import { conditionsOf } from '../conditions.ts';
import { NativeContext } from '../context.ts';
import type { NativeLibrary } from '../library/open.ts';
import { NativeModel } from '../model.ts';
import { ScoreKernel } from '../score/kernel.ts';
import { notFinite } from '../score/scores.ts';
import { type EncodedRequest, encodeRequest } from './encode.ts';
import { cellsNeeded, type Pack, packRequests } from './pack.ts';

/** Tokens of one decode, and sequences in it; sequence 0 holds the shared prefix. */
const limits = { tokens: 512, sequences: 63 };
const prefixSequence = 0;

/** Which log-probability a row of logits gives: that of `token`, a part of one continuation. */
type Wanted = { row: number; continuation: number; token: number };

class Scorer {
	readonly #context: NativeContext;
	readonly #decode: (context: NativeContext) => Promise<void>;
	readonly #kernel: ScoreKernel;
	/** What sequence 0 holds. */
	#cached: Int32Array = new Int32Array(0);
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

	/** Brings sequence 0 to hold exactly `prefix`, computing only what it doesn't hold yet. */
	async #holdPrefix(prefix: Int32Array): Promise<void> {
		let common = 0;
		while (common < prefix.length && prefix[common] === this.#cached[common]) common += 1;
		if (common < this.#cached.length && !this.#context.removeFrom(prefixSequence, common)) {
			// Caches of recurrent models can't be cut.
			this.#context.removeFrom(prefixSequence, 0);
			common = 0;
		}
		for (let position = common; position < prefix.length; position += 1) {
			this.#context.add(prefix[position] ?? 0, position, [prefixSequence], false);
			if (this.#context.length === limits.tokens) await this.#flush();
		}
		if (this.#context.length > 0) await this.#flush();
		this.#cached = prefix;
	}

	/** Decodes a pack and hands every log-probability of its continuations to `take`. */
	async score(
		pack: Pack,
		take: (item: number, continuation: number, log: number, greedy: boolean) => void,
	): Promise<void> {
		if (pack.prefix.length > 0) await this.#holdPrefix(pack.prefix);
		const wanted: (Wanted & { item: number })[] = [];
		let row = 0;
		const drain = async (): Promise<void> => {
			await this.#flush();
			const logits = this.#context.logits(row);
			const width = this.#context.model.facts.vocabularySize;
			let computed = -1;
			let stats = { logSum: 0, top: 0 };
			for (const want of wanted.splice(0)) {
				if (want.row !== computed) {
					this.#kernel.copy(1, logits.subarray(want.row * width, (want.row + 1) * width), 1);
					stats = this.#kernel.stats(1, 0);
					computed = want.row;
				}
				const log = (logits[want.row * width + want.token] ?? Number.NaN) - stats.logSum;
				if (Number.isNaN(log)) throw notFinite();
				take(want.item, want.continuation, log, stats.top === want.token);
			}
			row = 0;
		};
		let sequence = prefixSequence + 1;
		for (const [item, { context, continuations }] of pack.items.entries()) {
			const sequences = continuations.map((_, index) => sequence + index);
			sequence += continuations.length;
			if (pack.prefix.length > 0) for (const to of sequences) this.#context.copySequence(prefixSequence, to);
			for (let position = pack.prefix.length; position < context.length; position += 1) {
				const isLast = position === context.length - 1;
				this.#context.add(context[position] ?? 0, position, sequences, isLast);
				if (isLast) {
					for (const [continuation, tokens] of continuations.entries()) {
						if (tokens[0] !== undefined) wanted.push({ item, row, continuation, token: tokens[0] });
					}
					row += 1;
				}
				if (this.#context.length === limits.tokens) await drain();
			}
			for (const [continuation, tokens] of continuations.entries()) {
				for (let index = 0; index < tokens.length - 1; index += 1) {
					const own = [sequences[continuation] ?? 0];
					this.#context.add(tokens[index] ?? 0, context.length + index, own, true);
					wanted.push({ item, row, continuation, token: tokens[index + 1] ?? 0 });
					row += 1;
					if (this.#context.length === limits.tokens) await drain();
				}
			}
		}
		if (this.#context.length > 0) await drain();
		for (let used = prefixSequence + 1; used < sequence; used += 1) this.#context.removeFrom(used, 0);
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
	/** Tokens that went through the model. */
	decodedTokens: number;
};

export type ScoreOptions = {
	/** Does work with an empty context of at least so many cells and exactly so many sequences, of 512 tokens a decode. */
	use: (cells: number, sequences: number, work: (context: NativeContext) => Promise<void>) => Promise<void>;
	/** Decodes, so that the caller may stop or wait between. */
	decode: (context: NativeContext) => Promise<void>;
	/** Rows that are finished, in order, since the last time. */
	onRows?: (rows: readonly LikelihoodRow[], done: number) => void;
};

/**
 * Log-likelihoods of encoded requests, from an empty cache. They are decoded together, and a prefix that they share goes
 * through the model once. Their order alone decides what is decoded together, so equal requests give equal bits.
 */
export async function scoreEncoded(
	encoded: readonly EncodedRequest[],
	{ use, decode, onRows }: ScoreOptions,
): Promise<LikelihoodScores> {
	const packs = packRequests(encoded, limits);
	const rows = encoded.map((request, index) => emptyRow(index, request));
	let decodedTokens = 0;
	let reported = 0;
	// llama.cpp clamps a batch to the context, and aborts where that is less than the sequences.
	const cells = Math.max(limits.tokens, cellsNeeded(packs));
	await use(cells, limits.sequences + 1, async (context) => {
		const scorer = new Scorer(context, decode);
		for (const [number, pack] of packs.entries()) {
			await scorer.score(pack, (item, continuation, log, greedy) => {
				const { index = 0, offset = 0 } = pack.items[item] ?? {};
				const row = rows[index];
				if (row === undefined) return;
				row.logLikelihoods[offset + continuation] = (row.logLikelihoods[offset + continuation] ?? 0) + log;
				if (!greedy) row.greedy[offset + continuation] = false;
			});
			// The last request of a pack may go on in the next one.
			const done = packs[number + 1]?.items[0]?.index ?? rows.length;
			onRows?.(rows.slice(reported, done), done);
			reported = done;
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
	const model = await NativeModel.load(library, task.model);
	const tokenizer = {
		encode: (text: string) => model.tokenize(Buffer.from(text, 'utf8'), false, task.parseSpecial),
		prefixToken: model.prefixToken,
		startToken: task.startToken ? model.startToken : null,
	};
	const contextLimit = task.contextSize ?? model.facts.trainedContextLength;
	const encoded = task.requests.map((request) => encodeRequest(tokenizer, request, contextLimit));
	const started = performance.now();
	const { rows, decodedTokens } = await scoreEncoded(encoded, {
		async use(cells, sequences, work) {
			const { threads } = task;
			const { tokens } = limits;
			await work(new NativeContext(model, { contextSize: cells, batchSize: tokens, threads, sequences }));
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
		conditions: conditionsOf(library, task.threads),
		elapsedMs: performance.now() - started,
	};
}
