import { Failure } from '../../contract/failure.ts';
import type { ChunkResult, PerplexityTask } from '../../contract/native/tasks.ts';
import { said } from '../../contract/said.ts';
import { codeRow, compareCoded } from './base-file-rounding.ts';
import type { ChunkPlan } from './chunks.ts';
import { estimateDivergence, type KeptRow, type StoreShape } from './kept-distribution.ts';
import type { RowStats, ScoreKernel } from './kernel.ts';
import type { ComparedTokens } from './statistics.ts';

/** Indices of the kernel's blocks. */
export const referenceBlock = 0;
export const testedBlock = 1;

/** Creates the failure for logits that are NaN. */
export function notFiniteFailure(): Failure {
	return new Failure({
		code: 'scores-not-finite',
		message: said`The model gave scores that are not numbers, so its weights are damaged or its type overflows on this text.`,
		next: [said`Download the file again`, said`Choose another quantisation`],
	});
}

/**
 * Computes the KL divergence if a logit is minus infinity, which the kernel's differences can't represent: a token
 * without probability in the reference adds nothing.
 */
function divergenceWithInfinities(
	base: Float32Array,
	tested: Float32Array,
	stats: { base: RowStats; tested: RowStats },
): number {
	let sum = 0;
	for (let token = 0; token < base.length; token += 1) {
		const log = (base[token] ?? 0) - stats.base.logSum;
		if (log !== Number.NEGATIVE_INFINITY) sum += Math.exp(log) * (log - ((tested[token] ?? 0) - stats.tested.logSum));
	}
	return sum;
}

/** Collects one value per scored token, chunk after chunk. */
export class TokenScores {
	readonly #plan: ChunkPlan;
	readonly #kernel: ScoreKernel;
	readonly #compares: boolean;
	readonly #rounding: PerplexityTask['rounding'];
	readonly #codes: Uint16Array;
	readonly tokens: ComparedTokens;
	readonly chunks: ChunkResult[] = [];
	#count = 0;

	constructor(plan: ChunkPlan, kernel: ScoreKernel, compares: boolean, rounding: PerplexityTask['rounding']) {
		const count = plan.chunks * plan.scored;
		const compared = compares ? count : 0;
		this.#plan = plan;
		this.#kernel = kernel;
		this.#compares = compares;
		this.#rounding = rounding;
		this.#codes = new Uint16Array(rounding === 'exact' ? 0 : kernel.vocabulary);
		this.tokens = {
			negativeLogs: new Float64Array(count),
			baseNegativeLogs: new Float64Array(compared),
			divergences: new Float64Array(compared),
			deltas: new Float64Array(compared),
			sameTop: new Uint8Array(compared),
		};
	}

	/** Scores the rows in the kernel; the first has position `firstOutput` in the chunk. */
	add(chunkTokens: Int32Array, firstOutput: number, rows: number): void {
		for (let row = 0; row < rows; row += 1) {
			const token = chunkTokens[firstOutput + row + 1];
			// The last row would score the first token of the next chunk.
			if (token === undefined) break;
			if (!this.#compares) this.#addOne(row, token);
			else if (this.#rounding === 'exact') this.#addExact(row, token);
			else this.#addCoded(row, token);
			if (!Number.isFinite(this.tokens.negativeLogs[this.#count])) throw notFiniteFailure();
			this.#count += 1;
		}
	}

	/** Scores the rows against stored distributions of the reference, one `kept` per row. */
	addAgainst(chunkTokens: Int32Array, firstOutput: number, kept: Iterable<KeptRow>, shape: StoreShape): void {
		let row = 0;
		for (const base of kept) {
			const token = chunkTokens[firstOutput + row + 1] ?? 0;
			const at = this.#count;
			const { logSum, top } = this.#kernel.stats(testedBlock, row);
			const logits = this.#kernel.row(testedBlock, row);
			const negativeLog = logSum - (logits[token] ?? Number.NaN);
			if (!Number.isFinite(negativeLog)) throw notFiniteFailure();
			this.tokens.negativeLogs[at] = negativeLog;
			this.tokens.baseNegativeLogs[at] = base.negativeLog;
			this.tokens.divergences[at] = estimateDivergence(base, shape, { logits, logSum });
			this.tokens.deltas[at] = Math.exp(-negativeLog) - Math.exp(-base.negativeLog);
			this.tokens.sameTop[at] = base.top === top ? 1 : 0;
			this.#count += 1;
			row += 1;
		}
	}

	#addOne(row: number, token: number): void {
		const { logSum } = this.#kernel.stats(testedBlock, row);
		this.tokens.negativeLogs[this.#count] = logSum - (this.#kernel.row(testedBlock, row)[token] ?? Number.NaN);
	}

	#addExact(row: number, token: number): void {
		const at = this.#count;
		const { base, tested, divergence } = this.#kernel.divergence(row);
		const baseRow = this.#kernel.row(referenceBlock, row);
		const testedRow = this.#kernel.row(testedBlock, row);
		const negativeLog = tested.logSum - (testedRow[token] ?? Number.NaN);
		const baseNegativeLog = base.logSum - (baseRow[token] ?? Number.NaN);
		this.tokens.negativeLogs[at] = negativeLog;
		this.tokens.baseNegativeLogs[at] = baseNegativeLog;
		this.tokens.divergences[at] = Number.isFinite(divergence)
			? divergence
			: divergenceWithInfinities(baseRow, testedRow, { base, tested });
		this.tokens.deltas[at] = Math.exp(-negativeLog) - Math.exp(-baseNegativeLog);
		this.tokens.sameTop[at] = base.top === tested.top ? 1 : 0;
	}

	#addCoded(row: number, token: number): void {
		const at = this.#count;
		const base = this.#kernel.stats(referenceBlock, row);
		const tested = this.#kernel.stats(testedBlock, row);
		const coded = codeRow(this.#kernel.row(referenceBlock, row), base.max, Math.log(base.sum), this.#codes);
		const logits = this.#kernel.row(testedBlock, row);
		const result = compareCoded(coded, { ...tested, logits, logSum: Math.log(tested.sum) }, token);
		this.tokens.negativeLogs[at] = result.negativeLog;
		this.tokens.baseNegativeLogs[at] = result.baseNegativeLog;
		this.tokens.divergences[at] = result.divergence;
		this.tokens.deltas[at] = result.deltaP;
		this.tokens.sameTop[at] = result.sameTop ? 1 : 0;
	}

	/** Returns the result of `chunk`, once all its tokens are scored. */
	finished(chunk: number): ChunkResult | null {
		const { scored } = this.#plan;
		const start = chunk * scored;
		if (this.#count < start + scored) return null;
		const mean = (values: Float64Array | Uint8Array): number => {
			let sum = 0;
			for (let index = start; index < start + scored; index += 1) sum += values[index] ?? 0;
			return sum / scored;
		};
		const { negativeLogs, baseNegativeLogs, divergences, deltas, sameTop } = this.tokens;
		const result: ChunkResult = {
			index: chunk,
			tokens: scored,
			negativeLog: mean(negativeLogs),
			reference: this.#compares
				? {
						negativeLog: mean(baseNegativeLogs),
						klDivergence: mean(divergences),
						sameTop: mean(sameTop),
						deltaP: mean(deltas),
					}
				: null,
		};
		this.chunks.push(result);
		return result;
	}

	/** Returns the perplexity over the tokens scored so far. */
	perplexity(): number {
		let sum = 0;
		for (let index = 0; index < this.#count; index += 1) sum += this.tokens.negativeLogs[index] ?? 0;
		return Math.exp(sum / this.#count);
	}
}
