import type { ChatTurn, RequestTurn } from '../../models/contract/generation.ts';
import { withoutPageBreaks } from '../contract/conversation/page-breaks.ts';
import { textsOfRounds } from '../contract/conversation/round-texts.ts';
import type { AttachedText, Message, MessagePrompt } from '../contract/conversation/schema.ts';
import type { AnswerRound, AnswerStep } from '../contract/conversation/steps.ts';
import { applyPrompt } from '../prompt/message-prompt.ts';
import { fenceFor } from '../text/code-fence.ts';
import type { ContextPiece } from './context-builder.ts';

/**
 * Builds the model's input: the system prompt and the branch, without reasoning and without messages that have no
 * content. Applies the prompt to each of the user's messages. The engine joins neighbours of one role after it has
 * chosen those that fit into the context.
 */
export function buildTurns(
	systemPrompt: string,
	messages: readonly Pick<Message, 'role' | 'content' | 'rounds'>[],
	prompt?: MessagePrompt | null,
): readonly RequestTurn[] {
	const { before, write } = applyPrompt(prompt);
	const turns = withContent(messages).flatMap((message) => turnsOfMessage(message, write));
	const system: RequestTurn[] = systemPrompt.trim() === '' ? [] : [{ role: 'system', content: systemPrompt }];
	return [...system, ...before, ...turns];
}

/** Returns the turns of an answer's rounds: its words and calls, then their results. */
export function turnsOfRounds(content: string, rounds: readonly AnswerRound[]): readonly ChatTurn[] {
	const texts = textsOfRounds(content, rounds);
	return rounds.flatMap(({ steps }, index): ChatTurn[] => [
		{
			role: 'assistant',
			content: texts[index] ?? '',
			toolCalls: steps.map(({ callId, name, arguments: given }) => ({ id: callId, name, arguments: given })),
		},
		...steps.map(
			({ callId, name, result, status }): ChatTurn => ({
				role: 'tool',
				content: result ?? unfinished(status),
				toolCallId: callId,
				name,
			}),
		),
	]);
}

function unfinished(status: AnswerStep['status']): string {
	return status === 'interrupted'
		? 'Interrupted: the result is unknown. The call may have taken effect.'
		: 'Stopped by the user before there was a result.';
}

/** Returns a message as turns: an answer that called tools has more than one. `write` applies a prompt. */
export function turnsOfMessage(
	{ role, content, rounds = [] }: Pick<Message, 'role' | 'content' | 'rounds'>,
	write: (text: string) => string,
): readonly ChatTurn[] {
	if (role === 'user') return [{ role, content: write(content) }];
	if (rounds.length === 0) return [{ role, content }];
	const last = textsOfRounds(content, rounds).at(-1) ?? '';
	return [...turnsOfRounds(content, rounds), ...(last.trim() === '' ? [] : [{ role, content: last }])];
}

/** Returns the messages that a prompt contains. */
export function withContent<M extends Pick<Message, 'content' | 'rounds'>>(messages: readonly M[]): readonly M[] {
	return messages.filter(({ content, rounds = [] }) => content.trim() !== '' || rounds.length > 0);
}

type NamedText = Pick<AttachedText, 'name' | 'text'>;

/** Formats an attached text for the prompt: its name, then the text between fences that don't occur in it. */
export function attachmentBlock({ name, text: stored }: NamedText): string {
	const text = withoutPageBreaks(stored);
	const fence = fenceFor(text);
	const kind = /\.(\w{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? '';
	return `${name}:\n${fence}${kind}\n${text.endsWith('\n') ? text : `${text}\n`}${fence}`;
}

/** Returns a message as the model receives it: its attachments in order, then its own text. */
export function contentWithAttachments(content: string, attached: readonly NamedText[]): string {
	const blocks = attached.map(attachmentBlock);
	return (content.trim() === '' ? blocks : [...blocks, content]).join('\n\n');
}

/** Returns a message as the model receives it: the pieces of context that are sent with it, then its own content. */
export function contentWithPieces(content: string, pieces: readonly ContextPiece[]): string {
	const texts = pieces.flatMap(({ place, text }) => (place === 'message' ? [text] : []));
	return (content.trim() === '' ? texts : [...texts, content]).join('\n\n');
}

/** Returns the system prompt with the pieces of context that follow it. */
export function systemWithPieces(systemPrompt: string, pieces: readonly ContextPiece[]): string {
	const texts = pieces.flatMap(({ place, text }) => (place === 'system' ? [text] : []));
	return (systemPrompt.trim() === '' ? texts : [systemPrompt, ...texts]).join('\n\n');
}
