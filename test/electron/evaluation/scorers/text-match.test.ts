import { describe, expect, test } from 'vitest';
import { rougeL } from '../../../../electron/evaluation/scorers/rouge.ts';
import { editDistance } from '../../../../electron/evaluation/scorers/text-similarity.ts';
import { scoreOf, scoreSample } from './score-sample.ts';

describe('exact', () => {
	test('compares the trimmed answer and names the expected one', async () => {
		expect(await scoreSample({ kind: 'exact' }, ' Paris\n', { target: 'Paris' })).toEqual({
			value: 1,
			explanation: '“Paris” is expected.',
		});
		expect(await scoreSample({ kind: 'exact' }, 'paris', { target: 'Paris' })).toEqual({
			value: 0,
			explanation: '“paris” is not “Paris”.',
		});
	});

	test('ignores the configured differences', async () => {
		const sample = { target: 'The  “Eiffel” Tower.' };
		expect(await scoreOf({ kind: 'exact' }, 'Eiffel tower', sample)).toBe(0);
		const loose = { kind: 'exact', ignoreCase: true, ignorePunctuation: true, ignoreArticles: true } as const;
		expect(await scoreOf(loose, 'Eiffel tower', sample)).toBe(1);
		expect(await scoreOf({ kind: 'exact', ignoreWhitespace: true }, 'a\n b', { target: 'a b' })).toBe(1);
		expect(await scoreOf({ kind: 'exact' }, 'caf\u0065\u0301', { target: 'caf\u00e9' })).toBe(1);
	});

	test('accepts any of several alternatives, and other columns', async () => {
		const scorer = { kind: 'exact', expected: '{{answers}}', separator: '|' } as const;
		expect(await scoreOf(scorer, 'NYC', { variables: { answers: 'New York | NYC' } })).toBe(1);
		expect(await scoreSample(scorer, 'NYC', {})).toEqual({
			value: null,
			explanation: 'The sample has no expected answer.',
		});
	});

	test('a missing answer is wrong, a missing target is unscored', async () => {
		expect(await scoreOf({ kind: 'exact' }, 'text', { target: 'x' }, { answer: null })).toBe(0);
		expect(await scoreOf({ kind: 'exact' }, 'text', { target: null })).toBeNull();
	});
});

describe('includes', () => {
	test('searches the whole output', async () => {
		const sample = { target: 'blue|red' };
		expect(await scoreOf({ kind: 'includes' }, 'It is Paris.', { target: 'Paris' }, { answer: 'nothing' })).toBe(1);
		expect(await scoreOf({ kind: 'includes', separator: '|' }, 'it is red', sample)).toBe(1);
		expect(await scoreOf({ kind: 'includes', separator: '|', all: true }, 'it is red', sample)).toBe(0);
		expect(await scoreOf({ kind: 'includes', separator: '|', all: true }, 'red and blue', sample)).toBe(1);
	});

	test('an empty expected text is in every output, so it is unscored', async () => {
		expect(await scoreOf({ kind: 'includes' }, 'text', { target: ' ' })).toBeNull();
	});
});

describe('regex', () => {
	test('requires a match or no match', async () => {
		expect(await scoreOf({ kind: 'regex', pattern: '^\\d+$' }, '123')).toBe(1);
		expect(await scoreOf({ kind: 'regex', pattern: 'sorry', ignoreCase: true, right: 'no-match' }, 'Sorry!')).toBe(0);
		expect(await scoreOf({ kind: 'regex', pattern: '^b$', multiline: true }, 'a\nb')).toBe(1);
		expect(await scoreOf({ kind: 'regex', pattern: 'a.b', dotAll: true }, 'a\nb')).toBe(1);
	});

	test('a variable in a pattern matches literally, and braces of a pattern stay', async () => {
		const sample = { target: '1+1', variables: { n: 'a.b' } };
		expect(await scoreOf({ kind: 'regex', pattern: '={{target}}$' }, '=1+1', sample)).toBe(1);
		expect(await scoreOf({ kind: 'regex', pattern: '^{{n}}$' }, 'axb', sample)).toBe(0);
		expect(await scoreOf({ kind: 'regex', pattern: 'a{2}' }, 'aa')).toBe(1);
		expect(await scoreOf({ kind: 'regex', pattern: '{{missing}}' }, 'aa')).toBeNull();
	});

	test('a pattern that takes for ever in other engines takes no time', async () => {
		const started = performance.now();
		expect(await scoreOf({ kind: 'regex', pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`)).toBe(0);
		expect(performance.now() - started).toBeLessThan(20_000);
	});

	test('syntax that RE2 does not support is unscored, with a next step', async () => {
		const score = await scoreSample({ kind: 'regex', pattern: '(?<=a)b' }, 'ab');
		expect(score).toMatchObject({
			value: null,
			explanation: expect.stringContaining('can’t be used'),
		});
	});
});

test('edit distances equal published values, in code points', async () => {
	// Wagner and Fischer's own examples, and the usual ones.
	const known = [
		['kitten', 'sitting', 3],
		['Saturday', 'Sunday', 3],
		['flaw', 'lawn', 2],
		['intention', 'execution', 5],
		['', 'abc', 3],
		['😀a', '😁a', 1],
		['naïve', 'naive', 1],
	] as const;
	expect(known.map(([a, b]) => editDistance(a, b).edits)).toEqual(known.map(([, , edits]) => edits));
	expect(await scoreOf({ kind: 'levenshtein' }, 'sitting', { target: 'kitten' })).toBeCloseTo(1 - 3 / 7, 12);
	expect(await scoreOf({ kind: 'levenshtein', ignoreCase: true }, 'ABC', { target: 'abc' })).toBe(1);
	expect(await scoreOf({ kind: 'levenshtein' }, '', { target: '' })).toBe(1);
});

test('ROUGE-L equals Google’s rouge_score', async () => {
	// rouge_score 0.1.2: RougeScorer(['rougeL']).score(reference, answer); the first is its README's example.
	const known = [
		['The quick brown dog jumps on the log.', 'The quick brown fox jumps over the lazy dog', 0.625, 5 / 9, 10 / 17],
		['police kill the gunman', 'police killed the gunman', 0.75, 0.75, 0.75],
		['the gunman kill police', 'police killed the gunman', 0.5, 0.5, 0.5],
		['a b c d', 'd c b a', 0.25, 0.25, 0.25],
		['It costs $3.50, about.', 'it cost 3 50', 0.6, 0.75, 2 / 3],
		['nothing', 'in common', 0, 0, 0],
	] as const;
	for (const [answer, reference, precision, recall, f1] of known) {
		const result = rougeL(answer, reference);
		expect(result?.precision).toBeCloseTo(precision, 12);
		expect(result?.recall).toBeCloseTo(recall, 12);
		expect(result?.f1).toBeCloseTo(f1, 12);
	}
	expect(await scoreOf({ kind: 'rouge-l', measure: 'recall' }, known[0][0], { target: known[0][1] })).toBeCloseTo(
		5 / 9,
		12,
	);
	// Other scripts have words too.
	expect(await scoreOf({ kind: 'rouge-l' }, 'Лодки в порту', { target: 'лодки приходят в порту' })).toBeCloseTo(
		6 / 7,
		12,
	);
});
