import type { KeptRow, StoreShape } from './shape.ts';

/** Upper halves of the bits of a float from 0 to 1: they order as the numbers do. */
const buckets = 0x3f80 + 1;

/** Numbers from 0 to 1 that depend only on where they are drawn. */
function uniform(seed: number): number {
	let state = (seed + 0x9e37_79b9) >>> 0;
	state = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
	state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35);
	return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}

/** Picks what is kept of a distribution. Holds its own scratch memory: one for all rows. */
export class Selector {
	readonly #shape: StoreShape;
	readonly #counts = new Uint32Array(buckets);

	constructor(shape: StoreShape) {
		this.#shape = shape;
	}

	/**
	 * Puts the likeliest tokens and a sample of the others into `row`. `exps` are exp(logit - max) and are used up; `seed`
	 * says where the sample begins, so that the same text gives the same one.
	 */
	select(logits: Float32Array, exps: Float32Array, seed: number, row: KeptRow): void {
		const { kept } = this.#shape;
		const chosen = this.#likeliest(exps, kept);
		for (const [index, token] of chosen.entries()) {
			row.ids[index] = token;
			row.logits[index] = logits[token] ?? 0;
			exps[token] = 0;
		}
		row.drawn = this.#draw(logits, exps, uniform(seed), row);
	}

	#likeliest(exps: Float32Array, wanted: number): number[] {
		const counts = this.#counts.fill(0);
		const bits = new Uint32Array(exps.buffer, exps.byteOffset, exps.length);
		for (let token = 0; token < bits.length; token += 1) counts[(bits[token] ?? 0) >>> 16]! += 1;
		let from = buckets - 1;
		let found = counts[from] ?? 0;
		while (found < wanted && from > 0) {
			from -= 1;
			found += counts[from] ?? 0;
		}
		const candidates: number[] = [];
		for (let token = 0; token < bits.length; token += 1) if ((bits[token] ?? 0) >>> 16 >= from) candidates.push(token);
		candidates.sort((a, b) => (exps[b] ?? 0) - (exps[a] ?? 0) || a - b);
		return candidates.slice(0, wanted);
	}

	/** Draws by probability, at equal distances of the sum from a start between 0 and 1 of one. Returns how many. */
	#draw(logits: Float32Array, exps: Float32Array, start: number, row: KeptRow): number {
		const { kept, sampled } = this.#shape;
		let rest = 0;
		for (let token = 0; token < exps.length; token += 1) rest += exps[token] ?? 0;
		if (rest <= 0) return 0;
		const distance = rest / sampled;
		let drawn = 0;
		let sum = 0;
		for (let token = 0; token < exps.length && drawn < sampled; token += 1) {
			sum += exps[token] ?? 0;
			while (drawn < sampled && sum > (drawn + start) * distance) {
				row.ids[kept + drawn] = token;
				row.logits[kept + drawn] = logits[token] ?? 0;
				drawn += 1;
			}
		}
		return drawn;
	}
}
