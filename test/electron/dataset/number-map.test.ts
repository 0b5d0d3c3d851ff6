import { expect, test } from 'vitest';
import { NumberMap } from '../../../electron/dataset/number-map.ts';
import { seededRandom } from '../../support/seeded-random.ts';

test('numbers up to 2^53 return their latest value, as in a Map', () => {
	const next = seededRandom(7);
	const [numbers, known] = [new NumberMap(), new Map<number, number>()];
	// Half of them close together, half anywhere; many repeat.
	const keys = Array.from({ length: 50_000 }, (_, n) => (n % 2 === 0 ? n : Math.floor(next() * 2 ** 53)));
	for (let n = 0; n < 100_000; n += 1) {
		const key = keys[Math.floor(next() * keys.length)] ?? 0;
		if (numbers.get(key) !== known.get(key)) throw new Error(`${key} is another`);
		numbers.set(key, n);
		known.set(key, n);
	}
	expect(numbers.size).toBe(known.size);
	expect([...known].every(([key, value]) => numbers.get(key) === value)).toBe(true);
});
