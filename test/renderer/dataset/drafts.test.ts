import { describe, expect, test } from 'vitest';
import type { Mapping } from '../../../electron/contract/dataset/import.ts';
import { barsOf, stepWords } from '../../../renderer/dataset/check/histogram.ts';
import { draftOfMapping, mappingOf, mappingProblem } from '../../../renderer/dataset/import/roles.ts';
import {
	draftOf,
	draftProblem,
	editOf,
	emptyDraft,
	type SampleDraft,
	tagsOf,
	withInput,
} from '../../../renderer/dataset/sample/edit/sample-draft.ts';
import { partsProblem, sharesOf } from '../../../renderer/dataset/split/parts.ts';
import { changedFields } from '../../../renderer/dataset/version/changed-fields.ts';
import { sampleOf } from '../../support/fake-application/dataset/data.ts';

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

describe('what columns of an import mean', () => {
	const draft = draftOfMapping(mapping, columns);

	test('goes there and back unchanged', () => {
		expect(draft.roles).toEqual({ ticket: 'input', topic: 'target', kind: 'tags', agent: 'metadata', day: 'variable' });
		expect(mappingOf(draft, mapping)).toEqual(mapping);
		expect(mappingProblem(draft)).toBeNull();
	});

	test('a role that two columns have for a moment is said, and nobody loses it', () => {
		const passing = { ...draft, roles: { ...draft.roles, kind: 'target' as const } };
		expect(mappingProblem(passing)).toBe('topic and kind can’t both be the target');
		const arrived = { ...passing, roles: { ...passing.roles, kind: 'split' as const } };
		expect(mappingOf(arrived, mapping)).toMatchObject({ target: 'topic', split: 'kind', tags: [] });
	});

	test('choices stand in the order of the file', () => {
		const roles = { ...draft.roles, day: 'choice', agent: 'choice' } as const;
		expect(mappingOf({ ...draft, roles }, mapping).choices).toEqual(['agent', 'day']);
	});

	test('a template is the input, and needs no column for it', () => {
		const roles = { ...draft.roles, ticket: 'variable' } as const;
		expect(mappingProblem({ ...draft, roles })).toBe('Say which column is the input');
		const written = { ...draft, roles, template: '{{kind}}: {{ticket}}' };
		expect(mappingProblem(written)).toBeNull();
		expect(mappingOf(written, mapping).input).toBe('{{kind}}: {{ticket}}');
		expect(draftOfMapping({ ...mapping, input: '{{a}} {{b}}' }, columns).template).toBe('{{a}} {{b}}');
	});
});

describe('a sample while it is written', () => {
	const sample = sampleOf(1, 'Who?', { target: 'Ada', tags: ['people'], choices: ['Ada', 'Bob'], cluster: 'page 1' });
	const draft = draftOf(sample);

	test('nothing changed is no edit', () => {
		expect(editOf(draft, draft)).toEqual({});
	});

	test('the column that the input was read from goes with it, unless it was written in', () => {
		const read = { ...emptyDraft, input: 'Old?', variables: { ticket: 'Old?', kind: 'x' } };
		const typed = ['', 'N', 'New?'].reduce<SampleDraft>((now, input) => withInput(read, now, input), read);
		expect(typed).toMatchObject({ input: 'New?', variables: { ticket: 'New?', kind: 'x' } });
		const own = { ...read, variables: { ticket: 'Mine', kind: 'Old?' } };
		expect(withInput({ ...read, variables: { ...read.variables, kind: '' } }, own, 'New?').variables).toEqual(
			own.variables,
		);
	});

	test('only what changed is in the edit; empty means none', () => {
		expect(editOf(draft, { ...draft, target: '', choices: ['', ' '], cluster: ' ' })).toEqual({
			target: null,
			choices: null,
			cluster: null,
		});
		expect(editOf(draft, { ...draft, tags: 'a, b,a ,', split: ' train ' })).toEqual({
			tags: ['a', 'b'],
			split: 'train',
		});
	});

	test('needs an input, in words or in some turn', () => {
		expect(draftProblem({ ...emptyDraft, input: ' \n' })).not.toBeNull();
		expect(draftProblem({ ...emptyDraft, input: [{ role: 'user', content: ' ' }] })).not.toBeNull();
		expect(draftProblem({ ...emptyDraft, input: 'x' })).toBeNull();
		expect(tagsOf('')).toEqual([]);
	});
});

test('shares of a split add up and have names', () => {
	const parts = [
		{ split: 'test', percent: 80 },
		{ split: ' examples ', percent: 20 },
	];
	expect(partsProblem(parts)).toBeNull();
	expect(sharesOf(parts)).toEqual([
		{ split: 'test', share: 0.8 },
		{ split: 'examples', share: 0.2 },
	]);
	expect(partsProblem([{ split: 'test', percent: 70 }, parts[1]!])).toBe('The shares add up to 90 %, not 100');
	expect(partsProblem([parts[0]!, { split: 'test', percent: 20 }])).toBe('Two splits have one name');
	expect(partsProblem([parts[0]!, { split: ' ', percent: 20 }])).toBe('Name every split');
});

describe('the histogram', () => {
	test('finer steps than whole lengths become one bar a length', () => {
		// 1 to 4 in eight steps of 0.375: lengths 1, 2, 3 fall into steps 0, 2, 5, and 4 into the last.
		expect(barsOf({ min: 1, max: 4, histogram: [5, 0, 7, 0, 0, 2, 0, 1] })).toEqual([
			{ from: 1, to: 1, count: 5 },
			{ from: 2, to: 2, count: 7 },
			{ from: 3, to: 3, count: 2 },
			{ from: 4, to: 4, count: 1 },
		]);
		expect(barsOf({ min: 3, max: 3, histogram: [9] })).toEqual([{ from: 3, to: 3, count: 9 }]);
	});

	test('wider steps keep every sample, and their bounds do not overlap', () => {
		const histogram = [3, 4, 0, 1];
		const bars = barsOf({ min: 0, max: 40, histogram });
		expect(bars.map(({ count }) => count)).toEqual(histogram);
		expect(bars.map(({ from, to }) => stepWords(from, to))).toEqual(['0 to 9', '10 to 19', '20 to 29', '30 to 40']);
	});
});

test('a changed sample shows what differs, a new one what it says', () => {
	const before = sampleOf(1, 'Who?', { target: 'Ada', tags: ['a'], variables: { page: '1' } });
	const after = { ...before, id: 2, target: 'Bob', tags: [] };
	expect(changedFields(before, after)).toEqual([
		{ label: 'Target', before: 'Ada', after: 'Bob' },
		{ label: 'Tags', before: 'a', after: null },
	]);
	expect(changedFields(null, after).map(({ label }) => label)).toEqual(['Input', 'Target']);
	expect(changedFields(before, before)).toEqual([]);
});
