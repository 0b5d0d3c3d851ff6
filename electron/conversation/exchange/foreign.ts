import { ZodError } from 'zod';
import { titleOf } from '../text/title.ts';
import type { ExportedConversation } from './document.ts';
import { isChatGpt, readChatGpt } from './formats/chatgpt.ts';
import type { ImportedConversation, ImportedMessage } from './formats/imported.ts';
import { isJanMessage, readJan } from './formats/jan.ts';
import { isLmStudio, readLmStudio } from './formats/lm-studio.ts';
import { isOpenWebUi, readOpenWebUi } from './formats/open-webui.ts';

/** What another program's export holds, in the shape of Assay's own document, and what of it was left out. */
export interface Foreign {
	readonly conversations: readonly ExportedConversation[];
	readonly skipped: readonly { readonly what: string; readonly why: string }[];
}

const names: Record<ImportedConversation['source'], string> = {
	chatgpt: 'ChatGPT',
	'open-webui': 'Open WebUI',
	jan: 'Jan',
	'lm-studio': 'LM Studio',
};

/**
 * Reads an export of ChatGPT or Open WebUI (one conversation or a list), LM Studio (one conversation) or Jan
 * (messages.jsonl). null where it is none of them.
 */
export function readForeign(text: string): Foreign | null {
	const json = parse(text);
	if (json === undefined) return readJanLines(text);
	if (isJanMessage(json)) return foreign([() => readJan(null, [json])]);
	const items = Array.isArray(json) ? (json as unknown[]) : [json];
	const readers = items.map(readerOf);
	if (!readers.some((reader) => reader !== null)) return null;
	return foreign(readers.map((reader, index) => reader ?? (() => unknownShape(index))));
}

type Read = () => ImportedConversation;

function readerOf(item: unknown): Read | null {
	if (isChatGpt(item)) return () => readChatGpt(item);
	if (isOpenWebUi(item)) return () => readOpenWebUi(item);
	if (isLmStudio(item)) return () => readLmStudio(item, 'conversation');
	return null;
}

function unknownShape(index: number): never {
	throw new Error(`element ${index + 1} of the file is no conversation of a program Assay knows`);
}

function readJanLines(text: string): Foreign | null {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	const values = lines.map(parse);
	return values.some(isJanMessage) ? foreign([() => readJan(null, values)]) : null;
}

function foreign(readers: readonly Read[]): Foreign {
	const conversations: ExportedConversation[] = [];
	const skipped: { what: string; why: string }[] = [];
	for (const [index, read] of readers.entries()) {
		try {
			const imported = read();
			const title = titled(imported);
			skipped.push(...imported.skipped.map(({ what, why }) => ({ what: `${what} in “${title}”`, why })));
			if (imported.messages.length === 0) skipped.push({ what: `“${title}”`, why: 'it holds no text' });
			else conversations.push(asExported(imported, title));
		} catch (error) {
			skipped.push({ what: `conversation ${index + 1}`, why: reasonOf(error) });
		}
	}
	return { conversations, skipped };
}

function asExported(imported: ImportedConversation, title: string): ExportedConversation {
	const numbers = new Map(imported.messages.map((message, index) => [message.key, index + 1]));
	const numberOf = (key: string | null): number | null => (key === null ? null : (numbers.get(key) ?? null));
	return {
		title,
		titleSource: imported.title.trim() === '' ? 'automatic' : 'user',
		systemPrompt: imported.systemPrompt,
		createdAt: imported.createdAt,
		updatedAt: Math.max(imported.updatedAt, imported.createdAt),
		headId: numberOf(imported.headKey),
		messages: imported.messages.map((message, index) => ({
			id: index + 1,
			parentId: numberOf(message.parentKey),
			role: message.role,
			status: message.status,
			content: message.content,
			reasoning: message.reasoning,
			reasoningMs: null,
			createdAt: message.createdAt,
			completedAt: message.createdAt,
			failure: failureIn(message, imported.source),
			generation: null,
		})),
	};
}

function failureIn(message: ImportedMessage, source: ImportedConversation['source']) {
	if (message.status !== 'failed') return null;
	return {
		code: 'failed-elsewhere',
		message: `This answer had failed in ${names[source]}.`,
		next: ['Answer it again'],
	};
}

function titled({ title, messages, source }: ImportedConversation): string {
	if (title.trim() !== '') return title.trim().slice(0, 500);
	const first = messages.find(({ role }) => role === 'user')?.content ?? '';
	return first.trim() === '' ? `From ${names[source]}` : titleOf(first);
}

function reasonOf(error: unknown): string {
	if (!(error instanceof ZodError)) return error instanceof Error ? error.message : String(error);
	const [issue] = error.issues;
	return `not readable: ${issue?.path.join('.')}: ${issue?.message}`;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}
