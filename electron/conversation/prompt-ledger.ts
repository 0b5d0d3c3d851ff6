import type { ContextUsage } from '../../models/contract/generation.ts';
import { amount, figure, said, spoken } from '../../models/contract/said.ts';
import type { Engine } from '../../models/engine.ts';
import {
	type LedgerKind,
	type LedgerPart,
	type LeftOut,
	ledgerKinds,
	type SourceReference,
} from '../contract/conversation/ledger.ts';
import type { OverflowUse } from '../contract/conversation/overflow.ts';
import type { Message } from '../contract/conversation/schema.ts';
import { type OfferedTools, toolUse } from './answer/tool-calls.ts';
import { type AssembledPrompt, overflowOf } from './assemble-prompt.ts';
import type { ConversationContext } from './context.ts';
import type { AnswerLedger } from './store/context-pieces.ts';
import type { GenerationNumbers } from './store/generations.ts';
import { findUnfoundQuotes } from './unfound-quotes.ts';

/**
 * Texts of all pieces of context in a prompt, in its order: what `stretchesOf` needs counted besides the turns. Each has
 * the empty line that separates it from the message or the system prompt, which is no part of these.
 */
export function pieceTexts({ parts }: Pick<AssembledPrompt, 'parts'>): string[] {
	return parts.flatMap(({ kind, turn, pieces }) =>
		pieces.map(({ text }) => {
			if (kind === 'system') return turn.content.startsWith(text) ? text : `\n\n${text}`;
			return turn.content.endsWith(text) ? text : `${text}\n\n`;
		}),
	);
}

export interface CountedParts extends ContextUsage {
	/** Tokens that the definitions of tools add to the prompt. */
	readonly toolTokens: number;
}

/** Counts what `ledgerOf` needs; null if it can't be counted, for example because the model was unloaded. */
export async function countParts(
	{ log }: Pick<ConversationContext, 'log'>,
	engine: Engine | null,
	prompt: AssembledPrompt | null,
	offered: OfferedTools | null,
): Promise<CountedParts | null> {
	if (prompt === null || engine === null) return null;
	try {
		const turns = [...prompt.turns];
		const usage = await engine.countTokens({ turns, texts: pieceTexts(prompt) });
		if (offered === null) return { ...usage, toolTokens: 0 };
		const { total } = await engine.countTokens({ turns, texts: [], tools: toolUse(offered.offers) });
		return { ...usage, toolTokens: Math.max(0, total - usage.total) };
	} catch (error) {
		log(`conversation: the parts of a prompt were not counted: ${String(error)}`);
		return null;
	}
}

/** Sources that were sent with the message, by number. */
export function sourcesOf({ context }: AssembledPrompt): SourceReference[] {
	return context.pieces.flatMap(({ source }) => source ?? []);
}

/** A stretch of the prompt. */
export interface PromptStretch {
	readonly kind: LedgerKind;
	readonly tokens: number;
	/** Index of its turn. */
	readonly turn: number;
}

/** Divides the turns into stretches, in the order of the prompt, by the tokens of each turn and of each piece. */
export function stretchesOf(
	{ parts }: AssembledPrompt,
	turnTokens: readonly number[],
	pieceTokens: readonly number[],
): readonly PromptStretch[] {
	let next = 0;
	return parts.flatMap(({ kind, pieces }, turn) => {
		const inside = pieces.map((piece) => ({ kind: piece.kind, tokens: pieceTokens[next++] ?? 0, turn }));
		const own = (turnTokens[turn] ?? 0) - inside.reduce((sum, { tokens }) => sum + tokens, 0);
		const rest = { kind, tokens: Math.max(0, own), turn };
		// The system prompt stands before its pieces, a message after them.
		return kind === 'system' ? [rest, ...inside] : [...inside, rest];
	});
}

/**
 * Says what each part of an answer's prompt cost. `result` has the turns that its first prompt left out. What the template adds is spread evenly over the turns to find out which
 * tokens were cached: those at the start of the prompt. The time of reading is shared out by the tokens that weren't.
 */
export function ledgerOf(
	prompt: AssembledPrompt,
	{ turnTokens, textTokens, toolTokens = 0 }: Pick<CountedParts, 'turnTokens' | 'textTokens'> & Partial<CountedParts>,
	result: Pick<GenerationNumbers, 'promptTokens' | 'cachedTokens' | 'droppedTurns' | 'promptMs'>,
	{ content: answer, rounds = [] }: Pick<Message, 'content' | 'rounds'>,
): AnswerLedger {
	// The numbers of an answer that called tools are those of all its prompts together; its first one is explained.
	const { promptTokens, cachedTokens } = rounds[0] ?? result;
	const { promptMs } = result;
	const overflow = overflowOf(prompt, result.droppedTurns - prompt.tooOld.length);
	const dropped = droppedTurns(prompt, result.droppedTurns - prompt.tooOld.length);
	const stretches = stretchesOf(prompt, turnTokens, textTokens).filter(({ turn }) => !dropped.has(turn));
	const turns = prompt.parts.length - dropped.size;
	const known = stretches.reduce((sum, { tokens }) => sum + tokens, 0);
	const template = Math.max(0, promptTokens - known - toolTokens);
	const tokens = new Map<LedgerKind, number>([['template', template]]);
	const cached = new Map<LedgerKind, number>();
	let left = cachedTokens;
	const take = (kind: LedgerKind, count: number): void => {
		const reused = Math.min(left, count);
		left -= reused;
		cached.set(kind, (cached.get(kind) ?? 0) + reused);
	};
	if (toolTokens > 0) {
		tokens.set('tools', toolTokens);
		take('tools', toolTokens);
	}
	let turn = -1;
	for (const stretch of stretches) {
		if (stretch.turn !== turn) take('template', template / Math.max(1, turns));
		turn = stretch.turn;
		tokens.set(stretch.kind, (tokens.get(stretch.kind) ?? 0) + stretch.tokens);
		take(stretch.kind, stretch.tokens);
	}
	const times = new Map<LedgerKind, number>();
	for (const { kind, ms } of prompt.context.times) times.set(kind, (times.get(kind) ?? 0) + ms);
	const computed = Math.max(1, promptTokens - cachedTokens);
	const parts = ledgerKinds.flatMap((kind): LedgerPart[] => {
		const count = tokens.get(kind) ?? 0;
		const buildMs = times.get(kind) ?? 0;
		if (count === 0 && buildMs === 0) return [];
		const reused = Math.min(count, Math.round(cached.get(kind) ?? 0));
		return [{ kind, tokens: count, cached: reused, buildMs, readMs: (promptMs * (count - reused)) / computed }];
	});
	// What the model wrote itself is no source. A person's own words and results of tools may be quoted, too.
	const quotable = [
		...prompt.turns.flatMap(({ role, content }) => (role === 'assistant' ? [] : [content])),
		...rounds.flatMap(({ steps }) => steps.flatMap(({ result }) => result ?? [])),
	];
	const given = prompt.parts.flatMap(({ pieces }) => pieces.filter(({ source }) => source !== null));
	return {
		parts,
		leftOut: historyLeftOut(overflow),
		...(overflow === undefined ? {} : { overflow }),
		knownSources: Math.max(0, ...given.map(({ source }) => source?.number ?? 0)),
		unfoundQuotes: given.length === 0 ? [] : [...findUnfoundQuotes(answer, quotable)],
	};
}

/** Indices of the turns that the engine left out: the oldest of those that are not kept in any case. */
function droppedTurns({ parts }: AssembledPrompt, count: number): ReadonlySet<number> {
	const first = parts.findIndex(({ kind }) => kind === 'history' || kind === 'message');
	return new Set(first === -1 ? [] : Array.from({ length: Math.max(0, count) }, (_, index) => first + index));
}

function historyLeftOut(overflow: OverflowUse | undefined): LeftOut[] {
	if (overflow === undefined) return [];
	const { leftOut, summary } = overflow;
	const entries: LeftOut[] = [];
	if (leftOut > 0) {
		entries.push(
			spoken({
				kind: 'history' as const,
				title: said`${amount(leftOut, 'older message')}`,
				reason: said`The context is full`,
				tokens: null,
			}),
		);
	}
	if (summary !== null) {
		entries.push(
			spoken({
				kind: 'history' as const,
				title: said`${amount(summary.messages, 'older message')}`,
				reason: said`The summary takes their place (version ${figure(summary.number)})`,
				tokens: null,
			}),
		);
	}
	return entries;
}
