import type { Passage } from '../../../contract/documents/schema.ts';
import { passageText } from '../../document-blocks.ts';
import type { RetrievalContext } from '../../retrieval/context.ts';
import { searchCollections } from '../../retrieval/search-collections.ts';
import { listCollectionRows } from '../../retrieval/store.ts';

/**
 * Searches all of the person's collections, and writes the passages as a model reads them: numbered, each with its place.
 * Rejects as `searchCollections` does.
 */
export async function searchForTool(
	context: Pick<RetrievalContext, 'database' | 'library' | 'thread' | 'settings'>,
	query: string,
	count: number,
	signal: AbortSignal,
): Promise<string> {
	const collectionIds = listCollectionRows(context.database, false)
		.slice(0, 1_000)
		.map(({ id }) => id);
	if (collectionIds.length === 0) return '[The person has collected no documents.]';
	const input = { collectionIds, query, k: count, mode: 'hybrid' as const };
	const { outcome, passages } = await searchCollections(context, input, signal);
	if (outcome === 'nothing-relevant' || passages.length === 0) return '[Nothing relevant was found.]';
	return passages.map(numbered).join('\n\n');
}

function numbered(passage: Passage, index: number): string {
	const { document, page, heading } = passage;
	const place = [document, ...heading, ...(page === null ? [] : [`page ${page}`])].join(' › ');
	return `[${index + 1}] ${place}\n${passageText(passage)}`;
}
