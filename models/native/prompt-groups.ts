import { commonPrefixLength } from '../prompt/common-prefix.ts';
import { tile } from './attention-tiles.ts';

/** Prompts that begin alike: their common beginning is decoded once, and the rest of each after it. */
export interface PromptGroup {
	/** Indexes of the prompts. */
	readonly members: number[];
	/** What they have in common: at least one token. */
	readonly trunk: readonly number[];
}

/** The most prompts of a group, and the most tokens in its cells unless a single prompt has more. */
export interface GroupLimits {
	readonly prompts: number;
	readonly tokens: number;
}

function inOrder(a: readonly number[], b: readonly number[]): number {
	const common = commonPrefixLength(a, b);
	return (a[common] ?? -1) - (b[common] ?? -1);
}

/** Returns the tokens that a group decodes. */
export function groupTokens({ members, trunk }: PromptGroup, prompts: readonly (readonly number[])[]): number {
	return members.reduce((sum, member) => sum + prompts[member]!.length - trunk.length, trunk.length);
}

/**
 * Groups prompts by their beginnings so that few tokens are decoded. Neighbouring groups may still share a beginning;
 * the scorer keeps its whole tiles. A prompt joins the group before it if that saves more than starting a group does.
 */
export function groupPrompts(
	prompts: readonly (readonly number[])[],
	{ prompts: mostPrompts, tokens: mostTokens }: GroupLimits,
): PromptGroup[] {
	const sorted = prompts.map((_, index) => index).sort((a, b) => inOrder(prompts[a]!, prompts[b]!) || a - b);
	const groups: PromptGroup[] = [];
	for (const index of sorted) {
		const prompt = prompts[index]!;
		const last = groups.at(-1);
		if (last !== undefined && last.members.length < mostPrompts) {
			const common = commonPrefixLength(last.trunk, prompt);
			const joined = { members: [...last.members, index], trunk: prompt.slice(0, common) };
			// Without this group, the prompt would still reuse whole tiles of what it shares with the group before.
			const apart = (last.members.length - 1) * last.trunk.length + Math.floor(common / tile) * tile;
			if (common > 0 && last.members.length * common >= apart && groupTokens(joined, prompts) <= mostTokens) {
				groups[groups.length - 1] = joined;
				continue;
			}
		}
		groups.push({ members: [index], trunk: prompt });
	}
	return groups;
}
