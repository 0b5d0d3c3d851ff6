import { describe, expect, test } from 'vitest';
import {
	bytes,
	bytesOf,
	bytesPerSecond,
	clockTime,
	count,
	counted,
	duration,
	parameters,
	percent,
	rate,
	seconds,
	shortTime,
	timeLeft,
} from '../../../renderer/design/format.ts';
import { engineName, quantizationWord, shortName } from '../../../renderer/model/model-name.ts';

describe('figures as UI.md writes them', () => {
	test.each([
		[count(2031), '2,031'],
		[count(-8), '−8'],
		[counted(1, 'token'), '1 token'],
		[counted(2, 'match', 'matches'), '2 matches'],
		[percent(0.999), '99 %'],
		[percent(1), '100 %'],
		[bytes(98_362_432), '98.4 MB'],
		[bytes(999), '999 B'],
		[bytes(999_600), '1.00 MB'],
		[bytesOf(62_100_000, 98_362_432), '62.1 of 98.4 MB'],
		[bytesPerSecond(8_400_000), '8.4 MB/s'],
		[bytesPerSecond(11_240_000), '11 MB/s'],
		[parameters(134_515_008), '135 M'],
		[parameters(7_615_616_512), '7.62 B'],
		[rate(61.2), '61 tok/s'],
		[rate(5.84), '5.8 tok/s'],
		[duration(92.4), '92 ms'],
		[duration(949), '949 ms'],
		[duration(951), '1.0 s'],
		[duration(130_000), '2 min 10 s'],
		[seconds(930), '0.9 s'],
		[timeLeft(4.2), '5 s left'],
		[timeLeft(127), '2 min 10 s left'],
		[timeLeft(3_900), '1 h 5 min left'],
	])('%s', (given, expected) => {
		expect(given).toBe(expected);
	});

	test('times are as short as is clear', () => {
		const now = new Date(2026, 10, 24, 16, 5).getTime();
		const at = (...day: [number, number, number, number, number]) => shortTime(new Date(...day).getTime(), now);
		expect([
			at(2026, 10, 24, 11, 20),
			at(2026, 10, 23, 9, 3),
			at(2026, 10, 20, 9, 0),
			at(2026, 9, 3, 9, 0),
			at(2025, 9, 3, 9, 0),
		]).toEqual(['11:20', '09:03', 'Fri', '3 Oct', '3 Oct 2025']);
		const exact = (...day: [number, number, number, number, number]) => clockTime(new Date(...day).getTime(), now);
		expect([exact(2026, 10, 24, 9, 3), exact(2026, 10, 23, 9, 3), exact(2025, 9, 3, 9, 0)]).toEqual([
			'09:03',
			'23 Nov, 09:03',
			'3 Oct 2025, 09:00',
		]);
	});
});

test('model names fit a chip, and engines a status bar', () => {
	expect(shortName('SmolLM2 135M Instruct')).toBe('SmolLM2 135M');
	expect(shortName('gemma-3-270m-it')).toBe('gemma 3 270m');
	expect(engineName('node-llama-cpp 3.21.1 (llama.cpp v0.4.0)')).toBe('Engine 0.4.0');
	expect(['F16', 'Q8_0', 'Q4_K_M', 'Q2_K', 'XYZ'].map(quantizationWord)).toEqual([
		'Reference',
		'Large',
		'Balanced',
		'Tiny',
		null,
	]);
});
