import { describe, expect, test } from 'vitest';
import { parsePeriod } from '../../../electron/search/date-period.ts';
import { buildFullTextQuery, buildPlaceQuery } from '../../../electron/search/full-text-query.ts';
import { parseQuery } from '../../../electron/search/parse-query.ts';

const now = new Date(2026, 10, 24, 15).getTime();
const stages = (text: string) => buildFullTextQuery(parseQuery(text, now).words).stages;

describe('search text', () => {
	test.each([
		[
			'foo "bar baz" quo',
			['"foo" AND "bar baz" AND "quo"', '("foo" AND "bar baz" AND "quo"*) NOT ("foo" AND "bar baz" AND "quo")'],
		],
		['foo OR ba"r', ['"foo" AND "OR" AND "ba" AND "r"']],
		['foo "bar baz"', ['"foo" AND "bar baz"']],
		['a', ['"a"']],
		['an', ['"an"']],
		['日本語', ['" 日本 本 本語 "']],
		['!!', []],
		['note:foo', ['"note:foo"', '("note:foo"*) NOT ("note:foo")']],
	])('%j is searched for as %j', (text, expected) => {
		expect(stages(text)).toEqual(expected);
	});

	test('two letters are a prefix in titles only, one letter nowhere', () => {
		expect(
			['a', 'an', 'and', '"and"', '日', '👍'].map((text) => buildFullTextQuery(parseQuery(text, now).words).titles),
		).toEqual(['"a"', '"an"*', '"and"*', '"and"', '" 日 "', null]);
	});

	test('text without indexable words is compared verbatim', () => {
		expect(buildFullTextQuery(parseQuery('C++ => ปลา fish', now).words).literals).toEqual(['c++', '=>', 'ปลา']);
	});

	test('filters among the words leave the words unchanged', () => {
		const { words, filter } = parseQuery('the tag:"two words" cat from:me', now);
		expect(words.map(({ text }) => text)).toEqual(['the', 'cat']);
		expect(filter).toEqual({ tags: ['two words'], writtenBy: 'user' });
	});
});

describe('periods', () => {
	const at = (year: number, month = 1, day = 1) => new Date(year, month - 1, day).getTime();
	test.each([
		['2026', at(2026), at(2027), '2026'],
		['2026-02', at(2026, 2), at(2026, 3), 'February 2026'],
		['2026-2-9', at(2026, 2, 9), at(2026, 2, 10), '9 Feb 2026'],
		['today', at(2026, 11, 24), at(2026, 11, 25), 'today'],
		['Yesterday', at(2026, 11, 23), at(2026, 11, 24), 'yesterday'],
		['7d', at(2026, 11, 17), now + 1, 'the last 7 days'],
		['2w', at(2026, 11, 10), now + 1, 'the last 2 weeks'],
		['1m', at(2026, 10, 24), now + 1, 'the last month'],
		['1y', at(2025, 11, 24), now + 1, 'the last year'],
	])('%s', (text, from, to, name) => {
		expect(parsePeriod(text, now)).toEqual({ from, to, name });
	});

	test.each(['', '2026-13', '2026-02-30', '26', 'soon', '2026-11-24T10:00', 'd', '7'])('%j is not a period', (text) => {
		expect(parsePeriod(text, now)).toBeNull();
	});

	test('a period restricts the index to whole years and single months', () => {
		const from = Date.UTC(2023, 10, 30);
		const to = Date.UTC(2026, 1, 2);
		expect(buildPlaceQuery({ from, to }, null, Date.UTC(2026, 10, 24))).toBe(
			'{place} : ("m202311" OR "m202312" OR "y2024" OR "y2025" OR "m202601" OR "m202602")',
		);
	});
});
