import type { ContextUsage, CountTokensRequest, Turn } from '../contract/generation.ts';

/** Context kept free for the answer: an eighth, at least 16 and at most 512 tokens. The prompt may fill the rest. */
export function reservedAnswerTokens(contextSize: number): number {
	return Math.min(512, Math.max(16, Math.floor(contextSize / 8)));
}

/** Turns cut into what is always kept (system turns at the start) and exchanges (a user turn and what follows it). */
function exchangesOf(turns: readonly Turn[]): { kept: readonly Turn[]; exchanges: readonly (readonly Turn[])[] } {
	const firstOther = turns.findIndex((turn) => turn.role !== 'system');
	const start = firstOther === -1 ? turns.length : firstOther;
	const exchanges: Turn[][] = [];
	for (const turn of turns.slice(start)) {
		const open = exchanges.at(-1);
		if (open === undefined || turn.role === 'user') exchanges.push([turn]);
		else open.push(turn);
	}
	return { kept: turns.slice(0, start), exchanges };
}

/**
 * Number of exchanges to leave out. Dropping just enough would move the start of the prompt with every new message, and
 * with it everything behind would have to be evaluated again: so when the context is full, exchanges are dropped until
 * three quarters are used, and the start stays where it is until the context is full again. The result depends on the
 * turns alone: it is found by walking through the conversation as it grew.
 */
function droppedExchanges(sizes: readonly number[], fixed: number, limit: number): number {
	let dropped = 0;
	let used = fixed;
	for (const [index, size] of sizes.entries()) {
		used += size;
		if (used <= limit) continue;
		while (dropped < index && used > limit * 0.75) {
			used -= sizes[dropped] ?? 0;
			dropped += 1;
		}
	}
	return dropped;
}

export interface FittedTurns<Prompt> {
	readonly prompt: Prompt;
	/** Number of tokens of the prompt. */
	readonly tokens: number;
	/** Number of tokens if nothing were left out. */
	readonly wholeTokens: number;
	readonly droppedTurns: number;
	/** false: not even the last exchange fits. */
	readonly fits: boolean;
}

/**
 * The prompt of as many of the newest turns as fit into `limit` tokens: the oldest exchanges go first, the system
 * prompt and the last exchange stay.
 */
export function fitTurns<Prompt>(
	turns: readonly Turn[],
	limit: number,
	render: (turns: readonly Turn[]) => Prompt,
	countTokens: (prompt: Prompt) => number,
	countText: (text: string) => number,
): FittedTurns<Prompt> {
	const whole = render(turns);
	const wholeTokens = countTokens(whole);
	if (wholeTokens <= limit) return { prompt: whole, tokens: wholeTokens, wholeTokens, droppedTurns: 0, fits: true };
	const { kept, exchanges } = exchangesOf(turns);
	const textTokens = turns.reduce((sum, turn) => sum + countText(turn.content), 0);
	// What the template writes around each turn is spread evenly: close enough to choose, the render below decides.
	const around = Math.max(0, wholeTokens - textTokens) / turns.length;
	const size = (some: readonly Turn[]): number => some.reduce((sum, turn) => sum + countText(turn.content) + around, 0);
	let dropped = droppedExchanges(exchanges.map(size), size(kept), limit);
	for (; ; dropped += 1) {
		const rest = [...kept, ...exchanges.slice(dropped).flat()];
		const prompt = render(rest);
		const tokens = countTokens(prompt);
		const fits = tokens <= limit;
		if (fits || dropped >= exchanges.length - 1) {
			return { prompt, tokens, wholeTokens, droppedTurns: turns.length - rest.length, fits };
		}
	}
}

/** What turns take of a context, with the rules by which they are fitted into it. */
export function measureContextUsage<Prompt>(
	{ turns, texts, contextSize }: CountTokensRequest & { readonly contextSize: number },
	render: (turns: readonly Turn[]) => Prompt,
	countTokens: (prompt: Prompt) => number,
	countText: (text: string) => number,
): ContextUsage {
	const room = reservedAnswerTokens(contextSize);
	const fitted = fitTurns(turns, contextSize - room, render, countTokens, countText);
	return {
		contextSize,
		answerRoom: room,
		total: fitted.wholeTokens,
		sent: fitted.tokens,
		droppedTurns: fitted.droppedTurns,
		excess: Math.max(0, fitted.tokens - (contextSize - room)),
		turnTokens: turns.map(({ content }) => countText(content)),
		textTokens: texts.map(countText),
	};
}
