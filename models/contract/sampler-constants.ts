/** Penalties cover this many tokens of the answer. */
export const penaltyTokens = 64;

/** Texts that end a repetition for DRY; llama.cpp's defaults. */
export const dryBreakers: readonly string[] = ['\n', ':', '"', '*'];

/** llama.cpp draws a seed of its own for this value. */
const randomSeed = 0xffff_ffff;

/** Returns the seed to draw with, the same at every time. */
export function fixedSeed(seed: number): number {
	return seed === randomSeed ? randomSeed - 1 : seed;
}
