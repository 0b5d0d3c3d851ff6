import { expect, test } from 'vitest';
import { devicesAfter } from '../../../electron/comparison/conditions.ts';
import { lengthsToMeasure, usualLengths } from '../../../electron/comparison/prompt-lengths.ts';
import { driftOf, warningsOf } from '../../../electron/comparison/warnings.ts';
import type { Comparison } from '../../../electron/contract/comparison/schema.ts';
import { ladderComparison } from '../../support/fake-application/comparison-data.ts';

const codes = (conditions: object, rows = ladderComparison().rows): string[] =>
	warningsOf({ rows, conditions: { ...ladderComparison().conditions, ...conditions } }).map(({ code }) => code);

test('a run on mains power at a steady speed has no warnings', () => {
	expect(codes({})).toEqual([]);
	expect(codes({ lowestMegahertz: 3300, highestMegahertz: 3400 })).toEqual([]);
});

test('battery power and a throttled clock cause warnings', () => {
	expect(codes({ power: 'battery', lowestMegahertz: 1400, highestMegahertz: 3400 })).toEqual([
		'on-battery',
		'throttled',
	]);
});

test('a falling speed over all files causes a warning, a fluctuating one does not', () => {
	const falling = [100, 97, 95, 92, 90];
	const steady = driftOf([falling, falling.map((value) => value / 3)]);
	expect(steady?.change).toBeCloseTo(-0.1, 2);
	expect(steady?.certain).toBe(true);
	expect(driftOf([[100, 101, 99, 101, 100]])?.certain).toBe(false);
	// Rounds that vary a lot prove nothing, whatever their trend.
	expect(driftOf([[100, 60, 160]])?.certain).toBe(false);
	// One file gets slower and another faster: not a drift of the computer.
	expect(driftOf([falling, falling.toReversed()])?.certain).toBe(false);
	expect(driftOf([[100, 50]])).toBe(null);
	const rows = ladderComparison().rows.map((row) => ({
		...row,
		generation: row.generation && { ...row.generation, samples: falling },
	}));
	expect(codes({}, rows)).toEqual(['speed-drifted']);
});

test('prompts have the user’s own medium and long lengths, or fixed lengths if there are too few', () => {
	expect(lengthsToMeasure([])).toBe(usualLengths);
	expect(lengthsToMeasure([3, 4, 5, 6])).toBe(usualLengths);
	expect(lengthsToMeasure(Array.from({ length: 101 }, (_, index) => index * 10))).toEqual([
		{ percentile: 50, tokens: 500 },
		{ percentile: 90, tokens: 900 },
	]);
	expect(lengthsToMeasure([4, 4, 4, 4, 4])).toEqual([{ percentile: 50, tokens: 16 }]);
});

test('speed names its device, and files measured on different devices cause a warning', () => {
	const cpu = { engine: 'llama.cpp 0.4.0', systemInfo: '', threads: 2, devices: ['CPU: AMD Ryzen 7'] };
	const cuda = { ...cpu, devices: ['CUDA0: NVIDIA RTX 3050', 'CPU: AMD Ryzen 7'], gpuLayers: 31 };
	const gpuFailure = { code: 'gpu-unavailable', message: 'No driver for CUDA was found.', next: [] };
	const after = (...steps: readonly (readonly ['speed' | 'quality', typeof cuda | typeof cpu])[]) =>
		steps.reduce<Comparison['conditions']>((before, [kind, one]) => devicesAfter(before, kind, one, 'AMD Ryzen 7'), {});

	const onGpu = after(['quality', cpu], ['speed', cuda], ['speed', { ...cuda, gpuLayers: 12 }], ['quality', cpu]);
	expect(onGpu).toEqual({
		gpu: 'CUDA0: NVIDIA RTX 3050, 12 layers',
		speedOn: 'CUDA0: NVIDIA RTX 3050',
		qualityOn: 'AMD Ryzen 7',
	});
	expect(warningsOf({ rows: [], conditions: onGpu })).toEqual([]);
	const mixed = after(['speed', cuda], ['speed', cpu], ['speed', cuda]);
	expect(mixed.speedOn).toBe('CUDA0: NVIDIA RTX 3050 / AMD Ryzen 7');
	expect(warningsOf({ rows: [], conditions: mixed })).toMatchObject([{ code: 'mixed-devices' }]);
	const without = after(['speed', { ...cpu, gpuFailure } as typeof cpu]);
	expect(without).toEqual({ speedOn: 'AMD Ryzen 7', gpuFailure: 'No driver for CUDA was found.' });
	expect(warningsOf({ rows: [], conditions: without })).toMatchObject([
		{ code: 'gpu-unused', message: expect.stringContaining('No driver for CUDA') },
	]);
});
