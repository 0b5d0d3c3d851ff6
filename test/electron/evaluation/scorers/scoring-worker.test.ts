import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ScorerInput } from '../../../../electron/contract/evaluation/scorer.ts';
import { techniqueSchema } from '../../../../electron/contract/evaluation/technique.ts';
import { promptSampleSchema } from '../../../../electron/contract/prompt/schema.ts';
import { checkScorer, score } from '../../../../electron/evaluation/scorers/score.ts';
import { createScoringWorker } from '../../../../electron/evaluation/scorers/scoring-worker-client.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { plainScorer } from './score-sample.ts';

const thread = createScoringWorker();
afterAll(() => thread.close());

const sample = promptSampleSchema.parse({ input: 'Q', target: 'needle', choices: ['a', 'b'] });
const on = (scorer: ScorerInput, output: string) =>
	score(plainScorer(scorer), { sample, output, answer: output, detail: {} }, { worker: thread });

describe('the scoring worker', () => {
	test('scores, checks and extracts', async () => {
		expect((await on({ kind: 'exact' }, 'needle')).value).toBe(1);
		expect(await thread.read(techniqueSchema.parse({ kind: 'chain-of-thought' }), ['Answer: 5.'])).toMatchObject({
			answer: '5',
		});
		await expect(checkScorer(plainScorer({ kind: 'regex', pattern: '(' }), thread)).rejects.toMatchObject({
			code: 'pattern-invalid',
		});
		await expect(
			checkScorer(plainScorer({ kind: 'json', schema: { type: 'no such type' } }), thread),
		).rejects.toMatchObject({ code: 'schema-invalid' });
		await expect(checkScorer(plainScorer({ kind: 'exact', expected: '{{' }), thread)).rejects.toMatchObject({
			code: 'template-invalid',
		});
		await expect(checkScorer(plainScorer({ kind: 'javascript', code: '1' }), thread)).rejects.toMatchObject({
			code: 'script-invalid',
		});
		await expect(checkScorer(plainScorer({ kind: 'numeric' }), thread)).resolves.toBeUndefined();
	});

	test('answers many requests in order', async () => {
		const values = await Promise.all(
			Array.from({ length: 300 }, (_, n) => on({ kind: 'exact' }, n % 3 === 0 ? 'needle' : 'hay')),
		);
		expect(values.map(({ value }) => value)).toEqual(Array.from({ length: 300 }, (_, n) => (n % 3 === 0 ? 1 : 0)));
	});

	test('leaves this thread free while a script loops, and scores the next output', async () => {
		const loop = on({ kind: 'javascript', code: 'function score() { for (;;) {} }', timeMs: 400 }, 'x');
		const next = on({ kind: 'exact' }, 'needle');
		let turns = 0;
		const ticking = setInterval(() => {
			turns += 1;
		}, 5);
		expect((await loop).explanation).toContain('longer than 400 ms');
		clearInterval(ticking);
		expect(turns).toBeGreaterThan(2);
		expect((await next).value).toBe(1);
	});

	test.each([
		['searching a list', '() => [].includes.call({ length: 2 ** 53 - 1 }, 1)'],
		['searching a text', "() => 'a'.repeat(3e6).indexOf('a'.repeat(1e6) + 'b')"],
		['reading a list of holes', '() => { const all = []; all.length = 4294967295; return all.indexOf(1) }'],
		['before the function exists', '[].lastIndexOf.call({ length: 2 ** 53 - 1 }, 1); () => 1'],
	])('a script is stopped within its time while %s, and the next output is scored', async (_, code) => {
		const begun = performance.now();
		const stuck = on({ kind: 'javascript', code, timeMs: 50 }, 'x');
		const next = on({ kind: 'javascript', code: '() => 1', timeMs: 50 }, 'x');
		expect(await stuck).toEqual({
			value: null,
			explanation: 'It took longer than 50 ms. Make it do less, or allow it more time (timeMs).',
		});
		expect((await next).value).toBe(1);
		// 2.2 s, and the start of a worker.
		expect(performance.now() - begun).toBeLessThan(15_000);
	});

	test('a script that is stuck before it defines a function is refused, with the reason', async () => {
		const code = '[].includes.call({ length: 2 ** 53 - 1 }, 1); () => 1';
		await expect(checkScorer(plainScorer({ kind: 'javascript', code, timeMs: 50 }), thread)).rejects.toMatchObject({
			code: 'scorer-too-slow',
		});
	});

	test('is ended when a scorer does not return, and restarted', async () => {
		const impatient = createScoringWorker(undefined, 100);
		const mark = (scorer: ScorerInput, output: string) =>
			impatient.score(plainScorer(scorer), { sample, output, answer: output, detail: {} });
		// The first one includes the time to start the worker.
		expect((await mark({ kind: 'exact' }, 'needle')).value).toBe(1);
		// Some seconds of work that nothing on the worker itself could interrupt.
		const slow = await mark({ kind: 'levenshtein', expected: 'ba'.repeat(70_000) }, 'ab'.repeat(70_000));
		expect(slow).toMatchObject({ value: null, explanation: expect.stringContaining('stopped') });
		expect((await mark({ kind: 'exact' }, 'needle')).value).toBe(1);
		await impatient.close();
		expect(await mark({ kind: 'exact' }, 'needle')).toMatchObject({ value: null });
	});
});

test('a config file is not blamed for a process that ended by itself', async () => {
	const path = join(temporaryFolder(), 'ends.mjs');
	writeFileSync(path, 'process.exit(7);');
	const ending = createScoringWorker(pathToFileURL(path));
	onTestFinished(() => ending.close());
	await expect(ending.readConfig('name: x', 'run.yaml')).rejects.toMatchObject({
		code: 'parser-died',
		message: 'The process that read the file run.yaml ended unexpectedly (code 7). Nothing was changed.',
	});
});

describe('hostile outputs', () => {
	/** Characters; the limit of 4 million would take too long in a test on a busy machine. */
	const long = 300_000;
	const outputs: Record<string, string> = {
		'many words': 'lorem ipsum '.repeat(long / 12),
		'line breaks': '\n'.repeat(long),
		asterisks: '*'.repeat(long),
		brackets: '['.repeat(long),
		braces: '{"a":'.repeat(long / 5),
		digits: '1'.repeat(long),
		'numbers and punctuation': '1,2.3$'.repeat(long / 6),
		spaces: `a${' '.repeat(long)}b`,
		'one repeated letter': `${'a'.repeat(long)}!`,
		'angle brackets': '<'.repeat(long),
		'invalid unicode': '\ud800\udfff\udc00'.repeat(long / 3),
		'control characters and NUL': '\u0000\u0007\u001b[31m'.repeat(1_000),
		'NaN and friends': '{"value": NaN, "other": -Infinity, "more": 1e999}',
		prototypes: '{"__proto__": {"x": 1}, "constructor": {"prototype": {"x": 1}}}',
		empty: '',
	};
	const scorers: ScorerInput[] = [
		{ kind: 'exact', ignoreCase: true, ignorePunctuation: true, ignoreArticles: true },
		{ kind: 'includes' },
		{ kind: 'regex', pattern: '^(a+)+$' },
		{ kind: 'regex', pattern: '(x*)*y', ignoreCase: true },
		{ kind: 'numeric', expected: '5' },
		{ kind: 'numeric', expected: '5', find: 'gsm8k-flexible' },
		{ kind: 'json', schema: { type: 'object' } },
		{ kind: 'json-fields', expected: '{"value": 1}' },
		{ kind: 'levenshtein' },
		{ kind: 'rouge-l' },
		{ kind: 'letter' },
		{ kind: 'choice' },
		{ kind: 'javascript', code: 'function score({ output }) { return output.length >= 0 }' },
	];

	test.each(Object.keys(outputs))(
		'%s: every scorer answers',
		async (name) => {
			for (const scorer of scorers) {
				const result = await on(scorer, outputs[name] ?? '');
				expect(result.value === null || Number.isFinite(result.value), `${scorer.kind} gave ${result.value}`).toBe(
					true,
				);
				expect(result.explanation, scorer.kind).not.toContain('stopped');
			}
			expect(({} as { x?: number }).x).toBeUndefined();
		},
		150_000,
	);

	test('an output of ten megabytes is not scored, with the reason', async () => {
		const score = await on({ kind: 'exact' }, 'x'.repeat(10_000_000));
		expect(score).toEqual({ value: null, explanation: 'The output is longer than 4,000,000 characters.' });
		expect(await thread.read(techniqueSchema.parse({ kind: 'choice-letter' }), ['x'.repeat(10_000_000)])).toMatchObject(
			{ answer: null },
		);
	});
});
