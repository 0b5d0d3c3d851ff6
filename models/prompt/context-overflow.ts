import type { ChatTurn, ContextUsage, CountTokensRequest, RequestTurn } from '../contract/generation.ts';

/**
 * Returns the context reserved for the answer: an eighth, at least 16 and at most 512 tokens. The prompt may fill the
 * rest.
 */
export function reservedAnswerTokens(contextSize: number): number {
	return Math.min(512, Math.max(16, Math.floor(contextSize / 8)));
}

/**
 * Joins neighbours of one role into one turn, because many chat templates accept only alternating roles. Examples stay
 * apart from messages.
 */
export function joinSameRole<One extends ChatTurn>(
	turns: readonly (One & { readonly keep?: true | undefined })[],
): readonly One[] {
	const joined: One[] = [];
	for (const [index, { keep, ...turn }] of turns.entries()) {
		const { role, content } = turn;
		const last = joined.at(-1);
		const isText = (role === 'user' || role === 'assistant') && turn.toolCalls === undefined;
		const joins = isText && last?.role === role && last.toolCalls === undefined && turns[index - 1]?.keep === keep;
		if (joins) last.content += `\n\n${content}`;
		else joined.push({ ...turn } as One & ChatTurn);
	}
	return joined;
}

/**
 * Splits turns into those always kept (system turns and examples at the start) and exchanges (a user turn and the turns
 * after it).
 */
function exchangesOf(turns: readonly RequestTurn[]): {
	kept: readonly RequestTurn[];
	exchanges: readonly (readonly RequestTurn[])[];
} {
	const firstOther = turns.findIndex(({ role, keep }) => role !== 'system' && keep !== true);
	const start = firstOther === -1 ? turns.length : firstOther;
	const exchanges: RequestTurn[][] = [];
	for (const turn of turns.slice(start)) {
		const open = exchanges.at(-1);
		if (open === undefined || turn.role === 'user') exchanges.push([turn]);
		else open.push(turn);
	}
	return { kept: turns.slice(0, start), exchanges };
}

/**
 * Returns the number of exchanges to drop. Dropping just enough would move the start of the prompt with every new
 * message, and everything after it would have to be evaluated again. So when the context is full, exchanges are dropped
 * until three quarters are used, and the start then stays until the context is full again. The result depends on the
 * turns alone, because it replays the conversation as it grew.
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

/**
 * Returns the number of tokens to leave out at the start of a text that is continued, so that the rest fits into
 * `limit`. As with exchanges, a quarter is left out at once: the start then stays while the text grows, and so does
 * what was computed for it.
 */
export function leadingTokensLeftOut(tokens: number, limit: number): number {
	if (tokens <= limit) return 0;
	const step = Math.max(1, Math.floor(limit / 4));
	return Math.ceil((tokens - limit) / step) * step;
}

export interface FittedTurns<Prompt> {
	readonly prompt: Prompt;
	/** Number of tokens of the prompt. */
	readonly tokens: number;
	/** Number of tokens without dropping anything. */
	readonly wholeTokens: number;
	readonly droppedTurns: number;
	/** false if not even the last exchange fits. */
	readonly fits: boolean;
}

/**
 * Builds the prompt from as many of the newest turns as fit into `limit` tokens: drops the oldest exchanges first;
 * keeps the system prompt and the last exchange. A question without an answer is an exchange of its own, so that one
 * that is too long doesn't take the later ones with it; those that stay become one turn.
 */
export function fitTurns<Prompt>(
	turns: readonly RequestTurn[],
	limit: number,
	render: (turns: readonly ChatTurn[]) => Prompt,
	countTokens: (prompt: Prompt) => number,
	countText: (text: string) => number,
): FittedTurns<Prompt> {
	const renderJoined = (some: readonly RequestTurn[]): Prompt => render(joinSameRole(some));
	const whole = renderJoined(turns);
	const wholeTokens = countTokens(whole);
	if (wholeTokens <= limit) return { prompt: whole, tokens: wholeTokens, wholeTokens, droppedTurns: 0, fits: true };
	const { kept, exchanges } = exchangesOf(turns);
	const textTokens = turns.reduce((sum, turn) => sum + countText(turn.content), 0);
	// Spreads the template's text evenly over the turns: accurate enough to choose, since the render below decides.
	const around = Math.max(0, wholeTokens - textTokens) / turns.length;
	const size = (some: readonly ChatTurn[]): number =>
		some.reduce((sum, turn) => sum + countText(turn.content) + around, 0);
	let dropped = droppedExchanges(exchanges.map(size), size(kept), limit);
	for (; ; dropped += 1) {
		const rest = [...kept, ...exchanges.slice(dropped).flat()];
		const prompt = renderJoined(rest);
		const tokens = countTokens(prompt);
		const fits = tokens <= limit;
		if (fits || dropped >= exchanges.length - 1) {
			return { prompt, tokens, wholeTokens, droppedTurns: turns.length - rest.length, fits };
		}
	}
}

/** Measures how turns use a context, by the rules that fit them into it. */
export function measureContextUsage<Prompt>(
	{ turns, texts, contextSize }: CountTokensRequest & { readonly contextSize: number },
	render: (turns: readonly ChatTurn[]) => Prompt,
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
