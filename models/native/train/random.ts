/**
 * Random numbers that depend on their place in the training only, not on those drawn before: so a training that continues
 * from a checkpoint draws the same. mulberry32, started from mixed seeds.
 *
 * @param place For example the step, the pass, and the weight.
 */
export function randomSource(seed: number, ...place: readonly number[]): () => number {
	let state = mix(seed >>> 0);
	for (const part of place) state = mix(state ^ (part + 0x9e37_79b9));
	return () => {
		state = (state + 0x6d2b_79f5) >>> 0;
		return mixed(state) / 2 ** 32;
	};
}

function mixed(state: number): number {
	let value = Math.imul(state ^ (state >>> 15), state | 1);
	value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
	return (value ^ (value >>> 14)) >>> 0;
}

function mix(value: number): number {
	return mixed((value + 0x6d2b_79f5) >>> 0);
}

/** Fills a dropout mask: 0 with probability `rate`, 1 / (1 − rate) otherwise. */
export function fillDropout(mask: Float32Array, rate: number, random: () => number): void {
	const kept = 1 / (1 - rate);
	for (let index = 0; index < mask.length; index += 1) mask[index] = random() < rate ? 0 : kept;
}
