import { expect, test } from 'vitest';
import { exportComparison } from '../../../electron/comparison/export.ts';
import { notesOf } from '../../../electron/contract/comparison/notes.ts';
import { comparisonText } from '../../../electron/hosts/cli/comparison-text.ts';
import { formatCategory } from '../../../renderer/comparison/comparison-wording.ts';
import {
	findParetoFront,
	linearScale,
	logScaleWithZero,
	toPoints,
} from '../../../renderer/comparison/pareto-chart.tsx';
import { ladderComparison } from '../../support/fake-application/comparison-data.ts';

test('a linear axis runs between round numbers with few ticks, and holds every value', () => {
	for (const values of [
		[31.4, 74.6],
		[0.01, 0.013],
		[5, 5],
		[180, 2_620],
		[0, 1],
	]) {
		const { at, ticks } = linearScale(values, 40, 540);
		expect(ticks.length).toBeGreaterThanOrEqual(2);
		expect(ticks.length).toBeLessThanOrEqual(9);
		expect([at(ticks[0]!), at(ticks.at(-1)!)]).toEqual([40, expect.closeTo(540)]);
		for (const value of values) {
			expect(at(value)).toBeGreaterThanOrEqual(40);
			expect(at(value)).toBeLessThanOrEqual(540);
		}
	}
});

test('on the logarithmic axis zero has its own place, and equal factors have equal lengths', () => {
	const { at, ticks } = logScaleWithZero([0, 0.004, 0.42], 22, 228);
	expect(at(0)).toBe(22);
	expect(at(0.004)).toBeGreaterThan(22);
	expect(at(0.42)).toBeLessThan(228);
	expect(at(0.1) - at(0.01)).toBeCloseTo(at(0.2) - at(0.02));
	expect(ticks).toEqual([
		0,
		expect.closeTo(0.003),
		expect.closeTo(0.01),
		expect.closeTo(0.03),
		0.1,
		expect.closeTo(0.3),
	]);
});

test('an axis of zeros only is still an axis', () => {
	const { at, ticks } = logScaleWithZero([0, 0], 0, 100);
	expect([at(0), Number.isFinite(at(0.1)), ticks[0]]).toEqual([0, true, 0]);
});

test('an axis of quantities that can’t be negative does not begin below zero', () => {
	expect(linearScale([2, 60], 40, 540).ticks[0]).toBe(0);
	expect(linearScale([0, 430], 40, 540).ticks[0]).toBe(0);
});

test('a speed whose repetitions disagree is not drawn', () => {
	const [row] = ladderComparison().rows;
	const generation = { median: 35, mean: 35, sd: 48, samples: [1, 69] };
	expect(toPoints([{ ...row!, generation }])).toEqual([]);
});

test('the Pareto front leaves out points beaten on both axes, and keeps ties', () => {
	const points = [
		{ name: 'fast', x: 60, y: 0.05 },
		{ name: 'beaten', x: 55, y: 0.08 },
		{ name: 'close', x: 30, y: 0 },
		{ name: 'twin', x: 60, y: 0.05 },
	];
	expect(findParetoFront(points).map(({ name }) => name)).toEqual(['close', 'fast', 'twin']);
});

test('the notes name larger files that are worse, and fallbacks of tensor types', () => {
	const { notes: found, about } = notesOf(ladderComparison().rows);
	const notes = found.map(String);
	expect(notes).toEqual([
		'Q5_K_M is larger than Q4_K_M, yet loses more quality: 181 of its 272 tensors became Q8_0, as their rows of 576 don’t divide into blocks of 256.',
		'Some tensors have a larger type, because their rows don’t divide into blocks: Q6_K (181), Q4_K_M (30), Q3_K_M (30) and Q2_K (30).',
	]);
	// The file of the first note, whose tensors explain more.
	expect(about).toBe(212);
	expect(notesOf([])).toEqual({ notes: [], about: null });
	// The terminal and the saved table have the same notes.
	for (const text of [comparisonText(ladderComparison()), exportComparison(ladderComparison(), 'markdown').text]) {
		for (const note of notes) expect(text).toContain(note);
	}
});

test('with few, scattered repeats the lower bound of a speed is never below zero', () => {
	const [row] = ladderComparison().rows;
	const generation = { median: 6.5, mean: 6.5, sd: 0.7, samples: [6, 7] };
	const [point] = toPoints([{ ...row!, generation }]);
	expect(point).toMatchObject({ x: 6.5, slowest: expect.closeTo(0.21, 1) });
	expect(toPoints([{ ...row!, generation: { ...generation, sd: 1.2 } }])[0]?.slowest).toBe(0);
});

test('file names become readable labels', () => {
	expect(['structured-data', 'german', 'my_own notes'].map(formatCategory)).toEqual([
		'Structured data',
		'German',
		'My own notes',
	]);
});
