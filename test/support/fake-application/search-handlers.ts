import type { Implementer } from '../../../electron/api/implementer.ts';
import type { SearchFilter, SearchHit } from '../../../electron/contract/search/schema.ts';
import { matchEnd, matchStart } from '../../../electron/database/excerpt.ts';
import { parseQuery, type QueryWord } from '../../../electron/search/parse-query.ts';
import type { FakeApplication } from './fake-application.ts';

/** Searches the fake's data with the real filter parser and a plain word comparison. */
export function searchHandlers(fake: FakeApplication, { search }: Implementer) {
	return {
		find: search.find.handler(({ input }) => {
			const { words, filter, terms } = parseQuery(input.text, Date.now());
			return {
				hits: words.length === 0 && terms.length === 0 ? [] : hitsOf(fake, words, filter).slice(0, input.limit),
				filters: terms.map(({ typed, label, problem }) => ({ typed, label, problem })),
				next: null,
				searchedTo: null,
			};
		}),
		choices: search.choices.handler(() => ({
			tags: [
				{ name: 'physics', conversations: 12 },
				{ name: 'work', conversations: 4 },
			],
			folders: [{ name: 'Recipes', conversations: 7 }],
			models: ['SmolLM2 135M Instruct'],
		})),
	};
}

function hitsOf({ data }: FakeApplication, words: readonly QueryWord[], filter: SearchFilter): SearchHit[] {
	const hits: SearchHit[] = [];
	for (const { id, title, updatedAt, deletedAt, archivedAt } of data.conversations.values()) {
		if (deletedAt !== null) continue;
		const common = { conversationId: id, archived: archivedAt !== null };
		if (holds(title, words) && filter.writtenBy === undefined) {
			const marked = markAll(title, words);
			hits.push({ ...common, messageId: null, writtenBy: null, title: marked, snippet: '', at: updatedAt });
		}
		for (const { id: messageId, conversationId, content, role, createdAt } of data.messages.values()) {
			if (conversationId !== id || !holds(content, words)) continue;
			if (filter.writtenBy !== undefined && filter.writtenBy !== role) continue;
			if (createdAt < (filter.from ?? 0) || createdAt >= (filter.to ?? Infinity)) continue;
			const at = Math.max(0, content.toLowerCase().indexOf(words[0]?.text.toLowerCase() ?? '') - 30);
			const end = at + 120;
			const cut = end < content.length ? '…' : '';
			const snippet = `${at > 0 ? '…' : ''}${markAll(content.slice(at, end), words)}${cut}`;
			hits.push({ ...common, messageId, writtenBy: role, title, snippet, at: createdAt });
		}
	}
	return hits;
}

function holds(text: string, words: readonly QueryWord[]): boolean {
	return words.every((word) => text.toLowerCase().includes(word.text.toLowerCase()));
}

function markAll(text: string, words: readonly QueryWord[]): string {
	const patterns = words.map((word) => word.text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	if (patterns.length === 0) return text;
	return text.replaceAll(new RegExp(patterns.join('|'), 'gi'), (hit) => `${matchStart}${hit}${matchEnd}`);
}
