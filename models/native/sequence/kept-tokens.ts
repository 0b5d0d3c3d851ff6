import { commonPrefixLength } from '../../prompt/token-list.ts';
import { tile } from './attention-tiles.ts';

/**
 * How many tokens of a prompt are kept of one that was computed before, so that the rest comes out as if nothing had been
 * kept: whole tiles, and so few that a tile at least is left. Then each token goes through the same form of attention
 * (attention-tiles.ts) and the same kernels either way. Kept as they are, the 30 tokens that two short questions begin
 * with changed the greedy answers to a quarter of GSM8K's questions.
 */
export function keptTokens(before: readonly number[], tokens: readonly number[]): number {
	const most = Math.min(commonPrefixLength(before, tokens), tokens.length - 1 - tile);
	return Math.max(0, Math.floor(most / tile) * tile);
}
