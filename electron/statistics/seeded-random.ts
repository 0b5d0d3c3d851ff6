/** Pseudo-random numbers, the same for the same seed. */
export interface RandomSource {
	/** 0 ≤ x < 1, in steps of 2⁻³². */
	next(): number;
	/** A whole number, 0 ≤ x < `below`. */
	below(below: number): number;
	/** Fills it with zeros and ones: 1 where `next` would give at least ½. */
	flip(coins: Uint8Array): void;
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
	/** The same steps as `step`, in one loop on local variables, which is several times as fast. */
	function flip(coins: Uint8Array): void {
		let [la, lb, lc, lcounter] = [a, b, c, counter];
		for (let index = 0; index < coins.length; index += 1) {
			const result = (((la + lb) | 0) + lcounter) | 0;
			lcounter = (lcounter + 1) | 0;
			la = lb ^ (lb >>> 9);
			lb = (lc + (lc << 3)) | 0;
			lc = (((lc << 21) | (lc >>> 11)) + result) | 0;
			coins[index] = result >>> 31;
		}
		[a, b, c, counter] = [la, lb, lc, lcounter];
	}
	for (let round = 0; round < 15; round += 1) step();
	const next = (): number => step() / 0x1_0000_0000;
	return { next, below: (below) => Math.floor(next() * below), flip };
}
