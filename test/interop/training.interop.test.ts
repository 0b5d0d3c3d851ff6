import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openNativeLibrary } from '../../models/native/libllama/open-library.ts';
import { NativeModel } from '../../models/native/model.ts';
import { openGgmlTrainer } from '../../models/native/train/trainer.ts';
import { openTraining } from '../../models/native/training-run/session.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { pythonWith } from './python.ts';

const packages = ['torch', 'peft', 'transformers', 'gguf'];

type Peft = { losses: number[]; cpuSeconds: number[]; peakBytes: number };

const settings = { rank: 8, alpha: 16, learningRate: 1e-3, threads: 1 } as const;

/** Trains the starter here and with PEFT: from the same A, on the same tokens in the same order. */
async function trainBoth(
	python: string,
	tokensPerPass: number,
	steps: number,
	mode: 'exact' | 'quantised',
): Promise<{ losses: number[]; cpuSeconds: number[]; peft: Peft }> {
	const folder = temporaryFolder();
	const base = await starterModelPath();
	const options = { vocabularyOnly: true, checkTensors: false };
	const vocabulary = await NativeModel.load(openNativeLibrary('cpu'), base, options);
	const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url));
	const tokens = vocabulary.tokenize(text, true);
	vocabulary.free();
	// The first quarter is read like a prompt.
	const batches = [0, 1, 2].map((part) => ({
		tokens: [...tokens.subarray(part * tokensPerPass, (part + 1) * tokensPerPass + 1)],
		weights: Array.from({ length: tokensPerPass + 1 }, (_, at) => (at >= tokensPerPass / 4 ? 1 : 0)),
	}));
	const { rank, alpha, learningRate, threads } = settings;
	const trainer = await openGgmlTrainer({
		model: base,
		lora: { rank, alpha },
		optimizer: { learningRate, schedule: 'constant', totalSteps: steps, clip: 1 },
		objective: { kind: 'supervised' },
		threads,
		tokensPerPass,
		mode,
	});
	onTestFinished(() => trainer.dispose());
	const adapter = join(folder, 'initial.gguf');
	await trainer.writeAdapter(adapter);
	const job = join(folder, 'job.json');
	writeFileSync(job, JSON.stringify({ model: base, adapter, ...settings, batches, steps }));
	const [losses, cpuSeconds]: [number[], number[]] = [[], []];
	for (let step = 0; step < steps; step += 1) {
		const batch = batches[step % batches.length] ?? { tokens: [], weights: [] };
		const sample = { tokens: Int32Array.from(batch.tokens), weights: Float32Array.from(batch.weights) };
		const before = process.cpuUsage();
		losses.push((await trainer.step({ samples: [sample] })).loss);
		const { user, system } = process.cpuUsage(before);
		cpuSeconds.push((user + system) / 1e6);
	}
	const script = new URL('python/train_peft.py', import.meta.url).pathname;
	const output = execFileSync(python, [script, job], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
	return { losses, cpuSeconds, peft: JSON.parse(output) as Peft };
}

/** Peak memory of the training process of the product on such a pass, every token of which counts, bytes. */
async function peakOfProcess(tokensPerPass: number): Promise<number> {
	const folder = temporaryFolder();
	const data = join(folder, 'data.jsonl');
	const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8').slice(0, 8 * tokensPerPass);
	writeFileSync(data, `${JSON.stringify({ key: 'a', part: 'train', content: { text } })}\n`);
	const { rank, alpha, threads } = settings;
	const session = openTraining({
		training: {
			...{
				model: await starterModelPath(),
				data,
				objective: 'text',
				folder: join(folder, 'run'),
				name: 'Peak',
				threads,
			},
			settings: { rank, alpha, packTokens: tokensPerPass, maxTokens: tokensPerPass, maxSteps: 2, samplesPerStep: 1 },
		},
		onFrame() {},
	});
	return (await session.ended).peakResidentBytes;
}

test('50 steps on the starter have PEFT’s losses within 1 %', async (context) => {
	const { losses, peft } = await trainBoth(pythonWith(context, ...packages), 64, 50, 'exact');
	expect(losses.length).toBe(peft.losses.length);
	const worst = Math.max(...losses.map((loss, step) => Math.abs(loss / (peft.losses[step] ?? 0) - 1)));
	expect(worst).toBeLessThan(0.01);
});

test('a step takes at most 0.4 of PEFT’s memory, at nearly its speed in F32', async (context) => {
	const python = pythonWith(context, ...packages);
	const median = (values: readonly number[]): number => values.toSorted((x, y) => x - y)[values.length >> 1] ?? 0;
	const [speeds, memories]: [number[], number[]] = [[], []];
	// In turn, because the processor's caches have other users too.
	const memory = await peakOfProcess(256);
	for (let round = 0; round < 3; round += 1) {
		const { cpuSeconds, peft } = await trainBoth(python, 256, 6, 'quantised');
		const [own, theirs] = [256 / median(cpuSeconds), 256 / median(peft.cpuSeconds)];
		speeds.push(own / theirs);
		memories.push(memory / peft.peakBytes);
		console.log(`tokens per CPU-second: ${own.toFixed(1)}, PEFT in F32 ${theirs.toFixed(1)}`);
		console.log(`memory: ${(memory / 1e6).toFixed(0)} MB, PEFT in F32 ${(peft.peakBytes / 1e6).toFixed(0)} MB`);
	}
	expect(median(memories)).toBeLessThan(0.4);
	// The aim is 0.9. 0.86 to 0.98 with AVX512_BF16, which ggml multiplies with; 0.54 on an Intel Xeon without and on an AMD
	// EPYC with AVX2, where PyTorch's kernels for F32 are more than twice as fast as ggml's (docs/llama-cpp.md).
	const hasBf16 = /\bAVX512_BF16 = 1/.test(openNativeLibrary('cpu').systemInfo);
	expect(median(speeds)).toBeGreaterThan(hasBf16 ? 0.8 : 0.45);
});
