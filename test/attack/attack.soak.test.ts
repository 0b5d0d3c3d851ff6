import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { attackCalls } from './calls.ts';
import { attackFiles } from './files.ts';
import { attackHeaders } from './headers.ts';
import { killedComparison, killedImport, killedRun } from './kills.ts';
import { randomOf, soakSeed as seed } from './random.ts';
import { attackTemplates } from './templates.ts';
import { attackLists, attackPrintable, hasTerminal } from './terminal.ts';

describe(`the whole attack, SEED=${seed}`, () => {
	test('by bad input to every call', async () => {
		expect(await attackCalls(temporaryFolder, seed, 60)).toEqual([]);
	});

	test('by 1,200 damaged files', async () => {
		expect(await attackFiles(temporaryFolder(), seed, 1_200)).toEqual([]);
	});

	test('by 3,000 mutated headers', async () => {
		expect(await attackHeaders(temporaryFolder(), seed, 3_000)).toEqual([]);
	});

	test('by 2,000 chat templates', () => {
		expect(attackTemplates(seed, 2_000)).toEqual([]);
	});

	test('by 60 kills of imports', async () => {
		const faults: string[] = [];
		for (let number = 0; number < 60; number += 1) {
			const random = randomOf(seed * 1_000 + number);
			const found = await killedImport(temporaryFolder(), random, 4_000 + random.below(8_000));
			faults.push(...found.map((fault) => `number ${number}: ${fault}`));
		}
		expect(faults).toEqual([]);
	});

	test('by 40 kills of long runs', async () => {
		const whole = await killedRun(temporaryFolder(), randomOf(seed), 0);
		for (let number = 0; number < 10; number += 1) {
			expect(await killedRun(temporaryFolder(), randomOf(seed * 1_000 + number), 4), `number ${number}`).toEqual(whole);
		}
	});

	test('by 40 kills of comparisons', async () => {
		const text = join(temporaryFolder(), 'prose.txt');
		writeFileSync(text, 'the cat and the dog went to the sea and said so. '.repeat(60));
		const whole = await killedComparison(temporaryFolder(), text, randomOf(seed), 0);
		expect(whole.length).toBeGreaterThan(10);
		for (let number = 0; number < 10; number += 1) {
			const random = randomOf(seed * 1_000 + number);
			expect(await killedComparison(temporaryFolder(), text, random, 4), `number ${number}`).toEqual(whole);
		}
	});

	test('by names that control a terminal', async (context) => {
		expect(attackPrintable(seed, 50_000)).toEqual([]);
		if (!hasTerminal) return context.skip('SKIPPED: there is no script(1) here to make a terminal');
		expect(await attackLists(temporaryFolder(), seed, 60)).toEqual([]);
	});
});
