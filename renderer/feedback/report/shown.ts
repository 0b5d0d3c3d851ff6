import type { Asked } from '../../dataset/add/adding.ts';
import type { Services } from '../../services.ts';
import { callFilter } from './filter.ts';

/** Everything that the filter leaves, to be added to a dataset; null where that is nothing. */
export function shownByFilter({ feedbackReport }: Pick<Services, 'feedbackReport'>): Asked | null {
	const { filter, items, summary } = feedbackReport.state.getState();
	if (items.length === 0) return null;
	return {
		kind: 'feedback',
		filter: callFilter(filter, Date.now()),
		count: summary?.totals[filter.rating] ?? items.length,
	};
}
