import { expect, test } from 'vitest';
import { waitUntilQuiet } from '../../../electron/comparison/quiet.ts';

test('waits while the processor is in use, and says how much', async () => {
	const uses = [0.9, 0.4, 0.02, 0.9];
	const told: number[] = [];
	await waitUntilQuiet(
		new AbortController().signal,
		(share) => told.push(share),
		async () => uses.shift() ?? 1,
	);
	expect(told).toEqual([0.9, 0.4]);
	expect(uses).toEqual([0.9]);
});

test('a pause ends the wait', async () => {
	const abort = new AbortController();
	const waiting = waitUntilQuiet(
		abort.signal,
		() => abort.abort(new Error('paused')),
		async () => 1,
	);
	await expect(waiting).rejects.toThrow('paused');
});
