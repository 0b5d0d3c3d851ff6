import { z } from 'zod';
import type { SearchCursor, SearchHit } from '../../contract/search/schema.ts';
import { defineTool } from '../tool.ts';

/** Most hits that one call of the contract returns. */
const pageSize = 200;

export const searchConversations = defineTool({
	name: 'search_conversations',
	title: 'Search conversations',
	description:
		'Searches the person’s own conversations by words, newest first. Filters among the words: tag:, folder:, model:, after:, before:, feedback:.',
	scope: 'conversations',
	input: z.object({
		text: z.string().max(1_000),
		limit: z.int().min(1).max(100).default(20),
	}),
	output: z.object({
		hits: z.array(
			z.object({
				conversation_id: z.int(),
				message_id: z.int().nullable(),
				written_by: z.enum(['user', 'assistant']).nullable(),
				title: z.string(),
				snippet: z.string(),
				at: z.string().describe('ISO 8601'),
			}),
		),
		problems: z.array(z.string()).describe('Filters that were not understood'),
	}),
	annotations: { readOnlyHint: true, openWorldHint: false },
	async run({ text, limit }, { client, signal }) {
		const hits: SearchHit[] = [];
		let problems: string[] = [];
		let after: SearchCursor | null = null;
		do {
			signal.throwIfAborted();
			const left = Math.min(pageSize, limit - hits.length);
			const page = await client.search.find({ text, limit: left, after }, { signal });
			hits.push(...page.hits);
			problems = page.filters.flatMap(({ problem }) => problem ?? []);
			after = page.next;
		} while (after !== null && hits.length < limit);
		return {
			hits: hits.map(({ conversationId, messageId, writtenBy, title, snippet, at }) => ({
				conversation_id: conversationId,
				message_id: messageId,
				written_by: writtenBy,
				title: unmarked(title),
				snippet: unmarked(snippet),
				at: new Date(at).toISOString(),
			})),
			problems,
		};
	},
});

/** Takes out the characters that mark what was found. */
function unmarked(text: string): string {
	return text.replaceAll(/[\uE000\uE001]/g, '');
}
