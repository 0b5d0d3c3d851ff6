import { describe, expect, test } from 'vitest';
import {
	formatBytes,
	formatBytesOf,
	formatBytesPerSecond,
	formatClockTime,
	formatCount,
	formatDuration,
	formatParameterCount,
	formatPercent,
	formatQuantity,
	formatRate,
	formatSeconds,
	formatShortTime,
	formatTimeLeft,
} from '../../../renderer/design/format.ts';
import { formatEngineName, shortenModelName } from '../../../renderer/library/model-name.ts';

describe('numbers and times have one format for every screen', () => {
	test.each([
		[formatCount(2031), '2,031'],
		[formatCount(-8), '−8'],
		[formatQuantity(1, 'token'), '1 token'],
		[formatQuantity(2, 'match', 'matches'), '2 matches'],
		[formatPercent(0.999), '99\u00A0%'],
		[formatPercent(1), '100\u00A0%'],
		[formatBytes(98_362_432), '98.4 MB'],
		[formatBytes(999), '999 B'],
		[formatBytes(999_600), '1.00 MB'],
		[formatBytesOf(62_100_000, 98_362_432), '62.1 of 98.4 MB'],
		[formatBytesPerSecond(8_400_000), '8.4 MB/s'],
		[formatBytesPerSecond(11_240_000), '11 MB/s'],
		[formatParameterCount(134_515_008), '135 M'],
		[formatParameterCount(7_615_616_512), '7.62 B'],
		[formatRate(61.2), '61 tok/s'],
		[formatRate(5.84), '5.8 tok/s'],
		[formatDuration(92.4), '92 ms'],
		[formatDuration(949), '949 ms'],
		[formatDuration(951), '1.0 s'],
		[formatDuration(130_000), '2 min 10 s'],
		[formatSeconds(930), '0.9 s'],
		[formatTimeLeft(4.2), '5 s left'],
		[formatTimeLeft(127), '2 min 10 s left'],
		[formatTimeLeft(3_900), '1 h 5 min left'],
	])('%s', (given, expected) => {
		expect(given).toBe(expected);
	});

	test('durations are as short as clarity allows', () => {
		const now = new Date(2026, 10, 24, 16, 5).getTime();
		const at = (...day: [number, number, number, number, number]) => formatShortTime(new Date(...day).getTime(), now);
		expect([
			at(2026, 10, 24, 11, 20),
			at(2026, 10, 23, 9, 3),
			at(2026, 10, 20, 9, 0),
			at(2026, 9, 3, 9, 0),
			at(2025, 9, 3, 9, 0),
		]).toEqual(['11:20', '09:03', 'Fri', '3 Oct', '3 Oct 2025']);
		const exact = (...day: [number, number, number, number, number]) =>
			formatClockTime(new Date(...day).getTime(), now);
		expect([exact(2026, 10, 24, 9, 3), exact(2026, 10, 23, 9, 3), exact(2025, 9, 3, 9, 0)]).toEqual([
			'09:03',
			'23 Nov, 09:03',
			'3 Oct 2025, 09:00',
		]);
	});
});

test('model names are shortened for a chip, and engine names for the status bar', () => {
	expect(shortenModelName('SmolLM2 135M Instruct')).toBe('SmolLM2 135M');
	expect(shortenModelName('gemma-3-270m-it')).toBe('gemma 3 270m');
	expect(formatEngineName('node-llama-cpp 3.21.1 (llama.cpp v0.4.0)')).toBe('Engine 0.4.0');
	expect(formatEngineName('node-llama-cpp 3.21.1, its own API (llama.cpp v0.4.0)')).toBe('node-llama-cpp 0.4.0');
});
