import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { TrainingSample } from '../../../../models/contract/native/training.ts';
import { NativeContext } from '../../../../models/native/context.ts';
import { openNativeLibrary } from '../../../../models/native/libllama/open-library.ts';
import { NativeAdapters } from '../../../../models/native/lora-adapter.ts';
import { NativeModel } from '../../../../models/native/model.ts';
import { openGgmlTrainer } from '../../../../models/native/train/trainer.ts';
import { starterModelPath } from '../../../support/starter-model.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Tokens of a text, by llama.cpp. */
function sampleOf(model: NativeModel, prompt: string, answer: string): TrainingSample {
	const [asked, whole] = [
		model.tokenize(Buffer.from(prompt), true),
		model.tokenize(Buffer.from(prompt + answer), true),
	];
	return {
		tokens: Int32Array.from(whole),
		weights: Float32Array.from(whole, (_, at) => (at >= asked.length ? 1 : 0)),
	};
}

/** log p of the sample's weighted tokens under llama.cpp with these adapters, and the most likely tokens. */
async function decoded(context: NativeContext, sample: TrainingSample): Promise<{ loss: number; top: number[] }> {
	context.clear();
	const { tokens, weights } = sample;
	for (const [at, token] of tokens.subarray(0, -1).entries()) context.add(token, at, [0], true);
	await context.decode();
	let [sum, count] = [0, 0];
	const top: number[] = [];
	for (let at = 1; at < tokens.length; at += 1) {
		if (weights[at] === 0) continue;
		const logits = context.logitsOf(at - 1);
		const best = logits.reduce((most, value, token) => (value > (logits[most] ?? 0) ? token : most), 0);
		const highest = logits[best] ?? 0;
		sum -=
			(logits[tokens[at] ?? 0] ?? 0) -
			highest -
			Math.log(logits.reduce((all, value) => all + Math.exp(value - highest), 0));
		count += 1;
		top.push(best);
	}
	return { loss: sum / count, top };
}

test('an adapter trained on the starter does in llama.cpp what it did in training', async () => {
	const base = await starterModelPath();
	const library = openNativeLibrary('cpu');
	const model = await NativeModel.load(library, base);
	const context = new NativeContext(model, { contextSize: 256, batchSize: 128, threads: 1, flashAttention: 'off' });
	onTestFinished(() => {
		context.free();
		model.free();
	});
	const samples = [
		sampleOf(model, 'Order: two cups of tea. Record:', ' {"item":"tea","count":2}'),
		sampleOf(model, 'Order: five bags of rice. Record:', ' {"item":"rice","count":5}'),
	];
	const held = sampleOf(model, 'Order: three jars of honey. Record:', ' {"item":"honey","count":3}');
	const tokensPerPass = samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
	const trainer = await openGgmlTrainer({
		model: base,
		lora: { rank: 8, alpha: 16 },
		optimizer: { learningRate: 2e-3, schedule: 'constant', totalSteps: 8 },
		objective: { kind: 'supervised' },
		threads: 1,
		tokensPerPass,
	});
	onTestFinished(() => trainer.dispose());
	const before = await trainer.evaluate({ samples: [held] });
	const plain = await decoded(context, held);
	// Both compute with quantised weights; they round activations in other places.
	expect(Math.abs(before.loss - plain.loss) / plain.loss).toBeLessThan(0.05);
	const losses: number[] = [];
	for (let step = 0; step < 8; step += 1) losses.push((await trainer.step({ samples })).loss);
	expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.3);
	const after = await trainer.evaluate({ samples: [held] });
	expect(after.loss).toBeLessThan(before.loss * 0.6);
	const path = join(temporaryFolder(), 'adapter.gguf');
	await trainer.writeAdapter(path, { name: 'Orders' });
	context.setAdapters(await new NativeAdapters(model).load([{ path, scale: 1 }]));
	const adapted = await decoded(context, held);
	expect(Math.abs(adapted.loss - after.loss)).toBeLessThan(0.1);
	const learned = samples[0] ?? held;
	const wanted = [...learned.tokens].filter((_, at) => (learned.weights[at] ?? 0) > 0);
	const { top } = await decoded(context, learned);
	expect(top.filter((token, at) => token === wanted[at]).length / wanted.length).toBeGreaterThan(0.8);
});
