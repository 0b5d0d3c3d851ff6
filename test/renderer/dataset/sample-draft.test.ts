import { describe, expect, test } from 'vitest';
import type { Mapping } from '../../../electron/contract/dataset/schema.ts';
import { findMappingProblem, toMapping, toMappingDraft } from '../../../renderer/dataset/column-roles.ts';
import { formatStep, toBars } from '../../../renderer/dataset/length-histogram.tsx';
import {
	changeInput,
	emptyDraft,
	findDraftProblem,
	parseTags,
	type SampleDraft,
	toSampleDraft,
	toSampleEdit,
} from '../../../renderer/dataset/sample-draft.ts';
import { findSplitProblem, toShares } from '../../../renderer/dataset/split-dialog.tsx';
import { listChangedFields } from '../../../renderer/dataset/version-diff.tsx';
import { buildSample } from '../../support/fixtures/dataset.ts';

const mapping: Mapping = {
	input: 'ticket',
	target: 'topic',
	choices: [],
	choiceSeparator: '|',
	targetIs: 'text',
	key: null,
	split: null,
	tags: ['kind'],
	cluster: null,
	metadata: ['agent'],
};
const columns = ['ticket', 'topic', 'kind', 'agent', 'day'].map((name) => ({
	name,
	filled: 3,
	examples: [],
	distinct: 3,
}));

describe('roles of columns in an import', () => {
	const draft = toMappingDraft(mapping, columns);

	test('convert to a mapping and back unchanged', () => {
		expect(draft.roles).toEqual({ ticket: 'input', topic: 'target', kind: 'tags', agent: 'metadata', day: 'variable' });
		expect(toMapping(draft, mapping)).toEqual(mapping);
		expect(findMappingProblem(draft)).toBeNull();
	});

	test('a role that two columns hold for a moment is reported, and neither loses it', () => {
		const passing = { ...draft, roles: { ...draft.roles, kind: 'target' as const } };
		expect(findMappingProblem(passing)).toBe('topic and kind can’t both be the target');
		const arrived = { ...passing, roles: { ...passing.roles, kind: 'split' as const } };
		expect(toMapping(arrived, mapping)).toMatchObject({ target: 'topic', split: 'kind', tags: [] });
	});

	test('choices follow the order of the file', () => {
		const roles = { ...draft.roles, day: 'choice', agent: 'choice' } as const;
		expect(toMapping({ ...draft, roles }, mapping).choices).toEqual(['agent', 'day']);
	});

	test('a template serves as the input, so no column is needed for it', () => {
		const roles = { ...draft.roles, ticket: 'variable' } as const;
		expect(findMappingProblem({ ...draft, roles })).toBe('Choose the input column');
		const written = { ...draft, roles, template: '{{kind}}: {{ticket}}' };
		expect(findMappingProblem(written)).toBeNull();
		expect(toMapping(written, mapping).input).toBe('{{kind}}: {{ticket}}');
		expect(toMappingDraft({ ...mapping, input: '{{a}} {{b}}' }, columns).template).toBe('{{a}} {{b}}');
	});
});

describe('a sample being edited', () => {
	const sample = buildSample(1, 'Who?', {
		target: 'Ada',
		tags: ['people'],
		choices: ['Ada', 'Bob'],
		cluster: 'page 1',
	});
	const draft = toSampleDraft(sample);

	test('unchanged fields make no edit', () => {
		expect(toSampleEdit(draft, draft)).toEqual({});
	});

	test('the column that the input came from changes with it, unless it was edited itself', () => {
		const read = { ...emptyDraft, input: 'Old?', variables: { ticket: 'Old?', kind: 'x' } };
		const typed = ['', 'N', 'New?'].reduce<SampleDraft>((now, input) => changeInput(read, now, input), read);
		expect(typed).toMatchObject({ input: 'New?', variables: { ticket: 'New?', kind: 'x' } });
		const own = { ...read, variables: { ticket: 'Mine', kind: 'Old?' } };
		expect(changeInput({ ...read, variables: { ...read.variables, kind: '' } }, own, 'New?').variables).toEqual(
			own.variables,
		);
	});

	test('an edit holds only changed fields; empty means none', () => {
		expect(toSampleEdit(draft, { ...draft, target: '', choices: ['', ' '], cluster: ' ' })).toEqual({
			target: null,
			choices: null,
			cluster: null,
		});
		expect(toSampleEdit(draft, { ...draft, tags: 'a, b,a ,', split: ' train ' })).toEqual({
			tags: ['a', 'b'],
			split: 'train',
		});
	});

	test('needs an input, as text or in some turn', () => {
		expect(findDraftProblem({ ...emptyDraft, input: ' \n' })).not.toBeNull();
		expect(findDraftProblem({ ...emptyDraft, input: [{ role: 'user', content: ' ' }] })).not.toBeNull();
		expect(findDraftProblem({ ...emptyDraft, input: 'x' })).toBeNull();
		expect(parseTags('')).toEqual([]);
	});
});

test('the shares of a split add up and have names', () => {
	const parts = [
		{ split: 'test', percent: 80 },
		{ split: ' examples ', percent: 20 },
	];
	expect(findSplitProblem(parts)).toBeNull();
	expect(toShares(parts)).toEqual([
		{ split: 'test', share: 0.8 },
		{ split: 'examples', share: 0.2 },
	]);
	expect(findSplitProblem([{ split: 'test', percent: 70 }, parts[1]!])).toBe(
		'Shares must add up to 100\u00A0% (now 90\u00A0%)',
	);
	expect(findSplitProblem([parts[0]!, { split: 'test', percent: 20 }])).toBe('Split names must differ');
	expect(findSplitProblem([parts[0]!, { split: ' ', percent: 20 }])).toBe('Name every split');
});

describe('the histogram', () => {
	test('steps finer than whole lengths become one bar per length', () => {
		// 1 to 4 in eight steps of 0.375: lengths 1, 2, 3 fall into steps 0, 2, 5, and 4 into the last.
		expect(toBars({ min: 1, max: 4, histogram: [5, 0, 7, 0, 0, 2, 0, 1] })).toEqual([
			{ from: 1, to: 1, count: 5 },
			{ from: 2, to: 2, count: 7 },
			{ from: 3, to: 3, count: 2 },
			{ from: 4, to: 4, count: 1 },
		]);
		expect(toBars({ min: 3, max: 3, histogram: [9] })).toEqual([{ from: 3, to: 3, count: 9 }]);
	});

	test('wider steps keep every sample, and their bounds do not overlap', () => {
		const histogram = [3, 4, 0, 1];
		const bars = toBars({ min: 0, max: 40, histogram });
		expect(bars.map(({ count }) => count)).toEqual(histogram);
		expect(bars.map(({ from, to }) => formatStep(from, to))).toEqual(['0 to 9', '10 to 19', '20 to 29', '30 to 40']);
	});
});

test('a changed sample shows its differences, a new one its text', () => {
	const before = buildSample(1, 'Who?', { target: 'Ada', tags: ['a'], variables: { page: '1' } });
	const after = { ...before, id: 2, target: 'Bob', tags: [] };
	expect(listChangedFields(before, after)).toEqual([
		{ label: 'Target', before: 'Ada', after: 'Bob' },
		{ label: 'Tags', before: 'a', after: null },
	]);
	expect(listChangedFields(null, after).map(({ label }) => label)).toEqual(['Input', 'Target']);
	expect(listChangedFields(before, before)).toEqual([]);
});
