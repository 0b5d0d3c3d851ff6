import { formatCount, formatQuantity } from '../design/format.ts';
import type { SearchState } from './search.ts';

/** "3 matches", "40 matches and more", "Searching": what has been found so far. */
export function describeFound({ status, hits, next }: Pick<SearchState, 'status' | 'hits' | 'next'>): string {
	if (status === 'searching' && hits.length === 0) return 'Searching';
	if (next !== null && hits.length > 0) return `${formatCount(hits.length)} newest matches`;
	if (next !== null) return 'Searching older messages';
	return formatQuantity(hits.length, 'match', 'matches');
}

/** "3 March 2026" */
export function describeReach(at: number): string {
	return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}
