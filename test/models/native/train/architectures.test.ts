import { describe, expect, onTestFinished, test } from 'vitest';
import { NativeContext } from '../../../../models/native/context.ts';
import { openNativeLibrary } from '../../../../models/native/libllama/open-library.ts';
import { NativeModel } from '../../../../models/native/model.ts';
import { type TinyArchitecture, tinyArchitectures } from '../../../support/tiny-architectures.ts';
import { fillB, type OpenedTrainer, openTiny, randomSample, tinyModel, tinyOptions } from './tiny-training.ts';

const names = Object.keys(tinyArchitectures) as TinyArchitecture[];

/** log p of each token but the first, by llama_decode. */
async function decoded(path: string, tokens: Int32Array): Promise<number[]> {
	const model = await NativeModel.load(openNativeLibrary('cpu'), path);
	const context = new NativeContext(model, {
		contextSize: 256,
		batchSize: 64,
		threads: 1,
		keyType: 'F32',
		valueType: 'F32',
		flashAttention: 'off',
	});
	onTestFinished(() => {
		context.free();
		model.free();
	});
	for (const [at, token] of tokens.subarray(0, -1).entries()) context.add(token, at, [0], true);
	await context.decode();
	return [...tokens.subarray(1)].map((token, at) => {
		const logits = context.logitsOf(at);
		const highest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
		const sum = logits.reduce((total, value) => total + Math.exp(value - highest), 0);
		return (logits[token] ?? 0) - highest - Math.log(sum);
	});
}

describe.each(names)('%s', (name) => {
	test('gives each token the probability that llama_decode gives it', async () => {
		const path = tinyModel(name);
		const trainer = await openTiny(tinyOptions(path));
		const { tokens } = randomSample(3, 14);
		const expected = await decoded(path, tokens);
		const own: number[] = [];
		for (let at = 1; at < tokens.length; at += 1) {
			const weights = new Float32Array(tokens.length);
			weights[at] = 1;
			own.push(-(await trainer.evaluate({ samples: [{ tokens, weights }] })).loss);
		}
		const worst = Math.max(...own.map((value, at) => Math.abs(value - (expected[at] ?? 0))));
		// llama.cpp's GELU reads a table of F16 values.
		expect(worst).toBeLessThan(name === 'gemma3' ? 0.02 : 2e-4);
	});

	test('has the gradients that the loss itself shows, for A and B of every weight', async () => {
		const trainer = await openTiny(tinyOptions(tinyModel(name)));
		fillB(trainer);
		const batch = { samples: [randomSample(1, 12), randomSample(2, 9, 4)] };
		await trainer.step(batch);
		const loss = async (): Promise<number> => (await trainer.evaluate(batch)).loss;
		const blocks = blocksOf(trainer);
		expect(blocks.length).toBe(trainer.model.modules.length * 2);
		for (const { values, gradients } of blocks) {
			const gradient = gradients.slice();
			const length = Math.hypot(...gradient);
			expect(length).toBeGreaterThan(1e-6);
			const kept = values.slice();
			const reach = Math.min(0.05, 4e-3 / length);
			const at = async (distance: number): Promise<number> => {
				for (const [index, value] of kept.entries()) {
					values[index] = value + ((gradient[index] ?? 0) / length) * distance;
				}
				return await loss();
			};
			const slope = ((await at(reach)) - (await at(-reach))) / (2 * reach);
			values.set(kept);
			expect(Math.abs(slope - length) / length).toBeLessThan(0.02);
		}
	});
});

/** The values and gradients of each A and each B. */
function blocksOf({ values, model }: OpenedTrainer): { values: Float32Array; gradients: Float32Array }[] {
	const rank = 4;
	let [a, b] = [0, 0];
	const part = (region: typeof values.a, start: number, length: number) => ({
		values: region.values.subarray(start, start + length),
		gradients: region.gradients.subarray(start, start + length),
	});
	expect(values.modules.length).toBe(model.modules.length);
	return values.modules.flatMap(({ weight: { ne } }) => {
		const blocks = [part(values.a, a, ne[0] * rank), part(values.b, b, ne[1] * rank)];
		a += ne[0] * rank;
		b += ne[1] * rank;
		return blocks;
	});
}
