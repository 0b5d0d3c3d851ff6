import { expect, test } from 'vitest';
import { normalise, parseLegacy } from '../../../../models/native/quantize/imatrix-file.ts';
import { failureOf } from '../../../support/failure.ts';

function legacy(parts: (number | string | number[])[]): Buffer {
	return Buffer.concat(
		parts.map((part) => {
			if (typeof part === 'string') return Buffer.from(part);
			if (Array.isArray(part)) return Buffer.from(Float32Array.from(part).buffer);
			const int = Buffer.alloc(4);
			int.writeInt32LE(part);
			return int;
		}),
	);
}

test('sums become means, per expert, and an expert without input weighs all columns equally', () => {
	const sums = Float32Array.of(2, 4, 6, 8, 9, 9);
	expect([...normalise(sums, Float32Array.of(2, 4, 0))]).toEqual([1, 2, 1.5, 2, 1, 1]);
});

test('the older format is read with and without its trailing lines', () => {
	const entry = [1, 5, 'a.blk', 4, 2, [8, 12]];
	const { entries, chunks, datasets } = parseLegacy('/x', legacy([...entry, 7, 5, 'w.txt']));
	expect([...(entries.get('a.blk') ?? [])]).toEqual([2, 3]);
	expect({ chunks, datasets }).toEqual({ chunks: 7, datasets: ['w.txt'] });
	expect(parseLegacy('/x', legacy(entry))).toMatchObject({ chunks: 0, datasets: [] });
});

test('damage of any kind is a Failure, never a crash', async () => {
	const whole = legacy([1, 5, 'a.blk', 4, 2, [8, 12], 7, 5, 'w.txt']);
	for (const bytes of [
		Buffer.alloc(0),
		Buffer.from([1]),
		legacy([0]),
		legacy([-5]),
		legacy([1, 2_000_000_000]),
		legacy([1, -1]),
		legacy([1, 1, 'a', 4, 1_000_000_000]),
		whole.subarray(0, 20),
		whole.subarray(0, 31),
	]) {
		expect((await failureOf(() => parseLegacy('/x', bytes))).code).toBe('imatrix-unreadable');
	}
});
