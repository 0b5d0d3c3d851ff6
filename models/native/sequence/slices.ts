import { tile } from './attention-tiles.ts';

/** Tokens of the next native call of a prompt: whole tiles, the last call with what remains. */
export function nextSlice(left: number, batchSize: number): number {
	const whole = Math.max(tile, Math.floor(batchSize / tile) * tile - tile);
	return left < whole + tile ? left : whole;
}
