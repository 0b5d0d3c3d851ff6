import { describe, expect, test } from 'vitest';
import type { Arm } from '../../../../electron/contract/evaluation/schema.ts';
import { techniqueSchema } from '../../../../electron/contract/evaluation/technique.ts';
import { listUnfair, matchArms, pairArms, toDifferenceMark } from '../../../../renderer/evaluation/result/arm-pairs.ts';
import { differenceScale } from '../../../../renderer/evaluation/result/difference-chart.tsx';
import { describeDefault } from '../../../../renderer/evaluation/result/make-default.ts';
import {
	computeBarDomain,
	findBestArm,
	findLeadingArm,
	labelArm,
	labelArmAgainst,
	toMatrix,
} from '../../../../renderer/evaluation/result/result-matrix.ts';
import { describeCompared } from '../../../../renderer/evaluation/run-wording.ts';
import { chooseUnit } from '../../../../renderer/evaluation/score-format.ts';
import { fakeComparison, fakeRun } from '../../../support/fake-application/evaluation-data.ts';

const ones = (right: number, n = 40): number[] => Array.from({ length: n }, (_, index) => Number(index < right));
const made = fakeRun(3, 'Tickets', [
	{ model: 'small', version: 4, values: ones(10) },
	{ model: 'large', version: 4, values: ones(20) },
	{ model: 'small', version: 5, values: ones(15) },
	{ model: 'large', version: 5, values: ones(36) },
]);
const { arms } = made.run;
const [v4small, v4large, v5small, v5large] = arms as [
	(typeof arms)[0],
	(typeof arms)[0],
	(typeof arms)[0],
	(typeof arms)[0],
];
const matrix = toMatrix(arms);

describe('the matrix of combinations', () => {
	test('has prompts down and models across, labelled by their differences', () => {
		expect(matrix.columns.map(({ label }) => label)).toEqual(['135M Q4_K_M', '360M Q8_0']);
		expect(matrix.variants.map(({ label, detail }) => [label, detail])).toEqual([
			['v4', 'Zero-shot'],
			['v5', 'Zero-shot'],
		]);
		expect(labelArm(matrix, v5large.id)).toBe('v5 · 360M Q8_0');
	});

	test('a model alone and with adapters at several scales are columns of their own', () => {
		const { run } = fakeRun(
			1,
			'x',
			[1, 2, 3].map((right) => ({ model: 'small', version: 4, values: ones(right) })),
		);
		const used = (scale: number) => [{ id: 7, name: 'Tickets', sha256: 'ab', scale }];
		const [base, whole, half] = run.arms as [Arm, Arm, Arm];
		const adapted = [base, { ...whole, adapters: used(1) }, { ...half, adapters: used(0.5) }];
		const { columns, variants } = toMatrix(adapted);
		expect(columns.map(({ label }) => label)).toEqual(['Without adapter', 'Tickets', 'Tickets × 0.5']);
		expect(variants[0]?.arms.map((arm) => arm?.id)).toEqual(adapted.map(({ id }) => id));
		expect(describeDefault(adapted[2]!, adapted)).toBe('Make Q4_K_M + Tickets × 0.5 the default');
		expect(describeCompared(adapted)).toContain('without adapter, Tickets, Tickets × 0.5');
	});

	test('rows are labelled by technique if there is one prompt; missing combinations stay empty', () => {
		const shots = techniqueSchema.parse({ kind: 'few-shot', shots: 3 });
		const { run } = fakeRun(1, 'x', [
			{ model: 'small', version: 4, values: [1] },
			{ model: 'small', version: 4, technique: shots, values: [1] },
			{ model: 'large', version: 4, technique: shots, values: [1] },
		]);
		const { variants } = toMatrix(run.arms);
		expect(variants.map(({ label }) => label)).toEqual(['Zero-shot', '3 examples']);
		expect(variants[0]?.arms.map((arm) => arm?.id)).toEqual([10, undefined]);
	});

	test('techniques that differ only in answer extraction are labelled by that, others by a number', () => {
		const thinking = { kind: 'chain-of-thought' } as const;
		const { run } = fakeRun(
			1,
			'x',
			[
				{ ...thinking, extract: { kind: 'last-line' } } as const,
				thinking,
				{ ...thinking, instruction: 'Think. Then "Answer:" and the answer.' },
			].map((technique) => ({
				model: 'small' as const,
				version: 4,
				values: [1],
				technique: techniqueSchema.parse(technique),
			})),
		);
		expect(toMatrix(run.arms).variants.map(({ label }) => label)).toEqual([
			'Chain of thought, the last line',
			'Chain of thought, the text after “Answer:” (2)',
			'Chain of thought, the text after “Answer:” (3)',
		]);
	});

	test('compared with another, an arm is labelled by their difference', () => {
		const shots = techniqueSchema.parse({ kind: 'few-shot', shots: 3 });
		const { run } = fakeRun(1, 'x', [
			{ model: 'small', version: 4, values: [1] },
			{ model: 'small', version: 4, technique: shots, values: [1] },
			{ model: 'small', version: 5, values: [1] },
			{ model: 'small', version: 5, technique: shots, values: [1] },
		]);
		const [plain, shown, , later] = run.arms.map(({ id }) => id) as [number, number, number, number];
		const mixed = toMatrix(run.arms);
		expect(labelArmAgainst(mixed, shown, plain)).toBe('3 examples');
		expect(labelArmAgainst(mixed, plain, shown)).toBe('Zero-shot');
		expect(labelArmAgainst(mixed, later, plain)).toBe('v5');
		expect(labelArmAgainst(mixed, plain, undefined)).toBe('v4, Zero-shot');
		expect(labelArmAgainst(matrix, v5small.id, v5large.id)).toBe('135M Q4_K_M');
		expect(labelArmAgainst(matrix, v5small.id, v4large.id)).toBe('v5 · 135M Q4_K_M');
		expect(pairArms(mixed, plain, shown).map(({ label }) => label)).toEqual(['3 examples']);
	});

	test('the best arm has the highest mean, and a single arm is never best', () => {
		expect(findBestArm(arms, 'fields')?.id).toBe(v5large.id);
		expect(findBestArm([v4small], 'fields')).toBeUndefined();
		expect(findBestArm(arms, 'nothing')).toBeUndefined();
		expect(findLeadingArm(arms, 'fields')?.id).toBe(v5large.id);
		// Nobody leads if two share first place.
		const metrics = v5large.metrics;
		expect(findLeadingArm([...arms, { ...v4small, id: 99, metrics }], 'fields')).toBeUndefined();
	});

	test('all bars share an axis in whole tens that holds every interval', () => {
		const metrics = arms.map(({ metrics: own }) => own.fields);
		const [from, to] = computeBarDomain(metrics, chooseUnit(metrics));
		expect([from % 10, to % 10]).toEqual([0, 0]);
		expect(metrics.every((one) => one!.low * 100 >= from && one!.high * 100 <= to)).toBe(true);
		expect(computeBarDomain([undefined], chooseUnit([undefined]))).toEqual([0, 100]);
	});
});

describe('pairs to compare', () => {
	test('the chosen prompt against the other, first on the chosen model, then on the others', () => {
		const pairs = pairArms(matrix, v4large.id, v5large.id);
		expect(pairs.map(({ label, baseId, otherId }) => [label, baseId, otherId])).toEqual([
			['360M Q8_0', v4large.id, v5large.id],
			['135M Q4_K_M', v4small.id, v5small.id],
		]);
	});

	test('models against each other for each prompt; across both, only that one pair', () => {
		expect(pairArms(matrix, v5small.id, v5large.id).map(({ label }) => label)).toEqual(['v5', 'v4']);
		expect(pairArms(matrix, v4small.id, v5large.id)).toHaveLength(1);
		expect(pairArms(matrix, v4small.id, v4small.id)).toEqual([]);
	});

	test('the family of comparisons covers every arm that might have been chosen, up to the limit of one call', () => {
		const many = fakeRun(
			5,
			'x',
			[1, 2, 3, 4].flatMap((version) =>
				(['small', 'large'] as const).map((model) => ({ model, version, values: ones(10 + version) })),
			),
		);
		const [first, second] = many.run.arms;
		const [pair] = pairArms(toMatrix(many.run.arms), first!.id, many.run.arms[6]!.id);
		expect(pair?.family).toEqual([56, 52, 54]);
		expect(pairArms(toMatrix(many.run.arms), first!.id, second!.id)[0]?.family).toEqual([51]);
		expect(pairArms(toMatrix(many.run.arms), first!.id, many.run.arms[7]!.id)[0]?.family).toHaveLength(7);
	});

	test('two runs of one plan are paired arm by arm', () => {
		const again = fakeRun(4, 'Tickets', [{ model: 'large', version: 5, values: ones(36) }]);
		expect(matchArms(made.run, again.run)).toMatchObject([{ baseId: v5large.id, otherId: again.run.arms[0]?.id }]);
	});

	test('unfair conditions are listed once, serious ones first; a mark is clear only if its interval excludes zero', () => {
		const minor = { code: 'width', serious: false, message: 'a' } as const;
		const major = { code: 'shots', serious: true, message: 'b' } as const;
		const better = fakeComparison([made], [v4large.id, v5large.id], [minor, major]);
		const unclear = fakeComparison([made], [v4small.id, v5small.id], [minor]);
		expect(listUnfair([better, unclear, undefined])).toEqual([major, minor]);
		const [pair] = pairArms(matrix, v4large.id, v5large.id);
		const mark = toDifferenceMark(pair!, better.pairs[0]!, chooseUnit([]));
		expect(mark).toMatchObject({ difference: 40, clear: true });
		expect(mark.low).toBeGreaterThan(0);
		expect(toDifferenceMark(pair!, { ...better.pairs[0]!, verdict: 'undecided' }, chooseUnit([])).clear).toBe(false);
	});
});

test('the axis of differences always includes zero, with room at both ends', () => {
	const mark = { key: 'a', label: 'a', difference: 8.8, low: 1.1, high: 16.4, clear: true };
	const scale = differenceScale([mark], { from: 100, to: 400 });
	const [from = 0, to = 0] = scale.domain();
	expect(from).toBeLessThan(0);
	expect(to).toBeGreaterThan(16.4);
	expect(scale(0)).toBeGreaterThan(100);
	const below = differenceScale([{ ...mark, difference: -5, low: -9, high: -1 }], { from: 0, to: 100 }).domain();
	expect([below[0]! < -9, below[1]! > 0]).toEqual([true, true]);
	expect(differenceScale([], { from: 0, to: 100 }).domain().every(Number.isFinite)).toBe(true);
});
