import { expect, test } from 'vitest';
import { codeRow, compareCoded, decode } from '../../../../models/native/perplexity/base-file-rounding.ts';
import { floatPercentile, percentile } from '../../../../models/native/perplexity/statistics.ts';

const { fround } = Math;

function stats(logits: Float32Array): { max: number; top: number; logSum: number } {
	const max = Math.max(...logits);
	return { max, top: logits.indexOf(max), logSum: Math.log(logits.reduce((sum, x) => sum + Math.exp(x - max), 0)) };
}

test('decoding rounds once after the product and once after the sum', () => {
	const row = {
		scale: fround(0.000_244),
		floor: fround(-17.3),
		codes: Uint16Array.from({ length: 65_536 }, (_, code) => code),
	};
	const all = [...row.codes];
	expect(all.every((code) => decode(row, code) === fround(fround(row.scale * code) + row.floor))).toBe(true);
	// The two ways often differ, so the distinction matters.
	expect(all.some((code) => decode(row, code) !== fround(row.scale * code + row.floor))).toBe(true);
});

test('the largest logit has the last code; anything more than 16 below it has code 0', () => {
	const logits = Float32Array.of(3, -13.5, 5, -40, 4.9);
	const { max, logSum } = stats(logits);
	const { codes, scale } = codeRow(logits, max, logSum, new Uint16Array(5));
	expect([codes[2], codes[1], codes[3]]).toEqual([65_535, 0, 0]);
	expect(scale).toBe(fround(16 / 65_535));
});

test('equal logits are coded as zero everywhere and have no divergence', () => {
	const logits = new Float32Array(6).fill(2);
	const of = stats(logits);
	const coded = codeRow(logits, of.max, of.logSum, new Uint16Array(6));
	expect(coded.scale).toBe(0);
	expect(compareCoded(coded, { logits, ...of }, 3)).toMatchObject({ sameTop: true, deltaP: 0 });
});

test('a percentile with its position in float differs from the exact one by float precision', () => {
	const sorted = Float64Array.from({ length: 1020 }, (_, index) => index);
	// 0.999 * 1019 = 1017.981, which a float holds in steps of 1/16384.
	const difference = Math.abs(floatPercentile(sorted, 0.999) - percentile(sorted, 0.999));
	expect(difference).toBeGreaterThan(0);
	expect(difference).toBeLessThan(1e-4);
	expect(floatPercentile(sorted, 1)).toBe(1019);
	expect(floatPercentile(sorted, 0)).toBe(0);
});
