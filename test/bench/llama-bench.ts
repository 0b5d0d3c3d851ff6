import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { runNativeTask } from '../../models/native/run-task.ts';
import { threadCounts } from './engine-alone.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { bestSide, inTurn } from './statistics.ts';

type Test = { readonly promptTokens: number; readonly generatedTokens: number };

/** Runs llama.cpp's own program on one test; returns the mean tokens/s of its repetitions. */
async function theirs(
	context: BenchContext,
	{ promptTokens, generatedTokens }: Test,
	threads: number,
): Promise<number> {
	if (context.llamaBench === null) throw new Error('no llama-bench was named');
	const { stdout } = await promisify(execFile)(context.llamaBench, [
		...['-m', context.modelPath, '-p', `${promptTokens}`, '-n', `${generatedTokens}`],
		...['-t', `${threads}`, '-r', '2', '-o', 'json'],
	]);
	const [result] = JSON.parse(stdout) as { avg_ts: number }[];
	if (result === undefined) throw new Error('llama-bench measured nothing');
	return result.avg_ts;
}

/** Runs the same test as Assay measures it. */
async function ours(context: BenchContext, test: Test, threads: number): Promise<number> {
	const tests = [{ ...test, depth: 0 }];
	const { result } = await runNativeTask<'bench'>({
		kind: 'bench',
		model: context.modelPath,
		tests,
		repetitions: 2,
		settings: [{ threads }],
	});
	return result.results[0]?.tokensPerSecond.mean ?? Number.NaN;
}

/** Measures both sides at each thread count, all in turn, and keeps each side's best count. */
async function bothAtTheirBest(context: BenchContext, test: Test) {
	const counts = threadCounts(context.cores);
	const sides = Object.fromEntries(
		counts.flatMap((threads) => [
			[`ours ${threads}`, () => ours(context, test, threads)],
			[`theirs ${threads}`, () => theirs(context, test, threads)],
		]),
	);
	const taken = await inTurn<string>(context.quick ? 2 : 5, sides, () => context.settle());
	const of = (side: string) => Object.fromEntries(Object.entries(taken).filter(([name]) => name.startsWith(side)));
	const [own, reference] = [of('ours'), of('theirs')];
	const [best, bestReference] = [bestSide(own), bestSide(reference)];
	return {
		values: own[best]!,
		baselines: reference[bestReference]!,
		details: { threads: best.replace('ours ', ''), threadsOfLlamaBench: bestReference.replace('theirs ', '') },
	};
}

export const llamaBenchGeneration: Measurement = {
	name: 'llama-bench-generation',
	about: 'tg128 as Assay measures it, against llama-bench of the same source; both at their best thread count',
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 0.95 },
	needs: 'llamaBench',
	run: (context) => bothAtTheirBest(context, { promptTokens: 0, generatedTokens: 128 }),
};

export const llamaBenchPrompt: Measurement = {
	name: 'llama-bench-prompt',
	about: 'pp512 as Assay measures it, against llama-bench of the same source; both at their best thread count',
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 0.95 },
	needs: 'llamaBench',
	run: (context) => bothAtTheirBest(context, { promptTokens: 512, generatedTokens: 0 }),
};
