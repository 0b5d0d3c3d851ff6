import { setImmediate } from 'node:timers/promises';
import type { AttachedText } from '../contract/conversation/schema.ts';
import { branchPath } from './branch-path.ts';
import type { ConversationContext } from './context.ts';
import type { HistoryMessage } from './context-builder.ts';
import { contentWithAttachments, contentWithPieces } from './prompt-turns.ts';
import { attachedTextsOf } from './store/attachments.ts';
import { readPieces } from './store/context-pieces.ts';
import { readTexts } from './store/messages.ts';
import { roundsByMessage } from './store/rounds.ts';

export interface PromptMessages {
	/** With their attachments in the content, and with what was sent with them to get the next answer of the branch. */
	readonly messages: readonly HistoryMessage[];
	/** Ids of older messages, none of which fits into the context. */
	readonly tooOld: readonly number[];
}

/** What reading a prompt depends on. */
export type PromptContext = Pick<ConversationContext, 'database' | 'answers' | 'settings' | 'contextBuilder'>;

/** Messages to read at once: some milliseconds. */
const readAtOnce = 500;

/**
 * Reads the messages of a branch, up to `end`, that a context of `contextSize` tokens may have room for: each has at
 * least one token. Reads in parts, so that nothing else waits for it. Includes the current text of an answer that is
 * being generated. Without `memory`, or while it is switched off, facts that were sent earlier are left out.
 */
export async function readPromptMessages(
	context: PromptContext,
	end: number,
	contextSize: number,
	memory: boolean,
): Promise<PromptMessages> {
	context.contextBuilder?.prepare();
	const path = await branchPath(context.database, end);
	const start = firstToRead(path.length, contextSize);
	const messages = await readHistory(context, path.slice(start), isMemoryUsed(context, memory));
	return { messages, tooOld: path.slice(0, start) };
}

/** A message of a branch, with the texts that were attached to it. */
export interface StoredMessage extends HistoryMessage {
	readonly attached: readonly AttachedText[];
}

/**
 * Reads messages that follow each other on a branch, as prompts contain them. Reads in parts, as above. Without
 * `usesMemory`, facts are left out.
 */
export async function readHistory(
	{ database, answers }: Pick<PromptContext, 'database' | 'answers'>,
	path: readonly number[],
	usesMemory: boolean,
): Promise<readonly StoredMessage[]> {
	const messages: StoredMessage[] = [];
	for (let at = 0; at < path.length; at += readAtOnce) {
		if (at > 0) await setImmediate();
		const ids = path.slice(at, at + readAtOnce);
		const pieces = readPieces(database, path.slice(at, at + readAtOnce + 1), 0);
		const rounds = roundsByMessage(database, ids);
		const attachments = attachedTextsOf(database, ids);
		for (const [index, message] of readTexts(database, ids).entries()) {
			const text = answers.message(message.id)?.content ?? message.content;
			const answer = message.role === 'user' ? path[at + index + 1] : undefined;
			const given = answer === undefined ? [] : (pieces.get(answer) ?? []);
			const sent = given.filter(({ place, kind }) => place === 'message' && (usesMemory || kind !== 'memory'));
			const attached = attachments.get(message.id) ?? [];
			const own = rounds.get(message.id);
			messages.push({
				...message,
				text,
				content: contentWithPieces(contentWithAttachments(text, attached), sent),
				pieces: sent,
				attached,
				...(own === undefined ? {} : { rounds: own }),
			});
		}
	}
	return messages;
}

/** Whether facts may be sent. `memory`: what the conversation chose. */
export function isMemoryUsed({ settings }: Pick<PromptContext, 'settings'>, memory: boolean): boolean {
	return memory && settings().memoryOn;
}

/**
 * Returns where to begin among `count` messages, of which at most `most` fit. Moves on only once per `most` messages:
 * which turns the model drops depends on the first one, and its cache on which it drops.
 */
export function firstToRead(count: number, most: number): number {
	return Math.max(0, Math.floor((count - most) / most)) * most;
}
