import { join } from 'node:path';
import { type MeasurementSession, openMeasurement } from '../../../models/native/measurement/session.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import type { BenchContext, Measurement, Outcome } from '../measurement.ts';
import { inTurn } from '../statistics.ts';
import { startSequences } from './parallel-sequences.ts';
import { evalItems, evalPrompts, evalRows, generatedTokens } from './samples.ts';
import { type Baseline, startWarmServer } from './warm-server.ts';

/** Number of rows that the product decodes together. */
const width = 16;

type Start = (slots: number, prompts: readonly string[]) => Promise<Baseline>;

/** Finds the number of slots at which a baseline is fastest, by a short trial of each. */
async function bestSlots(context: BenchContext, start: Start, prompts: readonly string[]): Promise<number> {
	if (context.quick) return 4;
	const trials: { slots: number; speed: number }[] = [];
	for (const slots of [1, 4, 8]) {
		const baseline = await start(slots, prompts);
		await context.settle();
		trials.push({ slots, speed: await baseline.run(prompts.slice(0, 32)) });
		await baseline.stop();
	}
	return trials.toSorted((a, b) => b.speed - a.speed)[0]?.slots ?? 1;
}

async function opened<T>(context: BenchContext, work: (session: MeasurementSession) => Promise<T>): Promise<T> {
	const session = await openMeasurement({ model: context.modelPath, width, threads: context.cores });
	try {
		return await work(session);
	} finally {
		await session.close();
	}
}

async function generationAgainst(context: BenchContext, start: Start): Promise<Outcome> {
	await context.release();
	const prompts = evalPrompts(context.quick ? 8 : 64);
	const slots = await bestSlots(context, start, prompts);
	const baseline = await start(slots, prompts);
	try {
		return await opened(context, async (session) => {
			const rows = evalRows(prompts);
			// Warm-up: the baseline has the prefix in each of its slots too.
			await session.generate(rows);
			const { product, other } = await inTurn(
				context.quick ? 1 : 5,
				{
					async product() {
						const from = performance.now();
						await session.generate(rows);
						return (rows.length / (performance.now() - from)) * 1000;
					},
					other: () => baseline.run(prompts),
				},
				() => context.settle(),
			);
			const details = { samples: rows.length, generatedTokens, width, slots, threads: context.cores };
			return { values: product, baselines: other, details };
		});
	} finally {
		await baseline.stop();
	}
}

export const evalGeneration: Measurement = {
	name: 'eval-generation',
	about: 'samples per second of a shard with a shared prefix, against node-llama-cpp’s parallel sequences',
	unit: 'samples/s',
	target: { of: 'ratio', relation: 'at-least', limit: 1.5 },
	run: (context) =>
		generationAgainst(context, (slots, prompts) =>
			startSequences({ model: context.modelPath, threads: context.cores, slots, prompts }),
		),
};

/** Quantises the bench's model to Q4_K_M; the file stays until the bench ends. */
async function asQ4KM({ modelPath, folder, cores }: BenchContext): Promise<string> {
	const output = join(folder, 'eval-generation.Q4_K_M.gguf');
	const outputs = [{ type: 'Q4_K_M' as const, path: output }];
	await runNativeTask({ kind: 'quantize', input: modelPath, outputs, allowRequantize: true, threads: cores });
	return output;
}

/** llama.cpp has no batched CPU kernel for the starter's Q4_1, so the work that both sides share dominates there. */
export const evalGenerationQ4KM: Measurement = {
	name: 'eval-generation-q4-k-m',
	about: 'the same of the model as Q4_K_M, the usual quantisation, which decodes faster in a batch',
	unit: 'samples/s',
	target: { of: 'ratio', relation: 'at-least', limit: 1.5 },
	run: async (context) => evalGeneration.run({ ...context, modelPath: await asQ4KM(context) }),
};

export const evalGenerationServer: Measurement = {
	name: 'eval-generation-server',
	about: 'the same samples, against a llama-server with its prompt cache (only where it is built)',
	unit: 'samples/s',
	target: { of: 'ratio', relation: 'at-least', limit: 1.15 },
	needs: 'llamaServer',
	run(context) {
		const binary = context.llamaServer;
		if (binary === null) throw new Error('name the program: --llama-server <path>');
		return generationAgainst(context, (slots, prompts) =>
			startWarmServer({ binary, model: context.modelPath, threads: context.cores, slots, prompts }),
		);
	},
};

export const evalLikelihood: Measurement = {
	name: 'eval-likelihood',
	about: 'questions of four choices per second after a few-shot prefix, against each choice from scratch',
	unit: 'questions/s',
	target: { of: 'ratio', relation: 'at-least', limit: 3 },
	async run(context) {
		await context.release();
		return await opened(context, async (session) => {
			const items = evalItems(context.quick ? 4 : 32);
			const few = items.slice(0, context.quick ? 2 : 8);
			const { shared, alone } = await inTurn(
				context.quick ? 1 : 5,
				{
					async shared() {
						const from = performance.now();
						await session.likelihood(items);
						return (items.length / (performance.now() - from)) * 1000;
					},
					async alone() {
						const from = performance.now();
						for (const item of few) {
							for (const continuation of item.continuations) {
								await session.likelihood([{ ...item, continuations: [continuation] }]);
							}
						}
						return (few.length / (performance.now() - from)) * 1000;
					},
				},
				() => context.settle(),
			);
			const [first] = await session.likelihood(items.slice(0, 1));
			const details = { questions: items.length, contextTokens: first?.contextTokens ?? 0, threads: context.cores };
			return { values: shared, baselines: alone, details };
		});
	},
};
