import { describe, expect, test } from 'vitest';
import { bandsFor, NearDuplicates } from '../../../../electron/dataset/check/near-duplicates.ts';
import { jaccard, piecesOf, withoutNumbers } from '../../../../electron/dataset/check/shingles.ts';
import { plainText } from '../../../../electron/prompt/same-question.ts';

const desk = { pause: async () => {} };

/** A seeded generator: the same texts in every run. */
function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

const words =
	'river stone window market green quiet letter seven copper garden winter paper engine silver mountain bridge candle yellow forest harbour'.split(
		' ',
	);

function sentence(next: () => number, length: number): string[] {
	return Array.from({ length }, () => words[Math.floor(next() * words.length)] ?? '');
}

describe('comparing texts', () => {
	test('case, accents, spaces, quotation marks and punctuation at the end of words are ignored', () => {
		expect(plainText('  “Où est\nle CAFÉ?”  ')).toBe('ou est le cafe');
		expect(plainText('What is 2 + 2?')).not.toBe(plainText('What is 2 - 2?'));
		expect(plainText('1.5 kg')).not.toBe(plainText('15 kg'));
		expect(withoutNumbers('add 12 and 7')).toBe(withoutNumbers('add 8 and 153'));
	});

	test('similarity is the share of five-letter shingles in common', () => {
		const pieces = (text: string) => piecesOf(plainText(text));
		expect(jaccard(pieces('the same'), pieces('The same!'))).toBe(1);
		expect(jaccard(pieces('abcdefg'), pieces('hijklmn'))).toBe(0);
		// abcde bcdef cdefg against abcde bcdef cdefX: 2 of 4.
		expect(jaccard(pieces('abcdefg'), pieces('abcdefx'))).toBe(0.5);
	});
});

describe('near duplicates', () => {
	test.for([0.5, 0.6, 0.7, 0.8, 0.9])(
		'with a threshold of %f, at least 98 of 100 pairs at the threshold are found',
		(threshold) => {
			const { rows, bands } = bandsFor(threshold);
			expect(1 - (1 - threshold ** rows) ** bands).toBeGreaterThan(0.98);
		},
	);

	test('the pairs equal an exhaustive comparison of 600 texts, a third of them changed copies', async () => {
		const next = random(3);
		const texts: string[] = [];
		for (let n = 0; n < 600; n += 1) {
			const copied = n % 3 === 2 ? [...(texts[n - 1] ?? '').split(' ')] : sentence(next, 12);
			if (n % 3 === 2) copied[Math.floor(next() * copied.length)] = words[Math.floor(next() * words.length)] ?? '';
			texts.push(copied.join(' '));
		}
		const near = new NearDuplicates(0.7);
		for (const [number, text] of texts.entries()) near.add(number, text);
		const { pairs: found, complete } = await near.pairs(desk, (number) => texts[number] ?? '');
		expect(complete).toBe(true);
		const wanted: string[] = [];
		const pieces = texts.map(piecesOf);
		for (let a = 0; a < texts.length; a += 1) {
			for (let b = a + 1; b < texts.length; b += 1) {
				const [one, other] = [pieces[a], pieces[b]];
				if (one !== undefined && other !== undefined && jaccard(one, other) >= 0.7) wanted.push(`${a} ${b}`);
			}
		}
		expect(wanted.length).toBeGreaterThan(80);
		const got = new Set(found.map(({ first, second }) => `${first} ${second}`));
		expect(got.size).toBe(found.length);
		expect([...got].every((pair) => wanted.includes(pair))).toBe(true);
		expect(wanted.filter((pair) => got.has(pair)).length / wanted.length).toBeGreaterThan(0.98);
	});

	test('20,000 texts take seconds and give the same pairs in every run', async () => {
		const next = random(9);
		const word = () =>
			Math.floor(next() * 30_000)
				.toString(26)
				.padStart(4, 'm');
		const texts = Array.from({ length: 20_000 }, () => Array.from({ length: 14 }, word).join(' '));
		texts[19_999] = `${(texts[5] ?? '').slice(0, -2)}77`;
		const began = performance.now();
		const near = new NearDuplicates(0.8);
		for (const [number, text] of texts.entries()) near.add(number, text);
		const { pairs } = await near.pairs(desk, (number) => texts[number] ?? '');
		expect(pairs).toContainEqual(expect.objectContaining({ first: 5, second: 19_999 }));
		expect(performance.now() - began).toBeLessThan(20_000);
	});
});
