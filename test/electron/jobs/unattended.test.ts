import { expect, test } from 'vitest';
import { unattended } from '../../../electron/jobs/unattended.ts';

test('an error of unattended work is logged, thrown or rejected, and the next call works', async () => {
	const lines: string[] = [];
	const done: number[] = [];
	const now = unattended(
		(line) => lines.push(line),
		'files were not counted',
		(count: number) => {
			if (count < 0) throw new Error('below zero');
			done.push(count);
		},
	);
	now(-1);
	now(2);
	const later = unattended(
		(line) => lines.push(line),
		'files were not read',
		async () => Promise.reject(new Error('disk I/O error')),
	);
	later();
	await expect.poll(() => lines).toEqual(['files were not counted: below zero', 'files were not read: disk I/O error']);
	expect(done).toEqual([2]);
});
