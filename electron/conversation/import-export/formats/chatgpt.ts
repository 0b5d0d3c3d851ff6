import { z } from 'zod';
import {
	type ImportedConversation,
	keepMessages,
	keptHead,
	milliseconds,
	type RawNode,
	reasons,
	type Skipped,
} from './imported.ts';
import { argumentsOf, attachToolParts, type ToolPart } from './tool-steps.ts';

const messageShape = z.looseObject({
	author: z.looseObject({ role: z.string(), name: z.string().nullish() }),
	create_time: z.number().nullish(),
	content: z.looseObject({ content_type: z.string().nullish() }).nullish(),
	status: z.string().nullish(),
	weight: z.number().nullish(),
	recipient: z.string().nullish(),
	metadata: z
		.looseObject({ model_slug: z.string().nullish(), is_visually_hidden_from_conversation: z.boolean().nullish() })
		.nullish(),
});

const conversationShape = z.looseObject({
	title: z.string().nullish(),
	create_time: z.unknown().optional(),
	update_time: z.unknown().optional(),
	mapping: z.record(
		z.string(),
		z.looseObject({
			id: z.string().nullish(),
			message: z.unknown().optional(),
			parent: z.string().nullish(),
		}),
	),
	current_node: z.string().nullish(),
	conversation_id: z.string().nullish(),
	id: z.string().nullish(),
	default_model_slug: z.string().nullish(),
	is_archived: z.boolean().nullish(),
	is_starred: z.boolean().nullish(),
});

type Message = z.infer<typeof messageShape>;

export function isChatGpt(value: unknown): boolean {
	return typeof value === 'object' && value !== null && 'mapping' in value;
}

/** Reads one element of ChatGPT's conversations.json. Throws a ZodError if the shape differs. */
export function readChatGpt(value: unknown): ImportedConversation {
	const raw = conversationShape.parse(value);
	const createdAt = milliseconds(raw.create_time, 0);
	const skipped: Skipped[] = [];
	const system: string[] = [];
	let lastTime = createdAt;
	let thoughts = '';
	const toolParts = new Map<string, ToolPart>();
	const read = Object.entries(raw.mapping).map(([key, node]): RawNode => {
		const parsed = messageShape.safeParse(node.message);
		const parentKey = node.parent ?? null;
		if (!parsed.success) {
			if (node.message != null) skipped.push({ what: `message ${key}`, why: reasons.unknownShape('ChatGPT') });
			return { key, parentKey, message: null };
		}
		const message = parsed.data;
		lastTime = milliseconds(message.create_time, lastTime);
		const text = textOf(message, skipped);
		const role = message.author.role;
		if (role === 'system' && text.trim() !== '' && !isHidden(message)) system.push(text);
		if (message.content?.content_type === 'thoughts') {
			thoughts = text;
			return { key, parentKey, message: null };
		}
		if (!isShown(message) || text.trim() === '') {
			const part = toolPartOf(message, text);
			if (part !== null) toolParts.set(key, part);
			return { key, parentKey, message: null };
		}
		const reasoning = role === 'assistant' && thoughts !== '' ? thoughts : null;
		thoughts = '';
		return {
			key,
			parentKey,
			message: {
				role: role === 'user' ? 'user' : 'assistant',
				content: text,
				reasoning,
				createdAt: lastTime,
				model: message.metadata?.model_slug ?? null,
				status: message.status === 'in_progress' ? 'stopped' : 'complete',
			},
		};
	});
	const { nodes, lost } = attachToolParts(read, toolParts);
	for (const name of lost) skipped.push({ what: `a use of the tool "${name}"`, why: reasons.noAnswer });
	const messages = keepMessages(nodes);
	return {
		key: raw.conversation_id ?? raw.id ?? `${raw.title ?? ''}@${createdAt}`,
		source: 'chatgpt',
		title: raw.title ?? '',
		createdAt,
		updatedAt: milliseconds(raw.update_time, createdAt),
		systemPrompt: system.join('\n\n'),
		model: raw.default_model_slug ?? null,
		pinned: raw.is_starred === true,
		archived: raw.is_archived === true,
		tags: [],
		messages,
		headKey: keptHead(raw.current_node ?? null, nodes, messages),
		skipped,
	};
}

function isHidden(message: Message): boolean {
	return message.metadata?.is_visually_hidden_from_conversation === true || message.weight === 0;
}

/** Answers to tools (a "recipient" other than all) and messages that ChatGPT hides were never visible to the user. */
function isShown(message: Message): boolean {
	const { role } = message.author;
	if (role !== 'user' && role !== 'assistant') return false;
	if (isHidden(message)) return false;
	return message.recipient == null || message.recipient === 'all';
}

/** A call has the tool as its recipient; a result has it as its author. */
function toolPartOf({ author, recipient, content, metadata }: Message, text: string): ToolPart | null {
	if (author.role === 'tool') {
		const result = text.trim() === '' ? field(content, 'result') : text;
		const isError = field(metadata?.aggregate_result, 'status') === 'failed_with_in_kernel_exception';
		return { kind: 'result', name: author.name ?? 'unknown', text: result, isError };
	}
	if (author.role !== 'assistant' || recipient == null || recipient === 'all') return null;
	const given = content?.content_type === 'code' ? field(content, 'text') : text;
	return { kind: 'call', name: recipient, arguments: argumentsOf(given, recipient === 'python' ? 'code' : 'input') };
}

function textOf(message: Message, skipped: Skipped[]): string {
	const content = message.content;
	if (content == null) return '';
	switch (content.content_type ?? 'text') {
		case 'code':
			return typeof content.text === 'string' ? `\`\`\`${language(content.language)}\n${content.text}\n\`\`\`` : '';
		case 'thoughts':
			return Array.isArray(content.thoughts)
				? content.thoughts
						.map((thought: unknown) => field(thought, 'content') || field(thought, 'summary'))
						.join('\n\n')
				: '';
		case 'user_editable_context':
		case 'model_editable_context':
		case 'reasoning_recap':
			return '';
		default:
			return Array.isArray(content.parts)
				? content.parts.map((part: unknown) => partText(part, skipped)).join('\n')
				: field(content, 'text');
	}
}

function partText(part: unknown, skipped: Skipped[]): string {
	if (typeof part === 'string') return part;
	const text = field(part, 'text');
	if (text === '')
		skipped.push({
			what: `an attachment (${field(part, 'content_type') || 'of unknown kind'})`,
			why: reasons.onlyText,
		});
	return text;
}

function field(value: unknown, name: string): string {
	const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
	return typeof found === 'string' ? found : '';
}

function language(name: unknown): string {
	return typeof name === 'string' && /^[\w+#-]+$/.test(name) && name !== 'unknown' ? name : '';
}
