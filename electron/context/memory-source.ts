import { amount, figure, said, spoken } from '../../models/contract/said.ts';
import type {
	ContextPiece,
	ContextRequest,
	ContextSource,
	Contribution,
	LeftOutPiece,
} from '../conversation/context-builder.ts';
import { fuseRanks } from './retrieval/fuse-ranks.ts';
import { isNear } from './retrieval/relevance.ts';

/** A fact that answers may use. */
export interface MemoryFact {
	readonly id: number;
	/** One line. */
	readonly text: string;
	/** The message that it was said in. */
	readonly messageId: number | null;
	/** ms since 1970; what was accepted last comes last. */
	readonly acceptedAt: number;
}

/** Facts that could be sent. */
export interface FactCandidates {
	/** Those that are about the message, best first; then others, newest first. */
	readonly facts: readonly MemoryFact[];
	/** How many of them are about the message. */
	readonly related: number;
	/** All that may be used here, also those that are not among the candidates. */
	readonly total: number;
}

/** A fact with the cosine of its meaning and a message's. */
export interface NearFact {
	readonly fact: MemoryFact;
	readonly cosine: number;
}

/** Where facts are kept. An evaluation brings its own. */
export interface FactLibrary {
	/** Ends the use of facts whose time is over; absent: none has an end. */
	expire?(): void;
	/** Those that share words with the message come first. */
	candidates(conversationId: number | null, message: string, most: number): FactCandidates;
	/** The facts nearest to the message in meaning, best first, even if none is about it; absent: only words are known. */
	nearest?(
		conversationId: number | null,
		message: string,
		most: number,
		signal: AbortSignal | undefined,
	): Promise<readonly NearFact[]>;
	/** Those of the facts that may still be used in the conversation, in the order of the ids. */
	holding(conversationId: number | null, ids: readonly number[]): readonly MemoryFact[];
	/** What an answer was given after its system prompt, in that order, and when it began; null: it is unknown. */
	startOf(answerId: number): { readonly ids: readonly number[]; readonly at: number } | null;
}

/** Share of the context that facts may take. */
const mostOfContext = 1 / 8;
/** Share of that for the first message, unless all fit; the rest is for what later messages are about. */
const mostAtStart = 3 / 4;
/** Facts that are looked at for one message. */
const mostCandidates = 400;
/** The most facts to choose by meaning; those further away have little to do with the message. */
const mostNear = 16;
/** Facts that are named one by one when they are left out; the rest are counted. */
const namedOnes = 5;
/** Characters of a fact by which it is named. */
const namedCharacters = 80;

const introduction =
	'What the person told you earlier, in their own words, to be remembered. Use it where it matters; don’t repeat it back.';

/**
 * Puts remembered facts into prompts. Those known at the first message follow the system prompt and stay there, oldest
 * first, for the whole branch: the model finds them in its cache. What is accepted later, or what only a later message is
 * about, goes with that message. A fact that was changed or forgotten leaves the prompt, which is then read again once.
 */
export function createMemorySource(library: FactLibrary): ContextSource {
	return {
		kind: 'memory',
		prepare: () => library.expire?.(),
		async collect(request) {
			if (!request.memory) return { pieces: [] };
			const previous = request.history.findLast(({ role }) => role === 'assistant');
			// A conversation that isn't stored numbers its messages itself.
			const isStored = request.conversationId !== null && previous !== undefined;
			const start = isStored ? library.startOf(previous.id) : null;
			return start === null ? await collectAtStart(library, request) : await collectLater(library, request, start);
		},
	};
}

/** Chooses by the first message, also where nothing is known of what earlier answers were given: it stays the same. */
async function collectAtStart(library: FactLibrary, request: ContextRequest): Promise<Contribution> {
	const { conversationId, history, message, contextSize, countTokens } = request;
	const first = history.find(({ role }) => role === 'user')?.text ?? message;
	const byWords = library.candidates(conversationId, first, mostCandidates);
	if (byWords.total === 0) return { pieces: [] };
	const limit = contextSize * mostOfContext;
	const { facts, total, introTokens, tokens, allFit } = await nearestFirst(library, request, first, {
		byWords,
		// The place is filled in any case, and a question is often far from the fact that it needs.
		belongs: () => true,
		async count({ facts, total }) {
			const [introTokens = 0, ...tokens] = await countTokens([introduction, ...facts.map(lineOf)]);
			return { introTokens, tokens, allFit: total === facts.length && introTokens + sum(tokens) <= limit };
		},
	});
	const costs = facts.map((fact, index) => ({ fact, tokens: tokens[index] ?? 0 }));
	const { chosen, tooMuch } = fill(costs, introTokens, allFit ? limit : limit * mostAtStart);
	return { pieces: atStart(chosen), leftOut: leftOut(tooMuch, total - facts.length, limit) };
}

/** Counts what could be sent. If not all of it fits, the facts nearest in meaning that `belongs` admits come first, too. */
async function nearestFirst<Counted extends { readonly allFit: boolean }>(
	library: FactLibrary,
	{ conversationId, signal }: ContextRequest,
	message: string,
	{
		byWords,
		belongs,
		count,
	}: {
		readonly byWords: FactCandidates;
		readonly belongs: (fact: NearFact) => boolean;
		readonly count: (candidates: FactCandidates) => Promise<Counted>;
	},
): Promise<FactCandidates & Counted> {
	const counted = await count(byWords);
	const nearest = counted.allFit ? [] : ((await library.nearest?.(conversationId, message, mostNear, signal)) ?? []);
	const near = nearest.filter(belongs).map(({ fact }) => fact);
	if (near.length === 0) return { ...byWords, ...counted };
	const joined = withNear(byWords, near);
	return { ...joined, ...(await count(joined)) };
}

/** Puts the facts that are about the message first, by the ranks of both searches. */
function withNear({ facts, related, total }: FactCandidates, near: readonly MemoryFact[]): FactCandidates {
	const known = new Map([...facts, ...near].map((fact) => [fact.id, fact]));
	const ids = (list: readonly MemoryFact[]): number[] => list.map(({ id }) => id);
	const about = fuseRanks([ids(facts.slice(0, related)), ids(near)]).map(({ id }) => id);
	const order = [...new Set([...about, ...ids(facts)])].slice(0, mostCandidates);
	return { facts: order.flatMap((id) => known.get(id) ?? []), related: Math.min(about.length, order.length), total };
}

async function collectLater(
	library: FactLibrary,
	request: ContextRequest,
	start: NonNullable<ReturnType<FactLibrary['startOf']>>,
): Promise<Contribution> {
	const { conversationId, history, message, contextSize, countTokens } = request;
	const byWords = library.candidates(conversationId, message, mostCandidates);
	if (byWords.total === 0) return { pieces: [] };
	const kept = library.holding(conversationId, start.ids);
	const sentBefore = history.flatMap(({ pieces }) => pieces.filter(({ factId }) => factId !== undefined));
	const fixed = [
		...(kept.length === 0 ? [] : [introduction]),
		...kept.map(lineOf),
		...sentBefore.map(({ text }) => text),
	];
	const limit = contextSize * mostOfContext;
	const { facts, related, total, rest, tokens, allFit } = await nearestFirst(library, request, message, {
		byWords,
		belongs: isNear,
		async count({ facts, total }) {
			const known = new Set([...kept.map(({ id }) => id), ...(await factsInHistory(request, facts))]);
			const rest = facts.filter(({ id }) => !known.has(id));
			const tokens = await countTokens([...fixed, ...rest.map(lineWithMessage)]);
			return { rest, tokens, allFit: total === facts.length && sum(tokens) <= limit };
		},
	});
	const nearest = new Set(facts.slice(0, related).map(({ id }) => id));
	const costs = rest.map((fact, index) => ({ fact, tokens: tokens[fixed.length + index] ?? 0 }));
	// Where not all fit, only what the message is about, and what is new, is added to those of the start.
	const wanted = costs.filter(({ fact }) => allFit || nearest.has(fact.id) || fact.acceptedAt > start.at);
	const { chosen, tooMuch } = fill(wanted, sum(tokens.slice(0, fixed.length)), limit);
	const unseen = total - facts.length + costs.length - wanted.length;
	return { pieces: [...atStart(kept), ...chosen.map(withMessage)], leftOut: leftOut(tooMuch, unseen, limit) };
}

interface Cost {
	readonly fact: MemoryFact;
	readonly tokens: number;
}

/** Takes facts, best first, as long as there is room. Returns them oldest first: what changes goes last. */
function fill(
	costs: readonly Cost[],
	taken: number,
	limit: number,
): { readonly chosen: readonly MemoryFact[]; readonly tooMuch: readonly Cost[] } {
	let used = taken;
	const chosen: MemoryFact[] = [];
	const tooMuch: Cost[] = [];
	for (const cost of costs) {
		if (used + cost.tokens > limit) {
			tooMuch.push(cost);
			continue;
		}
		used += cost.tokens;
		chosen.push(cost.fact);
	}
	chosen.sort((one, other) => one.acceptedAt - other.acceptedAt || one.id - other.id);
	return { chosen, tooMuch };
}

function lineOf({ text }: Pick<MemoryFact, 'text'>): string {
	return `- ${text}`;
}

function atStart(facts: readonly MemoryFact[]): ContextPiece[] {
	if (facts.length === 0) return [];
	const first: ContextPiece = { kind: 'memory', place: 'system', text: introduction, source: null };
	const lines = facts.map((fact): ContextPiece => {
		return { kind: 'memory', place: 'system', text: lineOf(fact), source: null, factId: fact.id };
	});
	return [first, ...lines];
}

function lineWithMessage({ text }: MemoryFact): string {
	return `(Remembered, in the person’s own words: ${text})`;
}

function withMessage(fact: MemoryFact): ContextPiece {
	return { kind: 'memory', place: 'message', text: lineWithMessage(fact), source: null, factId: fact.id };
}

/** Ids of facts that the prompt holds anyway: sent with an earlier message that is still in it, or said in one. */
async function factsInHistory(
	{ history, room }: ContextRequest,
	facts: readonly MemoryFact[],
): Promise<readonly number[]> {
	const saying = new Map(facts.flatMap((fact) => (fact.messageId === null ? [] : [[fact.messageId, fact] as const])));
	const said = history.flatMap(({ id, text, pieces }) => {
		const fact = saying.get(id);
		const own = fact !== undefined && text.includes(fact.text) ? [fact.id] : [];
		return [...own, ...pieces.flatMap(({ factId }) => factId ?? [])].map((factId) => ({ id, factId }));
	});
	if (said.length === 0) return [];
	const { dropped } = await room();
	return said.filter(({ id }) => !dropped.has(id)).map(({ factId }) => factId);
}

function leftOut(tooMuch: readonly Cost[], unseen: number, limit: number): LeftOutPiece[] {
	const reason = said`Facts may take ${figure(Math.floor(limit))} tokens here, and more relevant facts used them up`;
	const named = tooMuch.slice(0, namedOnes).map(({ fact, tokens }): LeftOutPiece => {
		const { id, text } = fact;
		const title = text.length > namedCharacters ? `${text.slice(0, namedCharacters - 1).toWellFormed()}…` : text;
		return { ...spoken({ kind: 'memory' as const, title, reason, tokens }), factId: id };
	});
	const others = tooMuch.length - named.length + unseen;
	if (others === 0) return named;
	const title = said`${amount(others, 'more fact')}`;
	return [...named, spoken({ kind: 'memory' as const, title, reason, tokens: null })];
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, one) => total + one, 0);
}
