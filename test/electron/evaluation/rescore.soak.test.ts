import { expect, test } from 'vitest';
import { rescoreInputSchema } from '../../../electron/contract/evaluation/schema.ts';
import { watchProcess } from '../../support/many-rows.ts';
import { measured } from './rescoring.ts';
import { adds, setUp, sums } from './setup.ts';

const samples = Number(process.env.SAMPLES ?? 10_000);

/** Longest time for which the main thread may be blocked, ms. */
const longestWork = 50;

/** Memory of the whole process, including the tests, above its starting level; bytes. */
const memoryLimit = 150 * 1024 * 1024;

test(`outputs of ${samples.toLocaleString('en')} samples × 4 arms are marked again and erased, and the main thread stays free`, async () => {
	const filler = 'So that nothing is left out, let us go through it step by step. '.repeat(8);
	const setup = setUp(sums(samples), {
		answer: (row, place) => ({ text: `${filler}Answer: ${adds()(row, place).text}` }),
	});
	const { evaluations } = setup;
	const parameters = [64, 65, 66, 67].map((maxTokens) => ({ maxTokens }));
	const source = await measured(setup, { parameters, shardSize: 32 });
	async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
		const before = process.memoryUsage.rss();
		const watch = watchProcess();
		const began = performance.now();
		const result = await work();
		// The cost of one moment shows in the next.
		await new Promise((resolve) => setTimeout(resolve, 20));
		const { peakBytes, longestBlockMs, longestWorkMs } = watch.end();
		const seconds = ((performance.now() - began) / 1000).toFixed(1);
		const memory = Math.round((peakBytes - before) / 1024 / 1024);
		console.log(
			`${what}: ${seconds} s, +${memory} MB, main thread blocked ≤ ${Math.round(longestBlockMs)} ms, by own work ≤ ${Math.round(longestWorkMs)} ms`,
		);
		expect.soft(peakBytes - before, what).toBeLessThan(memoryLimit);
		expect.soft(longestWorkMs, what).toBeLessThan(longestWork);
		return result;
	}
	const input = rescoreInputSchema.parse({
		id: source.id,
		scorers: [{ kind: 'exact' }, { kind: 'includes' }, { kind: 'numeric' }],
		extract: [{ kind: 'after', marker: 'Answer:' }],
	});
	await timed('plan', () => evaluations.planRescore(input));
	const { id } = await timed('begin', () => evaluations.rescore(input));
	const run = await timed('mark', () => setup.ended(id));
	expect(run.arms.map(({ n, metrics }) => [n, metrics.exact?.value])).toEqual(source.arms.map(() => [samples, 1]));
	await timed('compare', () => evaluations.compare([source.arms[0]!.id, run.arms[0]!.id], null));
	for (const one of [source, run]) await evaluations.remove(one.id);
	await timed('erase the run that made them', () => evaluations.erase(source.id));
	await timed('erase the run that marks them', () => evaluations.erase(run.id));
}, 600_000);
