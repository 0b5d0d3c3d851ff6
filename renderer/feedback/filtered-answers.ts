import type { AddRequest } from '../dataset/add-to-dataset-store.ts';
import type { Services } from '../services.ts';
import { toReportQuery } from './feedback-filter.ts';

/** Creates a request to add everything filtered to a dataset; null if there is nothing. */
export function toAddRequest({ feedbackReport }: Pick<Services, 'feedbackReport'>): AddRequest | null {
	const { filter, items, summary } = feedbackReport.state.getState();
	if (items.length === 0) return null;
	return {
		kind: 'feedback',
		filter: toReportQuery(filter, Date.now()),
		count: summary?.totals[filter.rating] ?? items.length,
	};
}
