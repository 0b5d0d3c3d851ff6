import { textsOfRounds } from '../../contract/conversation/round-texts.ts';
import type { MessagePrompt } from '../../contract/conversation/schema.ts';
import type { ConversationContext } from '../../conversation/context.ts';
import { readHistory, type StoredMessage } from '../../conversation/prompt-messages.ts';
import { contentWithAttachments, turnsOfMessage } from '../../conversation/prompt-turns.ts';
import { applyPrompt } from '../../prompt/message-prompt.ts';
import { textOfBlock } from '../document-blocks.ts';
import type { SummarisedMessage } from './summarise.ts';

/** A stored message as it is summarised, and as it takes room in prompts. */
export interface StoredSummarised extends SummarisedMessage {
	readonly sent: string;
}

/**
 * Reads consecutive messages of a branch, with their attachments, the passages found for them, and their tool calls.
 * Each of these texts is shortened to `contextSize` characters, about a quarter of the context in English. Facts about the
 * person are left out: they can be forgotten, and no summary must keep them.
 */
export async function readSummarised(
	context: Pick<ConversationContext, 'database' | 'answers'>,
	ids: readonly number[],
	contextSize: number,
	prompt: MessagePrompt | null,
): Promise<readonly StoredSummarised[]> {
	const { write } = applyPrompt(prompt);
	const messages = await readHistory(context, ids, false);
	return messages.map((message) => ({
		role: message.role,
		text: message.role === 'user' ? questionText(message, contextSize) : answerText(message, contextSize),
		sent: turnsOfMessage(message, write).map(textOfTurn).join('\n'),
	}));
}

function textOfTurn({ content, toolCalls = [] }: ReturnType<typeof turnsOfMessage>[number]): string {
	return [content, ...toolCalls.map((call) => `${call.name} ${call.arguments}`)].join('\n');
}

function questionText({ text, attached, pieces }: StoredMessage, most: number): string {
	// An introduction has no source; passages from the conversation's own past are messages themselves.
	const passages = pieces.flatMap((piece) =>
		piece.source === null ? [] : { name: piece.source.title, text: textOfBlock(piece.text) },
	);
	const given = [...attached, ...passages].map(({ name, text: whole }) => ({ name, text: shortened(whole, most) }));
	return contentWithAttachments(text, given);
}

function answerText({ text, rounds = [] }: StoredMessage, most: number): string {
	const parts = textsOfRounds(text, rounds).flatMap((words, index) => [
		words.trim(),
		...(rounds[index]?.steps ?? []).map((step) => {
			const result = step.result === null ? 'no result' : shortened(step.result, most);
			return `(Called ${step.name} with ${shortened(step.arguments, most)}. Result: ${result})`;
		}),
	]);
	return parts.filter((part) => part !== '').join('\n');
}

function shortened(text: string, most: number): string {
	if (text.length <= most) return text;
	return `${text.slice(0, most).toWellFormed()}\n[… ${text.length - most} more characters are left out here]`;
}
