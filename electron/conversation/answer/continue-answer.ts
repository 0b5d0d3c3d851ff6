import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { GenerationStart } from '../../contract/conversation/schema.ts';
import type { AnswerRound, AnswerStep } from '../../contract/conversation/steps.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { get, transaction } from '../../database/sql.ts';
import { chooseModel } from '../choose-model.ts';
import type { ConversationContext } from '../context.ts';
import { effectiveOptions } from '../options.ts';
import { readContext } from '../store/context-pieces.ts';
import { getConversation } from '../store/conversations.ts';
import { getMessageRow } from '../store/messages.ts';
import { readOptions } from '../store/options.ts';
import { roundsOf } from '../store/rounds.ts';
import { unpackTokenIds } from '../store/token-ids.ts';
import { assertCanAnswer, insertAnswer, type NewAnswer, startAnswer, withSeed } from './start-answer.ts';

/**
 * Starts a sibling of `messageId` that begins with all of its text and continues it, written by the same model if that
 * is still in the library. Overwrites nothing. Throws Failure `message-unknown`, `nothing-to-continue`, `no-model`,
 * `conversation-in-trash`, `answer-in-progress`, `disk-full`; then nothing was stored.
 */
export function continueAnswer(context: ConversationContext, messageId: number): GenerationStart {
	const { database } = context;
	const message = getMessageRow(database, messageId);
	const conversation = getConversation(database, message.conversationId);
	assertCanAnswer(conversation);
	const rounds = roundsOf(database, messageId);
	const { earlier, text } = writtenAfter(message, rounds);
	if (message.role !== 'assistant' || message.parentId === null || (text === '' && rounds.length === 0)) {
		throw new Failure({
			code: 'nothing-to-continue',
			message: said`This answer has no text to continue.`,
			next: [said`Answer again`],
		});
	}
	const model = chooseModel(context.models, undefined, message.modelFileId ?? conversation.modelFileId);
	const options = effectiveOptions(context, readOptions(database, conversation.id), model);
	const { sampling, load, prompt, memory = true, documents, overflow, adapters } = options;
	// Half a character at the end is shown as U+FFFD; adding its other half would not repair the text already shown.
	const tokens = text.endsWith('\uFFFD') || rounds.length > 0 ? null : writtenTokens(database, messageId, model.id);
	const withRounds = rounds.length === 0 ? {} : { rounds: text === '' ? withOpenSteps(rounds) : rounds, earlier };
	const answer: NewAnswer = {
		conversationId: conversation.id,
		questionId: message.parentId,
		model,
		systemPrompt: conversation.systemPrompt,
		prompt,
		memory,
		documents,
		overflow,
		// The same prompt as before: it goes on from there.
		given: readContext(database, messageId),
		sampling: withSeed(sampling),
		adapters: adapters(),
		load,
		continues: { messageId, text, tokens, reasoningMs: message.reasoningMs, ...withRounds },
	};
	const start = transaction(database, () => insertAnswer(context, answer));
	return startAnswer(context, answer, start);
}

/** Divides an answer into what was written up to its last calls, and what was written after them. */
function writtenAfter(
	{ content, reasoning }: { readonly content: string; readonly reasoning: string | null },
	rounds: readonly AnswerRound[],
) {
	const contentEnd = rounds.at(-1)?.contentEnd ?? 0;
	const reasoningEnd = rounds.at(-1)?.reasoningEnd ?? 0;
	const after = (text: string, end: number): string => text.slice(end).replace(end === 0 ? /^(?!)/ : /^\n\n/, '');
	const thought = after(reasoning ?? '', reasoningEnd);
	return {
		earlier: {
			content: content.slice(0, contentEnd),
			reasoning: reasoningEnd === 0 ? null : (reasoning?.slice(0, reasoningEnd) ?? null),
		},
		text: writtenText({ content: after(content, contentEnd), reasoning: thought === '' ? null : thought }),
	};
}

/**
 * Returns the rounds with the calls of the last one open that have no result: they are made again. One that began keeps
 * when it did until it ends: it may have taken effect, however often the answer is taken up again.
 */
function withOpenSteps(rounds: readonly AnswerRound[]): readonly AnswerRound[] {
	const isOpen = ({ status }: AnswerStep): boolean => status === 'interrupted' || status === 'stopped';
	return rounds.map((round, index) =>
		index < rounds.length - 1
			? round
			: {
					...round,
					steps: round.steps.map((step) =>
						isOpen(step)
							? {
									...step,
									status: step.startedAt === null ? ('waiting' as const) : ('interrupted' as const),
									result: null,
									durationMs: null,
								}
							: step,
					),
				},
	);
}

/** Returns an answer as its model wrote it, including thinking tags: the start of the continuation. */
export function writtenText({
	content,
	reasoning,
}: {
	readonly content: string;
	readonly reasoning: string | null;
}): string {
	if (reasoning === null) return content;
	const thought = `<think>\n${reasoning}`;
	return content === '' ? thought : `${thought}\n</think>\n\n${content}`;
}

interface Row {
	readonly continuesId: number | null;
	readonly modelFileId: number | null;
	readonly stopReason: string | null;
	readonly completionTokens: number;
	readonly tokenIds: Uint8Array | null;
}

const written = `SELECT m.continues_id AS continuesId, g.model_file_id AS modelFileId, g.stop_reason AS stopReason,
    g.completion_tokens AS completionTokens, g.token_ids AS tokenIds
  FROM messages m JOIN generations g ON g.message_id = m.id WHERE m.id = :id`;

/**
 * Returns the tokens of an answer and of the answers it continues, so that the model resumes from exactly the same
 * state. null if some are unknown (the answer was cut off), another model wrote them, or they contain more than the
 * text (a stop string).
 */
function writtenTokens(database: ReadableDatabase, messageId: number, modelFileId: number): number[] | null {
	const tokens: number[][] = [];
	for (let id: number | null = messageId; id !== null; ) {
		const row: Row | undefined = get<Row>(database, written, { id });
		if (row === undefined || row.modelFileId !== modelFileId) return null;
		if (row.stopReason === null || row.stopReason === 'stop-string') return null;
		const own = unpackTokenIds(row.tokenIds ?? new Uint8Array());
		if (own.length !== row.completionTokens) return null;
		tokens.unshift(own);
		id = row.continuesId;
	}
	return tokens.flat();
}
