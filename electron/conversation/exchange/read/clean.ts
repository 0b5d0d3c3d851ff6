import { cleanText, oneLine } from '../../text/clean-text.ts';
import type { ExportedConversation } from '../document.ts';

/** Makes every text of it safe to store, index and tokenise. */
export function cleanConversation(conversation: ExportedConversation): ExportedConversation {
	const { title, systemPrompt, tags, folder, messages } = conversation;
	return {
		...conversation,
		title: oneLine(title) || 'Untitled',
		systemPrompt: cleanText(systemPrompt),
		tags: [...new Set(tags.map(oneLine).filter((tag) => tag !== ''))],
		folder: folder === null ? null : oneLine(folder) || null,
		messages: messages.map((message) => ({
			...message,
			content: cleanText(message.content),
			reasoning: message.reasoning === null ? null : cleanText(message.reasoning),
			importedModel: message.importedModel === null ? null : oneLine(message.importedModel),
			attachments: message.attachments.map((each) => ({
				...each,
				name: oneLine(each.name),
				text: cleanText(each.text),
			})),
		})),
	};
}
