import type { Conversation, ListInput } from '../../../electron/contract/conversation.ts';
import type { Client } from '../../connection/connection.ts';

/** A part of the list with pages of its own. */
export interface ListSection {
	readonly status: 'loading' | 'ready';
	readonly conversations: readonly Conversation[];
	/** Everything there is has been fetched. */
	readonly complete: boolean;
}

export const loadingSection: ListSection = { status: 'loading', conversations: [], complete: false };

const pageSize = 100;
/** One call of the contract answers with no more. */
const largestPage = 500;

type Query = Partial<Pick<ListInput, 'place' | 'folderId' | 'tagId'>>;

/** Fetches a section afresh, as much of it as was there. What lies further down is fetched again when it is needed. */
export async function fetchSection(client: Client, query: Query, before?: ListSection): Promise<ListSection> {
	const limit = Math.min(largestPage, Math.max(pageSize, before?.conversations.length ?? 0));
	const { conversations } = await client.conversations.list({ ...query, limit });
	return { status: 'ready', conversations, complete: conversations.length < limit };
}

/** The section with its next page. */
export async function fetchNextPage(client: Client, query: Query, section: ListSection): Promise<ListSection> {
	const last = section.conversations.at(-1);
	if (section.complete || section.status === 'loading' || last === undefined) return section;
	const updatedAt = query.place === 'pinned' ? (last.pinnedAt ?? 0) : last.updatedAt;
	const { conversations } = await client.conversations.list({
		...query,
		limit: pageSize,
		before: { updatedAt, id: last.id },
	});
	const known = new Set(section.conversations.map(({ id }) => id));
	return {
		status: 'ready',
		conversations: [...section.conversations, ...conversations.filter(({ id }) => !known.has(id))],
		complete: conversations.length < pageSize,
	};
}

export function withoutConversations(section: ListSection, ids: ReadonlySet<number>): ListSection {
	return { ...section, conversations: section.conversations.filter(({ id }) => !ids.has(id)) };
}
