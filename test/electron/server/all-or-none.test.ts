import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { allOrNone } from '../../../electron/server/all-or-none.ts';

test('when one fails, the others are stopped', async () => {
	let stopped = false;
	const works = [
		async (signal: AbortSignal) => {
			await delay(10_000, null, { signal }).catch(() => {
				stopped = true;
			});
		},
		async () => {
			throw new Error('no room');
		},
	];
	await expect(allOrNone(new AbortController().signal, works)).rejects.toThrow('no room');
	await expect.poll(() => stopped).toBe(true);
});

test('results come in the order of the works', async () => {
	const works = [async () => delay(20, 'a'), async () => 'b'];
	expect(await allOrNone(new AbortController().signal, works)).toEqual(['a', 'b']);
});
