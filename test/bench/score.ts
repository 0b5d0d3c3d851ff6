import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundledTextsFolder } from '../../electron/dataset/bundled-texts.ts';
import { runNativeTask } from '../../models/native/run-task.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { inTurn } from './statistics.ts';

/** Quantises the bench's model once into the files to score. */
async function quantized(context: BenchContext): Promise<{ reference: string; model: string; text: string }> {
	const path = (name: string): string => join(context.folder, name);
	const [f16, reference, model] = [path('F16.gguf'), path('Q8_0.gguf'), path('Q4_K_M.gguf')];
	const threads = context.cores;
	if (!existsSync(model)) {
		const outputs = [{ type: 'F16' as const, path: f16 }];
		await runNativeTask<'quantize'>({
			kind: 'quantize',
			input: context.modelPath,
			outputs,
			allowRequantize: true,
			threads,
		});
		const smaller = [
			{ type: 'Q8_0' as const, path: reference },
			{ type: 'Q4_K_M' as const, path: model },
		];
		await runNativeTask<'quantize'>({ kind: 'quantize', input: f16, outputs: smaller, threads });
		rmSync(f16);
	}
	const text = path('score.txt');
	const texts = ['prose', 'dialogue', 'code', 'mathematics'].map((kind) =>
		readFileSync(join(bundledTextsFolder, `${kind}.txt`), 'utf8'),
	);
	writeFileSync(text, texts.join('\n'));
	return { reference, model, text };
}

/** Measures the seconds of one or two processes, including loading on both sides. */
async function seconds(work: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await work();
	return (performance.now() - began) / 1000;
}

/** Perplexity and KL divergence of one file against a Q8_0 reference, with both threads. */
export const score: Measurement = {
	name: 'score',
	about: 'perplexity and KL divergence of a Q4_K_M against a Q8_0, side by side, against llama-perplexity’s two passes',
	unit: 's',
	target: { of: 'ratio', relation: 'at-most', limit: 1 },
	needs: 'llamaPerplexity',
	async run(context) {
		const program = context.llamaPerplexity;
		if (program === null) throw new Error('no llama-perplexity was named');
		const { reference, model, text } = await quantized(context);
		const chunks = context.quick ? 2 : 8;
		const threads = context.cores;
		const base = join(context.folder, 'base.bin');
		const common = ['-t', `${threads}`, '--kl-divergence-base', base];
		let [ours, theirs] = [Number.NaN, Number.NaN];
		const taken = await inTurn<'ours' | 'theirs'>(
			context.quick ? 1 : 3,
			{
				ours: () =>
					seconds(async () => {
						const { result } = await runNativeTask<'perplexity'>({
							kind: 'perplexity',
							model,
							reference,
							text,
							chunks,
							threads,
						});
						ours = result.reference?.klDivergence.mean ?? Number.NaN;
					}),
				theirs: () =>
					seconds(async () => {
						const run = promisify(execFile);
						const options = { maxBuffer: 64 * 2 ** 20 };
						await run(program, ['-m', reference, '-f', text, '--chunks', `${chunks}`, '-c', '512', ...common], options);
						const { stdout } = await run(program, ['-m', model, '-c', '512', '--kl-divergence', ...common], options);
						theirs = Number(/Mean\s+KLD:\s+([\d.]+)/.exec(stdout)?.[1]);
						rmSync(base);
					}),
			},
			() => context.settle(),
		);
		const details = { threads, chunks, meanDivergence: ours, theirMeanDivergence: theirs };
		return { values: taken.ours, baselines: taken.theirs, details };
	},
};
