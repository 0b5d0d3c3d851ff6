import { z } from 'zod';
import {
	type ImportedConversation,
	type ImportedMessage,
	milliseconds,
	reasons,
	type Skipped,
	splitEmbeddedReasoning,
} from './imported.ts';

const threadShape = z.looseObject({
	id: z.string(),
	object: z.string().nullish(),
	title: z.string().nullish(),
	created: z.unknown().optional(),
	updated: z.unknown().optional(),
	assistants: z
		.array(
			z.looseObject({
				instructions: z.string().nullish(),
				model: z.looseObject({ id: z.string().nullish(), name: z.string().nullish() }).nullish(),
			}),
		)
		.nullish(),
});

const messageShape = z.looseObject({
	id: z.string(),
	thread_id: z.string().nullish(),
	role: z.string(),
	content: z
		.array(
			z.looseObject({ type: z.string().nullish(), text: z.looseObject({ value: z.string().nullish() }).nullish() }),
		)
		.nullish(),
	status: z.string().nullish(),
	created_at: z.unknown().optional(),
	metadata: z.looseObject({ assistant: z.looseObject({ instructions: z.string().nullish() }).nullish() }).nullish(),
});

/** Returns true for a line of Jan's messages.jsonl. */
export function isJanMessage(value: unknown): boolean {
	return typeof value === 'object' && value !== null && 'object' in value && value.object === 'thread.message';
}

/**
 * Reads one thread of Jan: the lines of its messages.jsonl and its thread.json, if it exists. Jan keeps no tree: the
 * messages are in sequence. Throws a ZodError if thread.json has another shape.
 */
export function readJan(thread: unknown, lines: readonly unknown[]): ImportedConversation {
	const facts = thread == null ? null : threadShape.parse(thread);
	const skipped: Skipped[] = [];
	const messages: ImportedMessage[] = [];
	const created = milliseconds(facts?.created, 0);
	let instructions = facts?.assistants?.[0]?.instructions ?? null;
	let threadId = facts?.id ?? null;
	for (const [index, line] of lines.entries()) {
		const parsed = messageShape.safeParse(line);
		if (!parsed.success) {
			skipped.push({ what: `line ${index + 1} of messages.jsonl`, why: 'not a message from Jan' });
			continue;
		}
		const message = parsed.data;
		instructions ??= message.metadata?.assistant?.instructions ?? null;
		threadId ??= message.thread_id ?? null;
		const text = (message.content ?? [])
			.map((part) => {
				if (part.type === 'text' || part.text != null) return part.text?.value ?? '';
				skipped.push({ what: `an attachment (${part.type ?? 'of unknown kind'})`, why: reasons.onlyText });
				return '';
			})
			.join('\n');
		if ((message.role !== 'user' && message.role !== 'assistant') || text.trim() === '') continue;
		messages.push({
			key: message.id,
			parentKey: messages.at(-1)?.key ?? null,
			role: message.role,
			...(message.role === 'assistant' ? splitEmbeddedReasoning(text) : { content: text, reasoning: null }),
			createdAt: milliseconds(message.created_at, messages.at(-1)?.createdAt ?? created),
			model: message.role === 'assistant' ? (facts?.assistants?.[0]?.model?.id ?? null) : null,
			status: message.status === 'error' ? 'failed' : message.status === 'stopped' ? 'stopped' : 'complete',
		});
	}
	const createdAt = created || (messages[0]?.createdAt ?? 0);
	return {
		key: threadId ?? messages[0]?.key ?? 'empty',
		source: 'jan',
		title: facts?.title ?? '',
		createdAt,
		updatedAt: milliseconds(facts?.updated, messages.at(-1)?.createdAt ?? createdAt),
		systemPrompt: instructions ?? '',
		model: facts?.assistants?.[0]?.model?.id ?? null,
		pinned: false,
		archived: false,
		tags: [],
		messages,
		headKey: messages.at(-1)?.key ?? null,
		skipped,
	};
}
