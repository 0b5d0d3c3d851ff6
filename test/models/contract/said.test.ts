import { describe, expect, test } from 'vitest';
import { Failure, failureSchema } from '../../../models/contract/failure.ts';
import { amount, said, size, spoken } from '../../../models/contract/said.ts';

describe('a said text', () => {
	test('is English, and carries its message and values', () => {
		const name = 'a.gguf';
		const { facts } = said`${amount(1, 'file')} like ${name} can't hold {${2}}`;
		expect(facts.text).toBe("1 file like a.gguf can't hold {2}");
		expect(facts.id).toBe("{0, plural, one {# file} other {# files}} like {1} can't hold '{'{2}'}'");
		expect(facts.values).toEqual([1, name, 2]);
		expect(JSON.stringify({ words: said`Done` })).toBe('{"words":"Done"}');
	});

	test('holds other said texts as they are', () => {
		const { facts } = said`Stopped: ${said`The disk is full`}`;
		expect(facts.text).toBe('Stopped: The disk is full');
		expect(facts.values).toEqual([{ text: 'The disk is full', id: 'The disk is full', values: [] }]);
	});

	test('becomes plain data with its message beside', () => {
		expect(spoken({ words: said`Done`, steps: ['A', said`B`], count: 1 })).toEqual({
			words: 'Done',
			steps: ['A', 'B'],
			count: 1,
			said: [said`Done`.facts, said`B`.facts],
		});
		expect(spoken({ words: 'Done' })).toEqual({ words: 'Done' });
	});
});

test('a failure keeps its messages on its way through channels and rows, and when it is extended', () => {
	const first = new Failure({ code: 'x', message: said`The file ${'a'} is gone`, next: [said`Scan again`] });
	expect(first.message).toBe('The file a is gone');
	const parsed = failureSchema.parse(JSON.parse(JSON.stringify(first.facts())));
	const again = new Failure({ ...parsed, next: [...parsed.next, said`Choose another`] });
	expect(again.facts().next).toEqual(['Scan again', 'Choose another']);
	expect(again.facts().said?.map(({ id }) => id)).toEqual(['The file {0} is gone', 'Scan again', 'Choose another']);
});

test('a size is a number with its unit, which the page writes as its language does', () => {
	const sizes = [1, 999_400_000, 4e9, 1.25e6].map((bytes) => said`${size(bytes)} free`);
	expect(sizes.map(String)).toEqual(['1 B free', '999 MB free', '4.0 GB free', '1.3 MB free']);
	expect(sizes[2]?.facts).toMatchObject({ id: '{0} free', values: [{ number: 4, digits: 1, unit: 'GB' }] });
});
