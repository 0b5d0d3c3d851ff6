import { expect, test } from 'vitest';
import { createLane } from '../../../electron/jobs/lane.ts';
import { said } from '../../../models/contract/said.ts';

test('a lane runs one work at a time and names the one that has its turn', async () => {
	const lane = createLane();
	const seen: (string | null)[] = [];
	const note = async (): Promise<void> => {
		await Promise.resolve();
		seen.push(lane.holder()?.toString() ?? null);
	};
	expect(lane.holder()).toBeNull();
	const first = lane(note, said`a comparison`);
	const failing = lane(async () => {
		await note();
		throw new Error('no luck');
	}, said`the run “Sums”`);
	const last = lane(note);
	await first;
	await expect(failing).rejects.toThrow('no luck');
	await last;
	expect(seen).toEqual(['a comparison', 'the run “Sums”', 'another measurement']);
	expect(lane.holder()).toBeNull();
});
