import { z } from 'zod';
import {
	type ImportedConversation,
	type ImportedMessage,
	type ImportedRound,
	keepMessages,
	keptHead,
	milliseconds,
	type RawNode,
	readNodes,
	reasons,
	type Skipped,
} from './imported.ts';
import { argumentsOf, roundsFromParts, type ToolPart } from './tool-steps.ts';

const partShape = z.looseObject({
	type: z.string(),
	text: z.string().nullish(),
	thinking: z.string().nullish(),
	name: z.string().nullish(),
	id: z.string().nullish(),
	input: z.unknown().optional(),
	tool_use_id: z.string().nullish(),
	content: z.unknown().optional(),
	is_error: z.boolean().nullish(),
});

const messageShape = z.looseObject({
	uuid: z.string(),
	sender: z.string(),
	text: z.string().nullish(),
	content: z.array(partShape).nullish(),
	parent_message_uuid: z.string().nullish(),
	created_at: z.unknown().optional(),
	attachments: z
		.array(z.looseObject({ file_name: z.string().nullish(), extracted_content: z.string().nullish() }))
		.nullish(),
	files: z.array(z.looseObject({ file_name: z.string().nullish() })).nullish(),
});

const conversationShape = z.looseObject({
	uuid: z.string(),
	name: z.string().nullish(),
	created_at: z.unknown().optional(),
	updated_at: z.unknown().optional(),
	is_starred: z.boolean().nullish(),
	model: z.string().nullish(),
	current_leaf_message_uuid: z.string().nullish(),
	chat_messages: z.array(z.unknown()),
});

type Message = z.infer<typeof messageShape>;
type Part = z.infer<typeof partShape>;

export function isClaude(value: unknown): boolean {
	return typeof value === 'object' && value !== null && 'chat_messages' in value;
}

/** Reads one element of Claude's conversations.json. Throws a ZodError if the shape differs. */
export function readClaude(value: unknown): ImportedConversation {
	const raw = conversationShape.parse(value);
	const createdAt = milliseconds(raw.created_at, 0);
	const skipped: Skipped[] = [];
	const { nodes, lastTime } = readNodes(
		raw.chat_messages,
		{
			program: 'Claude',
			shape: messageShape,
			read: (message) => ({
				key: message.uuid,
				// Older exports have no parents.
				parentKey: message.parent_message_uuid,
				time: message.created_at,
				message: (at) => readMessage(message, at, skipped),
			}),
		},
		{ createdAt, skipped },
	);
	const messages = keepMessages(nodes);
	return {
		key: raw.uuid,
		source: 'claude',
		title: raw.name ?? '',
		createdAt,
		updatedAt: milliseconds(raw.updated_at, lastTime),
		systemPrompt: '',
		model: raw.model ?? null,
		pinned: raw.is_starred === true,
		archived: false,
		tags: [],
		messages,
		headKey: keptHead(raw.current_leaf_message_uuid ?? null, nodes, messages),
		skipped,
	};
}

function readMessage(message: Message, createdAt: number, skipped: Skipped[]): RawNode['message'] {
	const parts = message.content ?? [];
	const texts = parts.flatMap(({ type, text }) => (type === 'text' && text ? [text] : []));
	const thoughts = parts.flatMap(({ type, thinking }) => (type === 'thinking' && thinking ? [thinking] : []));
	const text = [texts.length > 0 ? texts.join('\n\n') : (message.text ?? ''), ...attachedTexts(message, skipped)]
		.filter((part) => part.trim() !== '')
		.join('\n\n');
	const role: ImportedMessage['role'] = message.sender === 'human' ? 'user' : 'assistant';
	const rounds = role === 'assistant' ? roundsOf(parts, skipped) : [];
	if (text === '' && rounds.length === 0) return null;
	const reasoning = thoughts.length > 0 ? thoughts.join('\n\n') : null;
	const steps = rounds.length === 0 ? {} : { rounds };
	return { role, content: text, reasoning, createdAt, model: null, status: 'complete', ...steps };
}

/** Calls stand between the parts of an answer; those between two texts are one round, if none waited for another. */
function roundsOf(parts: readonly Part[], skipped: Skipped[]): ImportedRound[] {
	const rounds: ImportedRound[] = [];
	const ends = { contentEnd: 0, reasoningEnd: 0 };
	let calls: ToolPart[] = [];
	const close = (): void => {
		rounds.push(...roundsFromParts(calls, { ...ends }));
		calls = [];
	};
	const longer = (end: number, text: string): number => end + text.length + (end === 0 ? 0 : 2);
	for (const part of parts) {
		const name = part.name ?? 'unknown';
		if (part.type === 'text' && part.text) {
			close();
			ends.contentEnd = longer(ends.contentEnd, part.text);
		} else if (part.type === 'thinking' && part.thinking) {
			close();
			ends.reasoningEnd = longer(ends.reasoningEnd, part.thinking);
		} else if (part.type === 'tool_use') calls.push({ kind: 'call', name, arguments: argumentsOf(part.input) });
		else if (part.type === 'tool_result') {
			const text = resultText(part.content, name, skipped);
			calls.push({ kind: 'result', name, text, isError: part.is_error === true });
		}
	}
	close();
	return rounds;
}

function resultText(content: unknown, name: string, skipped: Skipped[]): string {
	if (typeof content === 'string') return content;
	if (!Array.isArray(content)) return '';
	return content
		.flatMap((part: unknown) => {
			if (typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string')
				return part.text;
			if (typeof part === 'object' && part !== null && 'type' in part && part.type === 'knowledge')
				return JSON.stringify(part);
			skipped.push({ what: `part of a result of the tool "${name}"`, why: reasons.onlyText });
			return [];
		})
		.join('\n');
}

/** Claude stores a long pasted text as an attachment; without it, part of the question would be missing here. */
function attachedTexts({ attachments, files }: Message, skipped: Skipped[]): string[] {
	const texts: string[] = [];
	for (const { file_name: name, extracted_content: text } of attachments ?? []) {
		if (text?.trim()) texts.push(`${name || 'Pasted text'}:\n\n${text}`);
		else skipped.push({ what: `the file "${name || 'unnamed'}"`, why: reasons.onlyText });
	}
	for (const { file_name: name } of files ?? [])
		skipped.push({ what: `the file "${name || 'unnamed'}"`, why: reasons.onlyText });
	return texts;
}
