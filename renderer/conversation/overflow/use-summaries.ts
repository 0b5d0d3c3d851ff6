import { useStore } from 'zustand';
import type { Summaries } from '../../../electron/contract/conversation/overflow.ts';
import { type QueryResult, useQuery } from '../../connection/use-query.ts';
import { useServices } from '../../services.ts';

/** The summaries of a conversation, fetched again after each change. `also`: what else makes them stale; null: none. */
export function useSummaries(conversationId: number | null, also: string | null = ''): QueryResult<Summaries> {
	const changed = useStore(useServices().summaries.changes, (changes) => changes.get(conversationId ?? 0) ?? 0);
	const key = conversationId === null || also === null ? null : `${conversationId} ${changed} ${also}`;
	return useQuery(key, (client, signal) => client.summaries.list({ id: conversationId ?? 0 }, { signal }));
}
