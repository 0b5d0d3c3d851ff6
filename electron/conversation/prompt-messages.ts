import { setImmediate } from 'node:timers/promises';
import { branchPath } from './branch-path.ts';
import type { ConversationContext } from './context.ts';
import type { HistoryMessage } from './context-builder.ts';
import { contentWithPieces, withAttachments } from './prompt-turns.ts';
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
	const { database, answers } = context;
	context.contextBuilder?.prepare();
	const usesMemory = isMemoryUsed(context, memory);
	const path = await branchPath(database, end);
	const start = firstToRead(path.length, contextSize);
	const messages: PromptMessages['messages'][number][] = [];
	for (let at = start; at < path.length; at += readAtOnce) {
		if (at > start) await setImmediate();
		const pieces = readPieces(database, path.slice(at, at + readAtOnce + 1), 0);
		const ids = path.slice(at, at + readAtOnce);
		const rounds = roundsByMessage(database, ids);
		const read = readTexts(database, ids).map((message, index) => {
			const content = answers.message(message.id)?.content ?? message.content;
			const answer = message.role === 'user' ? path[at + index + 1] : undefined;
			const sent = answer === undefined ? [] : (pieces.get(answer) ?? []);
			const own = rounds.get(message.id);
			return {
				...message,
				content,
				text: content,
				pieces: sent.filter(({ place, kind }) => place === 'message' && (usesMemory || kind !== 'memory')),
				...(own === undefined ? {} : { rounds: own }),
			};
		});
		messages.push(
			...withAttachments(database, read).map((message) => ({
				...message,
				content: contentWithPieces(message.content, message.pieces),
			})),
		);
	}
	return { messages, tooOld: path.slice(0, start) };
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
