import { importSourceNames } from '../../../contract/exchange/import-source.ts';
import { titleFromMessage } from '../../text/title.ts';
import type { ExportedConversation } from '../document.ts';
import type { ImportedConversation, ImportedMessage } from '../formats/imported.ts';

/** Another program's conversation in the shape of Assay's own document. */
export function toExported(imported: ImportedConversation, title: string): ExportedConversation {
	const numbers = new Map(imported.messages.map((message, index) => [message.key, index + 1]));
	const numberOf = (key: string | null): number | null => (key === null ? null : (numbers.get(key) ?? null));
	const updatedAt = Math.max(imported.updatedAt, imported.createdAt);
	return {
		title,
		titleSource: imported.title.trim() === '' ? 'automatic' : 'user',
		systemPrompt: imported.systemPrompt,
		createdAt: imported.createdAt,
		updatedAt,
		pinnedAt: imported.pinned ? updatedAt : null,
		archivedAt: imported.archived ? updatedAt : null,
		folder: null,
		tags: [...imported.tags],
		importedFrom: imported.source,
		importedKey: imported.key,
		headId: numberOf(imported.headKey),
		messages: imported.messages.map((message, index) => ({
			id: index + 1,
			parentId: numberOf(message.parentKey),
			continuesId: null,
			role: message.role,
			status: message.status,
			content: message.content,
			reasoning: message.reasoning,
			reasoningMs: null,
			createdAt: message.createdAt,
			completedAt: message.createdAt,
			failure: failureIn(message, imported.source),
			importedModel: message.role === 'assistant' ? (message.model ?? imported.model) : null,
			generation: null,
			attachments: [],
		})),
	};
}

function failureIn(message: ImportedMessage, source: ImportedConversation['source']) {
	if (message.status !== 'failed') return null;
	return {
		code: 'failed-elsewhere',
		message: `This answer had failed in ${importSourceNames[source]}.`,
		next: ['Answer it again'],
	};
}

/** Its title, or one made of how it begins. */
export function importedTitle({ title, messages, source }: ImportedConversation): string {
	if (title.trim() !== '') return title.trim().slice(0, 500);
	const first = messages.find(({ role }) => role === 'user')?.content ?? '';
	return first.trim() === '' ? `From ${importSourceNames[source]}` : titleFromMessage(first);
}
