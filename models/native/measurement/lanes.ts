import { commonPrefixLength } from '../../prompt/common-prefix.ts';
import { tile } from '../attention-tiles.ts';
import type { NativeContext } from '../context.ts';
import { cellStep, contextCells } from './shard-plan.ts';

/** The part of a context that lanes need. */
export type LaneContext = Pick<NativeContext, 'add' | 'clear' | 'copySequence' | 'removeFrom'>;

/** A row in its lane. */
export interface LaneRow {
	/** Number of its tokens in the cache. */
	position: number;
	/** The token to decode next. */
	token: number;
}

/** A lane to compute a prompt in. */
export interface LaneStart {
	readonly lane: number;
	/** Tokens of the prompt that are in the cache already. */
	readonly cached: number;
}

/**
 * Rows of a block of llama.cpp's repacked kernels: rows behind the last whole block go through kernels with other bits,
 * by up to a nat in the logits of a 4-bit model. Decodes are filled up to whole blocks.
 */
const block = 4;

function wholeBlocks(count: number): number {
	return Math.ceil(count / block) * block;
}

/** Returns how many tokens at the start of a prompt go through attention in tiles; the rest doesn't. */
function tiledTokens(length: number): number {
	return Math.floor(length / tile) * tile;
}

/**
 * Returns the end of the slice of a prompt to compute from `position`: whole tiles, then the rest in slices that are no
 * tile even when filled up. Then whether a token goes through attention in tiles depends on its own prompt only.
 */
export function sliceEnd(position: number, length: number, batchSize: number): number {
	const tiled = tiledTokens(length);
	if (position < tiled) return Math.min(position + tiledTokens(batchSize), tiled);
	return Math.min(position + tile - block, length);
}

export interface LaneOptions {
	/** The most rows decoded together. */
	readonly width: number;
	/** Sequences of the context, each with its own cells. */
	readonly sequences: number;
	/** Whether a part of a sequence can be removed from the cache: not with recurrent models. */
	readonly canCut: boolean;
}

/** Returns the cells of a sequence for rows of at most `longest` tokens, and for the tokens that fill up their decodes. */
export function laneCells(longest: number): number {
	const cells = contextCells(longest);
	return cells < longest + block - 1 ? cells + cellStep : cells;
}

/**
 * Returns how many of `wanted` rows to decode together where cells are enough for `most` sequences. Decodes are filled
 * up by tokens in idle sequences; with room for fewer than a block of them, by tokens behind those of the rows.
 */
export function planLanes(wanted: number, most: number, canCut: boolean): Omit<LaneOptions, 'canCut'> {
	if (most < block && canCut) {
		// The rows of a decode need equal numbers of tokens, so three of them can't fill a block.
		const width = Math.min(wanted, most >= 2 ? 2 : 1);
		return { width, sequences: width };
	}
	const width = Math.min(wanted, Math.max(block, most - (most % block)));
	return { width, sequences: wholeBlocks(width) };
}

/**
 * Sequences of a context with separate cells, in which rows are decoded together. What a row computes depends on its own
 * tokens only: its cells are in the order of its tokens, prompts are computed alone, and decodes have whole blocks of
 * rows, filled up with tokens that nobody reads.
 */
export class Lanes<Row extends LaneRow> {
	readonly #context: LaneContext;
	readonly #canCut: boolean;
	/** Whether rows are filled up in their own sequences. */
	readonly #fillsRows: boolean;
	/** By lane; null: free. */
	#rows: (Row | null)[];
	/** By lane: tokens of its last prompt that were computed as a prompt. */
	#prompts: (readonly number[])[];

	constructor(context: LaneContext, { width, sequences, canCut }: LaneOptions) {
		this.#context = context;
		this.#canCut = canCut;
		this.#fillsRows = sequences < block;
		this.#rows = new Array<Row | null>(width).fill(null);
		this.#prompts = this.#rows.map(() => []);
		context.clear(false);
	}

	get hasRoom(): boolean {
		return this.#rows.includes(null);
	}

	get isEmpty(): boolean {
		return this.#rows.every((row) => row === null);
	}

	/** Returns how many tokens of a prompt a lane has computed with the same bits. */
	#sharedTokens(computed: readonly number[], prompt: readonly number[]): number {
		if (!this.#canCut) return 0;
		const common = commonPrefixLength(computed, prompt);
		const tiled = tiledTokens(prompt.length);
		// Behind the tiles it does not matter where a slice begins.
		return tiledTokens(computed.length) === tiled && common >= tiled ? common : tiledTokens(common);
	}

	/**
	 * Prepares a free lane for all tokens of a prompt but the last, starting from what any lane has computed already.
	 * The caller computes the rest in that lane, in slices that end at `sliceEnd`, each added by `addSlice`, and then
	 * calls `add`.
	 */
	start(tokens: readonly number[]): LaneStart {
		const prompt = tokens.slice(0, -1);
		const shared = this.#prompts.map((computed) => this.#sharedTokens(computed, prompt));
		const cached = Math.max(...shared);
		const free = this.#rows.flatMap((row, lane) => (row === null ? [lane] : []));
		const ready = free.find((lane) => shared[lane] === cached);
		// Replacing the prompt that is worth least to this row leaves the others to later rows.
		const lane = ready ?? free.reduce((least, one) => (shared[one]! < shared[least]! ? one : least));
		if (ready === undefined) this.#context.copySequence(shared.indexOf(cached), lane);
		this.#context.removeFrom(lane, cached);
		this.#prompts[lane] = prompt;
		return { lane, cached };
	}

	/** Adds the tokens from `start` to `end` of a prompt to the batch, filled up to whole blocks. */
	addSlice(lane: number, tokens: readonly number[], start: number, end: number): void {
		for (let position = start; position < end; position += 1) {
			this.#context.add(tokens[position]!, position, [lane], false);
		}
		if (!this.#canCut) return;
		const filled = start + wholeBlocks(end - start);
		for (let position = end; position < filled; position += 1) this.#context.add(0, position, [lane], false);
	}

	/** Removes what filled up a slice, once it is decoded. */
	sliceDone(lane: number, end: number): void {
		if (this.#canCut) this.#context.removeFrom(lane, end);
	}

	/** Puts a row into the lane in which its prompt was computed. */
	add(lane: number, row: Row): void {
		this.#rows[lane] = row;
	}

	remove(row: Row): void {
		this.#rows[this.#rows.indexOf(row)] = null;
	}

	/**
	 * Moves rows into the first lanes: llama.cpp decodes only neighbouring sequences together. Necessary once no row
	 * follows those that ended.
	 */
	#closeGaps(): void {
		for (;;) {
			const gap = this.#rows.indexOf(null);
			const last = this.#rows.findLastIndex((row) => row !== null);
			if (gap === -1 || gap > last) return;
			this.#context.copySequence(last, gap);
			this.#rows[gap] = this.#rows[last]!;
			this.#prompts[gap] = this.#prompts[last]!;
			this.#rows[last] = null;
		}
	}

	/**
	 * Adds the next token of every row to the batch, and then what fills it up: its logits are computed too, so that every
	 * product has whole blocks. Returns the rows in the order of their logits.
	 */
	fill(): Row[] {
		this.#closeGaps();
		const rows = this.#rows.filter((row) => row !== null);
		for (const [lane, row] of rows.entries()) {
			if (this.#fillsRows) this.#context.removeFrom(lane, row.position);
			this.#context.add(row.token, row.position, [lane], true);
			row.position += 1;
		}
		const fillers = wholeBlocks(rows.length) - rows.length;
		for (let filler = 0; filler < fillers; filler += 1) {
			if (this.#fillsRows) {
				const lane = filler % rows.length;
				this.#context.add(0, rows[lane]!.position + Math.floor(filler / rows.length), [lane], true);
			} else {
				const lane = rows.length + filler;
				this.#context.removeFrom(lane, 0);
				this.#prompts[lane] = [];
				this.#context.add(0, 0, [lane], true);
			}
		}
		return rows;
	}
}
