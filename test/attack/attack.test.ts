import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { attackCalls } from './calls.ts';
import { attackFiles } from './files.ts';
import { attackHeaders } from './headers.ts';
import { killedImport, killedRun } from './kills.ts';
import { randomOf } from './random.ts';
import { attackTemplates } from './templates.ts';
import { attackLists, attackPrintable, hasTerminal } from './terminal.ts';

/** The same attacks each time; `npm run test:soak` makes all of them, others every day. */
const seed = 14;

describe('an attack', { timeout: 120_000 }, () => {
	test('by bad input to every call is answered with failures, not with defects', async () => {
		expect(await attackCalls(temporaryFolder, seed, 1)).toEqual([]);
	});

	test('by damaged files of every kind is explained', async () => {
		expect(await attackFiles(temporaryFolder(), seed, 8)).toEqual([]);
	});

	test('by mutated headers of models is explained', async () => {
		expect(await attackHeaders(temporaryFolder(), seed, 60)).toEqual([]);
	});

	test('by hostile chat templates ends in time, and reaches nothing', () => {
		expect(attackTemplates(seed, 15)).toEqual([]);
	});

	test('by a kill at a random moment loses no acknowledged import and leaves no half one', async () => {
		expect(await killedImport(temporaryFolder(), randomOf(seed), 4_000)).toEqual([]);
	});

	test('by a kill during a long run changes none of its outputs', async () => {
		const whole = await killedRun(temporaryFolder(), randomOf(seed), 0);
		expect(whole.length).toBeGreaterThan(100);
		expect(await killedRun(temporaryFolder(), randomOf(seed), 1)).toEqual(whole);
	});

	test('by names that control a terminal changes nothing on it', async (context) => {
		expect(attackPrintable(seed, 500)).toEqual([]);
		if (!hasTerminal) return context.skip('SKIPPED: there is no script(1) here to make a terminal');
		expect(await attackLists(temporaryFolder(), seed, 3)).toEqual([]);
	});
});
