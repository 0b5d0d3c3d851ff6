import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { scheduleTrash, type TrashScheduleOptions } from '../../../electron/settings/trash-schedule.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { failureOf } from '../../support/failure.ts';

function schedule(changes: Partial<TrashScheduleOptions<number>>) {
	const log: string[] = [];
	const trash = scheduleTrash<number>({
		settings: () => ({ trashDays: 30 }),
		deletionClock: () => 1,
		firstCheckMs: 1_000_000,
		log: (line) => log.push(line),
		purge: async () => 1,
		describe: (count) => `${count} things`,
		...changes,
	});
	onTestFinished(() => trash.stop());
	return { trash, log };
}

test('a check that can’t read the settings is logged', async () => {
	const { trash, log } = schedule({
		settings() {
			throw new Error('disk I/O error');
		},
	});
	await trash.deleteExpired();
	expect(log).toEqual(['trash: disk I/O error']);
});

test('a deletion that was held on its way says so, because the rest is still there', async () => {
	const { trash, log } = schedule({
		async purge(_until, _ids, signal) {
			while (!signal.aborted) await setImmediate();
			return 1;
		},
	});
	const running = failureOf(() => trash.empty(1, null));
	const check = trash.deleteExpired();
	await setImmediate();
	const goOn = await trash.hold(
		new Failure({ code: 'data-busy', message: 'A backup is being restored.', next: ['Wait'] }),
	);
	expect((await running).code).toBe('data-busy');
	await check;
	expect(log).toEqual(['trash: A backup is being restored.']);
	goOn();
});
