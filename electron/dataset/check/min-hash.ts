/** Numbers of a signature: the smallest hash of a text's pieces under so many orders. */
export const signatureLength = 100;

/**
 * Bands of a signature by threshold: texts that agree in a whole band are looked at closely. With r numbers a band and b
 * bands, a pair of similarity s is looked at with probability 1 − (1 − sʳ)ᵇ (Leskovec, Rajaraman, Ullman, "Mining of
 * Massive Datasets", 3.4): at the threshold itself 0.99 and more for each of these.
 */
export function bandsFor(threshold: number): { readonly rows: number; readonly bands: number } {
	const rows = threshold < 0.58 ? 2 : threshold < 0.68 ? 3 : threshold < 0.77 ? 4 : threshold < 0.86 ? 5 : 7;
	return { rows, bands: Math.floor(signatureLength / rows) };
}

const multipliers = new Uint32Array(signatureLength);
const increments = new Uint32Array(signatureLength);
// Fixed orders (a linear congruential generator from 1): the same texts always give the same pairs.
for (let at = 0, state = 1; at < signatureLength; at += 1) {
	state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
	multipliers[at] = state | 1;
	state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
	increments[at] = state;
}

/** MinHash of a text's pieces, folded into one number a band. */
export function bandHashes(pieces: Uint32Array, { rows, bands }: { readonly rows: number; readonly bands: number }) {
	const hashes = new Uint32Array(bands);
	for (let band = 0; band < bands; band += 1) {
		let hash = 0x811c_9dc5 ^ band;
		for (let row = band * rows; row < (band + 1) * rows; row += 1) {
			const a = multipliers[row] ?? 1;
			const b = increments[row] ?? 0;
			let smallest = 0xffff_ffff;
			for (let at = 0; at < pieces.length; at += 1) {
				let value = (Math.imul(pieces[at]!, a) + b) >>> 0;
				value = (value ^ (value >>> 15)) >>> 0;
				if (value < smallest) smallest = value;
			}
			hash = Math.imul(hash ^ smallest, 0x0100_0193);
			hash ^= hash >>> 15;
		}
		hashes[band] = hash >>> 0;
	}
	return hashes;
}
