import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrainingSample } from '../../../../models/contract/native/training.ts';
import { type TinyArchitecture, writeTinyArchitecture } from '../../../support/tiny-architectures.ts';
import { fillB, type OpenedTrainer, openTiny, randomSample, tinyModel, tinyOptions } from './tiny-training.ts';

/** What golden/make.py computed with PyTorch from the same files. */
const golden = JSON.parse(readFileSync(new URL('golden/pytorch.json', import.meta.url), 'utf8')) as {
	models: Record<string, { loss: number; gradients: Record<string, number[]> }>;
	curves: Record<string, number[]>;
};

const samples = [randomSample(1, 12), randomSample(2, 20, 8)];
const batches = [
	[randomSample(3, 16, 5), randomSample(4, 11)],
	[randomSample(5, 24, 12)],
	[randomSample(6, 9), randomSample(7, 18)],
];
const settings = { learningRate: 3e-3, weightDecay: 0.01, clip: 1, steps: 50 };
const compared = ['llama', 'qwen2', 'qwen3', 'gemma3'] as const satisfies readonly TinyArchitecture[];
const curves = ['llama', 'gemma3'] as const satisfies readonly TinyArchitecture[];

/** To make the golden data anew, as golden/make.py says. */
const folder = process.env.GOLDEN_FOLDER;

test.skipIf(folder === undefined)('writes what make.py reads', async () => {
	if (folder === undefined) return;
	const plain = (list: readonly TrainingSample[]) =>
		list.map(({ tokens, weights }) => ({ tokens: [...tokens], weights: [...weights] }));
	const data = { models: compared, curves, samples: plain(samples), batches: batches.map(plain), settings };
	writeFileSync(join(folder, 'data.json'), JSON.stringify(data));
	for (const name of compared) {
		const trainer = await openTiny(tinyOptions(writeTinyArchitecture(join(folder, `${name}.gguf`), name)));
		fillB(trainer);
		await trainer.writeAdapter(join(folder, `${name}.adapter.gguf`));
	}
});

test.each(compared)('gradients equal PyTorch’s: %s', async (name) => {
	const trainer = await openTiny(tinyOptions(tinyModel(name)));
	fillB(trainer);
	const expected = golden.models[name];
	const { loss } = await trainer.step({ samples });
	expect(Math.abs(loss / (expected?.loss ?? 0) - 1)).toBeLessThan(1e-5);
	const found = gradientsOf(trainer);
	expect(Object.keys(found).sort()).toEqual(Object.keys(expected?.gradients ?? {}).sort());
	for (const [key, gradient] of Object.entries(found)) {
		const [norm = 0, sum = 0, ...first] = expected?.gradients[key] ?? [];
		expect(Math.abs(Math.hypot(...gradient) / norm - 1), key).toBeLessThan(1e-4);
		const total = gradient.reduce((all, value) => all + value, 0);
		expect(Math.abs(total - sum) / norm, key).toBeLessThan(1e-3);
		for (const [at, value] of first.entries())
			expect(Math.abs((gradient[at] ?? 0) - value) / norm, key).toBeLessThan(1e-4);
	}
});

test.each(curves)('50 steps have the losses that PyTorch’s AdamW has: %s', async (name) => {
	const { learningRate, weightDecay, clip, steps } = settings;
	const optimizer = { learningRate, weightDecay, clip, schedule: 'constant', totalSteps: steps } as const;
	const trainer = await openTiny(tinyOptions(tinyModel(name), { optimizer }));
	const losses: number[] = [];
	for (let step = 0; step < steps; step += 1) {
		losses.push((await trainer.step({ samples: batches[step % batches.length] ?? [] })).loss);
	}
	const expected = golden.curves[name] ?? [];
	expect(losses.length).toBe(expected.length);
	const worst = Math.max(...losses.map((loss, at) => Math.abs(loss / (expected[at] ?? 0) - 1)));
	expect(worst).toBeLessThan(0.01);
	expect(losses.at(-1)).toBeLessThan((losses[1] ?? 0) * 0.8);
});

/** Gradients by the names of the adapter's tensors. */
function gradientsOf({ values }: OpenedTrainer): Record<string, Float32Array> {
	let [a, b] = [0, 0];
	const found: Record<string, Float32Array> = {};
	for (const { weight } of values.modules) {
		const [inputs, outputs] = weight.ne;
		found[`${weight.name}.lora_a`] = values.a.gradients.subarray(a, a + inputs * 4);
		found[`${weight.name}.lora_b`] = values.b.gradients.subarray(b, b + outputs * 4);
		a += inputs * 4;
		b += outputs * 4;
	}
	return found;
}
