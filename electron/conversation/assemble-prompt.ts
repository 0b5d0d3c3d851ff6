import type { ContextUsage, RequestTurn } from '../../models/contract/generation.ts';
import { reservedAnswerTokens } from '../../models/prompt/context-overflow.ts';
import type { DocumentChoice, LedgerKind } from '../contract/conversation/ledger.ts';
import type { OverflowPolicy, OverflowUse } from '../contract/conversation/overflow.ts';
import type { MessagePrompt } from '../contract/conversation/schema.ts';
import { applyPrompt } from '../prompt/message-prompt.ts';
import {
	type Addition,
	type BuiltContext,
	type ContextBuilder,
	type ContextPiece,
	type ContextRequest,
	type ContextRoom,
	type HistoryMessage,
	noContext,
} from './context-builder.ts';
import { contentWithPieces, systemWithPieces, turnsOfMessage, withContent } from './prompt-turns.ts';

/** What a prompt is made of. */
export interface PromptSubject {
	/** null: a conversation that has not begun, or a temporary one. */
	readonly conversationId: number | null;
	/** Whether facts about the person may be used. */
	readonly memory: boolean;
	readonly documents: readonly DocumentChoice[];
	/** What happens with the oldest messages once the context is full. */
	readonly overflow: OverflowPolicy;
	readonly systemPrompt: string;
	/** Applied to each message; null: none. */
	readonly prompt: MessagePrompt | null;
	/** The branch before the message, and the ids of messages that are too old to fit. */
	readonly history: readonly HistoryMessage[];
	readonly tooOld: readonly number[];
	/** The message to answer: its own text, and with attachments. null: none yet. */
	readonly message: { readonly text: string; readonly content: string } | null;
	readonly contextSize: number;
	/** A source that fails then fails the request, as in `ContextRequest`. */
	readonly isMeasured?: true | undefined;
	/** As in `ContextRequest`. */
	readonly delimiters?: ContextRequest['delimiters'];
	/** The context to use; if absent, the builder is asked. */
	readonly given?: BuiltContext | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** Counts the tokens of turns, and those of texts without a template. */
export type CountTokens = (request: {
	readonly turns: RequestTurn[];
	readonly texts: string[];
}) => Promise<ContextUsage>;

/** A turn with what it is for, in the order of the prompt. */
interface AssembledTurn {
	readonly turn: RequestTurn;
	/** What its text is, apart from the pieces in it. */
	readonly kind: LedgerKind;
	/** The message that it is; null: the message to answer, or none. */
	readonly id: number | null;
	readonly pieces: readonly ContextPiece[];
}

export interface AssembledPrompt {
	readonly turns: readonly RequestTurn[];
	readonly parts: readonly AssembledTurn[];
	readonly context: BuiltContext;
	readonly overflow: OverflowPolicy;
	/** Ids of messages that are too old to fit, and that no summary stands for. */
	readonly tooOld: readonly number[];
	/** Ids of the messages that the summary stands for, oldest first. */
	readonly summarised: readonly number[];
}

/**
 * Puts together what the model is given: the same function counts before sending and answers, so what is shown is what is
 * sent. Asks the builder for context, and counts only if a source wants to know how much room there is.
 */
export async function assemblePrompt(
	builder: ContextBuilder | undefined,
	subject: PromptSubject,
	count: CountTokens,
): Promise<AssembledPrompt> {
	if (subject.given !== undefined) return assemble(subject, subject.given);
	if (builder === undefined || subject.message === null) return assemble(subject, noContext);
	const { contextSize, history, message } = subject;
	const plain = assemble(subject, noContext);
	let counted: Promise<ContextRoom> | null = null;
	async function countRoom(prompt: AssembledPrompt): Promise<ContextRoom> {
		const usage = await count({ turns: [...prompt.turns], texts: [] });
		const free = contextSize - reservedAnswerTokens(contextSize) - usage.sent;
		return { free: Math.max(0, free), dropped: new Set(droppedIds(prompt, usage.droppedTurns)) };
	}
	const build = (room: (added?: Addition) => Promise<ContextRoom>): Promise<BuiltContext> =>
		builder.build({
			conversationId: subject.conversationId,
			memory: subject.memory,
			documents: subject.documents,
			overflow: subject.overflow,
			systemPrompt: subject.systemPrompt,
			history,
			tooOld: subject.tooOld,
			message: message.text,
			...(subject.isMeasured === true ? { isMeasured: true as const } : {}),
			delimiters: subject.delimiters,
			contextSize,
			countTokens: async (texts) =>
				texts.length === 0
					? []
					: (await count({ turns: [{ role: 'user', content: '' }], texts: [...texts] })).textTokens,
			room,
			signal: subject.signal,
		});
	const context = await build((added) => {
		if (added !== undefined)
			return countRoom(assemble(subject, { ...noContext, ...added, summary: added.summary ?? null }));
		counted ??= countRoom(plain);
		return counted;
	});
	const first = assemble(subject, context);
	if (context.pieces.length === 0 || !history.some(({ pieces }) => pieces.length > 0)) return first;
	// What was added may push out messages with which some of the context was sent before: then that is sent again.
	const before = counted === null ? new Set<number>() : (await (counted as Promise<ContextRoom>)).dropped;
	const { free, dropped } = await countRoom(first);
	const lost = history.some(({ id, pieces }) => pieces.length > 0 && dropped.has(id) && !before.has(id));
	if (!lost && !coversFacts(first, history, dropped)) return first;
	const gone = new Set([...first.summarised, ...dropped]);
	// With a summary, the messages that it stands for are not missing.
	return assemble(subject, await build(async (added) => ({ free, dropped: added === undefined ? gone : dropped })));
}

/** Whether facts went with messages that the summary stands for, and with nothing else that is sent. */
function coversFacts(
	{ context, summarised }: AssembledPrompt,
	history: readonly HistoryMessage[],
	dropped: ReadonlySet<number>,
): boolean {
	const covered = new Set(summarised);
	const sent = history.filter(({ id }) => !covered.has(id) && !dropped.has(id)).flatMap(({ pieces }) => pieces);
	const known = new Set([...context.pieces, ...sent].map(({ factId }) => factId));
	const before = history.filter(({ id }) => covered.has(id)).flatMap(({ pieces }) => pieces);
	return before.some(({ factId }) => factId !== undefined && !known.has(factId));
}

/** Ids of the messages among the first `count` turns that are not kept in any case. */
export function droppedIds({ parts }: Pick<AssembledPrompt, 'parts'>, count: number): readonly number[] {
	return (
		parts
			.filter(({ kind }) => kind === 'history' || kind === 'message')
			.slice(0, count)
			// An answer that called tools is several turns.
			.flatMap(({ id }) => id ?? [])
			.filter((id, index, all) => id !== all[index - 1])
	);
}

/** Says what became of the oldest messages, if the engine leaves out `dropped` turns; undefined: all are sent. */
export function overflowOf(prompt: AssembledPrompt, dropped: number): OverflowUse | undefined {
	const { summary } = prompt.context;
	const leftOut = prompt.tooOld.length + droppedIds(prompt, dropped).length;
	if (leftOut === 0 && summary === null) return undefined;
	const own = prompt.parts.filter(({ kind }) => kind === 'history' || kind === 'message');
	return {
		policy: prompt.overflow,
		firstSentId: own[dropped]?.id ?? null,
		leftOut,
		summary: summary === null ? null : { ...summary, messages: prompt.summarised.length },
	};
}

function assemble(subject: PromptSubject, context: BuiltContext): AssembledPrompt {
	const { systemPrompt, prompt, history, message, tooOld } = subject;
	const { before, write } = applyPrompt(prompt);
	const path = [...tooOld, ...history.map(({ id }) => id)];
	const summarised = context.summary === null ? [] : path.slice(0, path.indexOf(context.summary.untilId) + 1);
	const covered = new Set(summarised);
	const system = systemWithPieces(systemPrompt, context.pieces);
	const parts: AssembledTurn[] = [];
	if (system.trim() !== '') {
		const pieces = context.pieces.filter(({ place }) => place === 'system');
		parts.push({ turn: { role: 'system', content: system }, kind: 'system', id: null, pieces });
	}
	for (const turn of before) parts.push({ turn, kind: 'prompt', id: null, pieces: [] });
	for (const { id, pieces, ...text } of withContent(history)) {
		if (covered.has(id)) continue;
		for (const turn of turnsOfMessage(text, write)) parts.push({ turn, kind: 'history', id, pieces });
	}
	if (message !== null) {
		const content = contentWithPieces(message.content, context.pieces);
		const pieces = context.pieces.filter(({ place }) => place === 'message');
		parts.push({ turn: { role: 'user', content: write(content) }, kind: 'message', id: null, pieces });
	}
	return {
		turns: parts.map(({ turn }) => turn),
		parts,
		context,
		overflow: subject.overflow,
		tooOld: tooOld.filter((id) => !covered.has(id)),
		summarised,
	};
}
