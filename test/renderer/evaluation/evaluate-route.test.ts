import { expect, test } from 'vitest';
import {
	type EvaluateRoute,
	formatEvaluateRoute,
	listPromptVersionIds,
	parseEvaluateRoute,
} from '../../../renderer/evaluation/evaluate-route.ts';

const places: EvaluateRoute[] = [
	{ kind: 'latest' },
	{ kind: 'run', id: 12 },
	{ kind: 'mark', id: 12 },
	{ kind: 'compare', ids: [8, 9] },
	{ kind: 'new', given: {} },
	{ kind: 'new', given: { promptVersionId: 105 } },
	{ kind: 'new', given: { promptVersionIds: [103, 105], datasetId: 3, modelFileId: 2 } },
	{ kind: 'new', given: { runId: 9 } },
];

test.each(places)('the address of %j parses back to it', (place) => {
	expect(parseEvaluateRoute(formatEvaluateRoute(place))).toEqual(place);
});

test.each(['x', '-1', '0', '3-3', '3-x', '1-2-3', '1.5', 'mark', 'mark?run=x', '', '12e400'])(
	'%j opens the newest run',
	(part) => {
		expect(parseEvaluateRoute(part)).toEqual({ kind: 'latest' });
	},
);

test('invalid parts in the address of a new run are ignored', () => {
	expect(parseEvaluateRoute('new?prompt=x,-2&dataset=0&model=7&other=1')).toEqual({
		kind: 'new',
		given: { modelFileId: 7 },
	});
	expect(listPromptVersionIds({ promptVersionId: 3, promptVersionIds: [3, 4] })).toEqual([3, 4]);
});
