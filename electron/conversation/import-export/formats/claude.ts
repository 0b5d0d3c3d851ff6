import { z } from 'zod';
import {
	type ImportedConversation,
	type ImportedMessage,
	keepMessages,
	keptHead,
	milliseconds,
	type RawNode,
	readNodes,
	reasons,
	type Skipped,
} from './imported.ts';

const partShape = z.looseObject({
	type: z.string(),
	text: z.string().nullish(),
	thinking: z.string().nullish(),
	name: z.string().nullish(),
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
	for (const { type, name } of parts) {
		if (type === 'tool_use')
			skipped.push({
				what: `a use of the tool "${name ?? 'unknown'}"`,
				why: reasons.noTools,
			});
	}
	const text = [texts.length > 0 ? texts.join('\n\n') : (message.text ?? ''), ...attachedTexts(message, skipped)]
		.filter((part) => part.trim() !== '')
		.join('\n\n');
	if (text === '') return null;
	const role: ImportedMessage['role'] = message.sender === 'human' ? 'user' : 'assistant';
	const reasoning = thoughts.length > 0 ? thoughts.join('\n\n') : null;
	return { role, content: text, reasoning, createdAt, model: null, status: 'complete' };
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
