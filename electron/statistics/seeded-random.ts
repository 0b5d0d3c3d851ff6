/** Pseudo-random numbers, the same for the same seed. */
export interface RandomSource {
	/** 0 ≤ x < 1, in steps of 2⁻³². */
	next(): number;
	/** A whole number, 0 ≤ x < `below`. */
	below(below: number): number;
}

/**
 * sfc32 (Doty-Humphrey's Small Fast Counting generator), seeded from one 32-bit number and warmed up as its author
 * asks.
 */
export function createRandom(seed: number): RandomSource {
	let a = 0;
	let b = 0;
	let c = seed >>> 0;
	let counter = 1;
	function step(): number {
		const result = (((a + b) | 0) + counter) | 0;
		counter = (counter + 1) | 0;
		a = b ^ (b >>> 9);
		b = (c + (c << 3)) | 0;
		c = ((c << 21) | (c >>> 11)) + result;
		c |= 0;
		return result >>> 0;
	}
	for (let round = 0; round < 15; round += 1) step();
	const next = (): number => step() / 0x1_0000_0000;
	return { next, below: (below) => Math.floor(next() * below) };
}
