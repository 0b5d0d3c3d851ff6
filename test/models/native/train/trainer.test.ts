import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrainingBatch, TrainingSample } from '../../../../models/contract/native/training.ts';
import { readGguf } from '../../../../models/gguf/read-gguf.ts';
import { openNativeLibrary } from '../../../../models/native/libllama/open-library.ts';
import { NativeModel } from '../../../../models/native/model.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { estimateMemory, openTrainer } from '../../../../models/native/train/trainer.ts';
import { failureOf } from '../../../support/failure.ts';
import type { GgufTestValue } from '../../../support/gguf-bytes.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeTinyArchitecture } from '../../../support/tiny-architectures.ts';
import { tinyVocabularySize } from '../../../support/tiny-gguf.ts';
import { fillB, type OpenedTrainer, openTiny, randomSample, tinyModel, tinyOptions } from './tiny-training.ts';

const texts = [randomSample(1, 12), randomSample(2, 20, 8), randomSample(3, 9), randomSample(4, 30, 20)];
const learning = { learningRate: 5e-3, schedule: 'constant', totalSteps: 1000 } as const;

function valuesOf({ values }: OpenedTrainer): Float32Array[] {
	return [values.a, values.b]
		.flatMap(({ values: kept, means, variances }) => [kept, means, variances])
		.map((kept) => kept.slice());
}

describe('a training', () => {
	test('learns one batch by heart', async () => {
		// With small weights no hidden values would make one token nearly certain.
		const model = writeTinyArchitecture(join(temporaryFolder(), 'model.gguf'), 'llama', {
			tensors: (tensors) =>
				tensors.map((tensor) => {
					if (tensor.name !== 'output.weight') return tensor;
					const values = new Float32Array(tensor.data.slice().buffer).map((value) => value * 4);
					return { ...tensor, data: new Uint8Array(values.buffer) };
				}),
		});
		const trainer = await openTiny(
			tinyOptions(model, { optimizer: { ...learning, clip: 1 }, lora: { rank: 16, alpha: 16 } }),
		);
		let loss = Infinity;
		for (let step = 0; step < 150 && loss >= 0.01; step += 1) {
			({ loss } = await trainer.step({ samples: texts.slice(0, 2) }));
		}
		expect(loss).toBeLessThan(0.01);
	});

	test('gives the same bits twice from one seed, others from another', async () => {
		const model = tinyModel();
		const run = async (seed: number, threads: number): Promise<Float32Array[]> => {
			const trainer = await openTiny(
				tinyOptions(model, { seed, threads, optimizer: learning, lora: { dropout: 0.1 } }),
			);
			for (let step = 0; step < 4; step += 1) await trainer.step({ samples: texts });
			return valuesOf(trainer);
		};
		const first = await run(5, 1);
		expect(await run(5, 1)).toEqual(first);
		expect(await run(5, 2)).toEqual(first);
		expect(await run(6, 1)).not.toEqual(first);
	});

	test('continues from a checkpoint bit for bit', async () => {
		const model = tinyModel();
		const path = join(temporaryFolder(), 'half.ckpt');
		const options = tinyOptions(model, {
			optimizer: { ...learning, schedule: 'cosine', totalSteps: 8 },
			lora: { dropout: 0.2 },
		});
		const whole = await openTiny(options);
		const losses: number[] = [];
		for (let step = 0; step < 8; step += 1) {
			if (step === 4) await whole.saveCheckpoint(path);
			losses.push((await whole.step({ samples: texts })).loss);
		}
		const resumed = await openTiny(options);
		await resumed.loadCheckpoint(path);
		expect(resumed.steps).toBe(4);
		for (let step = 4; step < 8; step += 1) expect((await resumed.step({ samples: texts })).loss).toBe(losses[step]);
		expect(valuesOf(resumed)).toEqual(valuesOf(whole));
	});

	test('refuses a checkpoint that is damaged, of other settings or of another base, and changes nothing', async () => {
		const folder = temporaryFolder();
		const path = join(folder, 'checkpoint');
		const model = tinyModel();
		const trainer = await openTiny(tinyOptions(model, { optimizer: learning }));
		await trainer.step({ samples: texts });
		await trainer.saveCheckpoint(path);
		expect(readdirSync(folder)).toEqual(['checkpoint']);
		const before = valuesOf(trainer);
		const damaged = readFileSync(path);
		damaged[damaged.length - 100] = (damaged[damaged.length - 100] ?? 0) ^ 1;
		writeFileSync(join(folder, 'damaged'), damaged);
		writeFileSync(join(folder, 'short'), readFileSync(path).subarray(0, 500));
		writeFileSync(join(folder, 'empty'), '');
		for (const name of ['damaged', 'short', 'empty']) {
			expect(await failureOf(() => trainer.loadCheckpoint(join(folder, name)))).toMatchObject({
				code: 'training-checkpoint-unsuitable',
			});
		}
		expect(valuesOf(trainer)).toEqual(before);
		const other = await openTiny(tinyOptions(tinyModel('llama', 2)));
		expect((await failureOf(() => other.loadCheckpoint(path))).message).toContain('another base model');
		const wider = await openTiny(tinyOptions(model, { lora: { rank: 8 } }));
		expect((await failureOf(() => wider.loadCheckpoint(path))).message).toContain('other settings');
	});

	test('takes the same step when a batch goes through in several passes', async () => {
		const model = tinyModel();
		const run = async (tokensPerPass: number): Promise<{ loss: number; passes: number; gradient: Float32Array }> => {
			const trainer = await openTiny(tinyOptions(model, { tokensPerPass }));
			fillB(trainer);
			const { loss, passes } = await trainer.step({ samples: texts });
			return { loss, passes, gradient: trainer.values.a.gradients.slice() };
		};
		const [one, several] = [await run(128), await run(32)];
		expect([one.passes, several.passes]).toEqual([1, 3]);
		expect(several.loss).toBeCloseTo(one.loss, 5);
		const difference = Math.hypot(...one.gradient.map((value, at) => value - (several.gradient[at] ?? 0)));
		expect(difference / Math.hypot(...one.gradient)).toBeLessThan(1e-5);
	});

	test.each(['supervised', 'distillation', 'preference'] as const)(
		'has the same gradient when few rows fit at once (%s)',
		async (kind) => {
			const model = tinyModel('granite');
			const objectives = {
				supervised: { kind: 'supervised' },
				distillation: { kind: 'distillation', teacher: tinyModel('llama', 3), temperature: 2, share: 0.5 },
				preference: { kind: 'preference', beta: 0.2 },
			} as const;
			const objective = objectives[kind];
			const [chosen, rejected, other, worse] = texts as [
				TrainingSample,
				TrainingSample,
				TrainingSample,
				TrainingSample,
			];
			const batch: TrainingBatch =
				kind === 'preference'
					? {
							pairs: [
								{ chosen: other, rejected: chosen },
								{ chosen: rejected, rejected: worse },
							],
						}
					: { samples: texts.slice(0, 3) };
			const run = async (rows: number | null): Promise<{ loss: number; gradient: Float32Array }> => {
				const trainer = await openTiny(tinyOptions(model, { objective }), rows);
				fillB(trainer);
				const { loss } = await trainer.step(batch);
				return { loss, gradient: trainer.values.a.gradients.slice() };
			};
			const [all, few] = [await run(null), await run(5)];
			expect(few.loss).toBeCloseTo(all.loss, 6);
			const difference = Math.hypot(...all.gradient.map((value, at) => value - (few.gradient[at] ?? 0)));
			expect(difference / Math.hypot(...all.gradient)).toBeLessThan(1e-5);
		},
	);

	test('packs samples that do not see each other', async () => {
		const trainer = await openTiny(tinyOptions(tinyModel('gemma3')));
		const alone = await trainer.evaluate({ samples: [randomSample(2, 20, 8)] });
		const together = await trainer.evaluate({ samples: [randomSample(1, 12, 11), randomSample(2, 20, 8)] });
		const first = await trainer.evaluate({ samples: [randomSample(1, 12, 11)] });
		expect(together.loss * 13).toBeCloseTo(alone.loss * 12 + first.loss, 4);
	});

	test.each(['quantised', 'exact'] as const)('computes layers again with the same result (%s)', async (mode) => {
		const model = tinyModel('qwen3');
		const run = async (recompute: 'always' | 'never'): Promise<Float32Array> => {
			const trainer = await openTiny(tinyOptions(model, { recompute, mode, lora: { dropout: 0.1 } }));
			fillB(trainer);
			await trainer.step({ samples: texts.slice(0, 3) });
			return trainer.values.a.gradients.slice();
		};
		expect(await run('always')).toEqual(await run('never'));
	});

	test('sees all of a long sample, from short ones next to it nothing', async () => {
		const long = randomSample(5, 150, 60);
		for (const name of ['llama', 'gemma3'] as const) {
			const options = tinyOptions(tinyModel(name), { tokensPerPass: 256 });
			const trainer = await openTiny(options);
			const alone = await trainer.evaluate({ samples: [long] });
			const short = await trainer.evaluate({ samples: [randomSample(1, 12, 11)] });
			const together = await trainer.evaluate({ samples: [randomSample(1, 12, 11), long, randomSample(1, 12, 11)] });
			expect(together.loss * 92).toBeCloseTo(alone.loss * 90 + short.loss * 2, 3);
			await expectSlope(await openTiny(options), { samples: [randomSample(2, 20, 8), long, ...texts] });
		}
	});

	test('shortens a long gradient, and moves B faster than A if told to', async () => {
		const model = tinyModel();
		const run = async (overrides: Parameters<typeof tinyOptions>[1]): Promise<OpenedTrainer> => {
			const trainer = await openTiny(tinyOptions(model, overrides));
			fillB(trainer);
			return trainer;
		};
		const clipped = await run({ optimizer: { clip: 1e-3 } });
		const { gradientNorm } = await clipped.step({ samples: texts });
		const { a, b } = clipped.values;
		expect(gradientNorm).toBeGreaterThan(0.01);
		expect(Math.hypot(...a.gradients, ...b.gradients)).toBeCloseTo(1e-3, 6);
		const moved = async (plusRatio: number): Promise<number[]> => {
			const trainer = await run({ optimizer: { learningRate: 1e-3 }, lora: { plusRatio } });
			const before = [trainer.values.a.values.slice(), trainer.values.b.values.slice()];
			await trainer.step({ samples: texts });
			return [trainer.values.a.values, trainer.values.b.values].map((values, region) =>
				Math.hypot(...values.map((value, at) => value - (before[region]?.[at] ?? 0))),
			);
		};
		const [plain, plus] = [await moved(1), await moved(16)];
		expect(plus[0]).toBeCloseTo(plain[0] ?? 0, 5);
		expect((plus[1] ?? 0) / (plain[1] ?? 1)).toBeCloseTo(16, 1);
	});

	test('pauses in the middle of a step, and goes on with the same result', async () => {
		const trainer = await openTiny(tinyOptions(tinyModel()));
		fillB(trainer);
		const { loss } = await trainer.step({ samples: texts });
		trainer.pause();
		let ended = false;
		const step = trainer.step({ samples: texts }).finally(() => (ended = true));
		await new Promise((done) => setTimeout(done, 150));
		expect(ended).toBe(false);
		trainer.resume();
		const resumed = await step;
		expect(resumed.loss).toBe(loss);
		expect(resumed.ms).toBeLessThan(140);
	});
});

/** A tiny model with this many tokens. */
function withVocabulary(tokens: number): string {
	return writeTinyArchitecture(join(temporaryFolder(), 'model.gguf'), 'smollm', {
		metadata: {
			'tokenizer.ggml.tokens': {
				type: 'array',
				of: 'string',
				values: Array.from({ length: tokens }, (_, id) => `t${id}`),
			},
			'tokenizer.ggml.scores': { type: 'array', of: 'float32', values: Array.from({ length: tokens }, () => 0) },
			'tokenizer.ggml.token_type': { type: 'array', of: 'int32', values: Array.from({ length: tokens }, () => 1) },
		},
		tensors: (tensors) =>
			tensors.map((tensor) => {
				if (tensor.name !== 'token_embd.weight') return tensor;
				const values = new Float32Array(64 * tokens);
				const some = Float32Array.from({ length: 1009 }, (_, at) => ((at * 79) % 1009) / 5000 - 0.1);
				for (let at = 0; at + some.length <= values.length; at += some.length) values.set(some, at);
				return { ...tensor, dimensions: [64, tokens], data: new Uint8Array(values.buffer) };
			}),
	});
}

test('with 150,000 tokens, a pause takes less than 200 ms of computing', async () => {
	const trainer = await openTiny(tinyOptions(withVocabulary(150_000), { tokensPerPass: 128 }));
	const batch = { samples: [randomSample(1, 120)] };
	const { loss } = await trainer.step(batch);
	const milliseconds = (since?: NodeJS.CpuUsage): number => {
		const { user, system } = process.cpuUsage(since);
		return (user + system) / 1000;
	};
	const whole = process.cpuUsage();
	await trainer.step(batch);
	const each = milliseconds(whole);
	for (const part of [0.2, 0.6]) {
		const before = process.cpuUsage();
		const step = trainer.step(batch);
		while (milliseconds(before) < each * part) await new Promise((done) => setTimeout(done, 2));
		trainer.pause();
		const paused = process.cpuUsage();
		let last = -1;
		// Nothing computes any more when a while takes next to nothing.
		for (let now = 0; now - last > 3; now = milliseconds(paused)) {
			last = now;
			await new Promise((done) => setTimeout(done, 60));
		}
		expect(milliseconds(paused)).toBeLessThan(200);
		trainer.resume();
		expect((await step).loss).toBe(loss);
	}
});

test('a run continues with the same bits, whatever memory allows to keep', async () => {
	const folder = temporaryFolder();
	const path = join(folder, 'quantised.gguf');
	const model = withVocabulary(100_000);
	await runNativeTask({
		kind: 'quantize',
		input: model,
		outputs: [{ type: 'Q4_1', path }],
		allowRequantize: false,
		threads: 1,
	});
	const options = tinyOptions(path, { optimizer: learning });
	const whole = await openTiny(options);
	await whole.step({ samples: texts });
	const checkpoint = join(folder, 'checkpoint');
	await whole.saveCheckpoint(checkpoint);
	await whole.step({ samples: texts });
	// The smallest limit that the training fits into leaves no room for the transposed output matrix of 12.8 MB or more.
	let resumed: OpenedTrainer | null = null;
	for (let memoryLimit = (await estimateMemory(options)).total - 12e6; resumed === null; memoryLimit += 3e6) {
		resumed = await openTiny({ ...options, memoryLimit }).catch((error: unknown) => {
			expect(error).toMatchObject({ code: 'training-memory-limit' });
			return null;
		});
	}
	expect(whole.memory.transposed).toBeGreaterThan(12e6);
	expect(resumed.memory.transposed).toBeLessThan(6e6);
	await resumed.loadCheckpoint(checkpoint);
	await resumed.step({ samples: texts });
	expect(valuesOf(resumed)).toEqual(valuesOf(whole));
});

describe('preferences', () => {
	const pair = { chosen: randomSample(1, 14, 6), rejected: randomSample(2, 11, 6) };
	const second = { chosen: randomSample(3, 9, 4), rejected: randomSample(4, 12, 4) };
	const objective = { kind: 'preference', beta: 0.2 } as const;

	test('start at log 2 and learn the margins', async () => {
		const trainer = await openTiny(
			tinyOptions(tinyModel(), { objective, optimizer: { ...learning, learningRate: 1e-2 } }),
		);
		const batch = { pairs: [pair, second] };
		const first = await trainer.step(batch);
		expect(first.loss).toBeCloseTo(Math.LN2, 6);
		expect(first.preference?.margin).toBeCloseTo(0, 5);
		const margins = [first.preference?.margin ?? 0];
		for (let step = 0; step < 8; step += 1) margins.push((await trainer.step(batch)).preference?.margin ?? 0);
		expect(margins).toEqual(margins.toSorted((x, y) => x - y));
		const { loss, preference } = await trainer.evaluate(batch);
		expect(loss).toBeLessThan(0.4);
		expect(preference?.accuracy).toBe(1);
	});

	test('need the base’s log-probabilities only once', async () => {
		const trainer = await openTiny(tinyOptions(tinyModel(), { objective }));
		fillB(trainer);
		const { preference, loss } = await trainer.evaluate({ pairs: [pair, second] });
		const [reference, other] = preference?.references ?? [];
		if (reference === undefined || other === undefined) throw new Error('no references');
		const again = await trainer.evaluate({
			pairs: [
				{ ...pair, reference },
				{ ...second, reference: other },
			],
		});
		expect(again.loss).toBe(loss);
		// log p of an answer: minus its mean loss times its tokens, without the adapter.
		const plain = await openTiny(tinyOptions(tinyModel()));
		const { loss: mean, scoredTokens } = await plain.evaluate({ samples: [pair.chosen] });
		expect(reference.chosen).toBeCloseTo(-mean * scoredTokens, 3);
	});

	test('start from the log-probabilities that `assay loglikelihood` gives', async () => {
		const model = tinyModel();
		const [context, answers] = ['the cat and the dog', [' and the house', ' and a tree']];
		const { result } = await runNativeTask({
			kind: 'loglikelihood',
			model,
			requests: [{ context, continuations: answers }],
			threads: 1,
		});
		const vocabulary = await NativeModel.load(openNativeLibrary('cpu'), model, { vocabularyOnly: true });
		const sampleOf = (answer: string) => {
			const [asked, tokens] = [context, context + answer].map((text) =>
				vocabulary.tokenize(Buffer.from(text), false),
			) as [Int32Array, Int32Array];
			return {
				tokens: Int32Array.from(tokens),
				weights: Float32Array.from(tokens, (_, at) => (at >= asked.length ? 1 : 0)),
			};
		};
		const [chosen, rejected] = answers.map(sampleOf);
		vocabulary.free();
		if (chosen === undefined || rejected === undefined) throw new Error('two answers');
		const trainer = await openTiny(tinyOptions(model, { objective, mode: 'exact' }));
		const { preference } = await trainer.evaluate({ pairs: [{ chosen, rejected }] });
		const [reference] = preference?.references ?? [];
		const [expected] = result.rows;
		// llama.cpp keeps keys and values in F16.
		for (const [at, own] of [reference?.chosen, reference?.rejected].entries()) {
			expect(Math.abs((own ?? 0) / (expected?.logLikelihoods[at] ?? 0) - 1)).toBeLessThan(1e-4);
		}
	});

	test('have the gradient that the loss itself shows', async () => {
		const trainer = await openTiny(tinyOptions(tinyModel('gemma3'), { objective }));
		await expectSlope(trainer, { pairs: [pair, second] });
	});
});

describe('distillation', () => {
	test.each([
		{ temperature: 1, share: 1 },
		{ temperature: 2, share: 0.6 },
	])('has the gradient that the loss itself shows (%o)', async (settings) => {
		const teacher = writeTinyArchitecture(join(temporaryFolder(), 'teacher.gguf'), 'qwen3', { seed: 9 });
		const objective = { kind: 'distillation', teacher, ...settings } as const;
		const trainer = await openTiny(tinyOptions(tinyModel('llama'), { objective }));
		await expectSlope(trainer, { samples: texts.slice(0, 2) });
	});

	test('a model has nothing to learn from itself, and comes close to another one', async () => {
		const student = tinyModel('llama');
		const own = await openTiny(tinyOptions(student, { objective: { kind: 'distillation', teacher: student } }));
		expect((await own.evaluate({ samples: texts })).loss).toBeCloseTo(0, 5);
		const objective = { kind: 'distillation', teacher: tinyModel('llama', 2) } as const;
		const trainer = await openTiny(tinyOptions(student, { objective, optimizer: { ...learning, learningRate: 1e-2 } }));
		const before = (await trainer.evaluate({ samples: texts })).loss;
		for (let step = 0; step < 30; step += 1) await trainer.step({ samples: texts });
		expect((await trainer.evaluate({ samples: texts })).loss).toBeLessThan(before * 0.6);
	});

	test('refuses a teacher with other tokens', async () => {
		// As many, and by the same tokenizer, as after fine-tuning with tokens of one's own.
		const renamed = Array.from({ length: tinyVocabularySize }, (_, token) => (token < 5 ? `<t${token}>` : `t${token}`));
		const metadata: Readonly<Record<string, GgufTestValue>>[] = [
			{ 'tokenizer.ggml.pre': { type: 'string', value: 'other' } },
			{ 'tokenizer.ggml.tokens': { type: 'array', of: 'string', values: renamed } },
		];
		for (const changed of metadata) {
			const teacher = writeTinyArchitecture(join(temporaryFolder(), 'teacher.gguf'), 'llama', { metadata: changed });
			const options = tinyOptions(tinyModel(), { objective: { kind: 'distillation', teacher } });
			expect(await failureOf(() => openTrainer(options))).toMatchObject({ code: 'training-teacher-unsuitable' });
		}
	});
});

describe('before any work, a training refuses', () => {
	test('an architecture that it does not know, and scaled positions', async () => {
		const number = (value: number) => ({ type: 'uint32', value }) as const;
		const other = writeTinyArchitecture(join(temporaryFolder(), 'model.gguf'), 'llama', {
			metadata: {
				'general.architecture': { type: 'string', value: 'gpt2' },
				'gpt2.context_length': number(64),
				'gpt2.embedding_length': number(64),
				'gpt2.block_count': number(2),
				'gpt2.attention.head_count': number(4),
			},
		});
		const scaled = writeTinyArchitecture(join(temporaryFolder(), 'model.gguf'), 'llama', {
			metadata: { 'llama.rope.scaling.type': { type: 'string', value: 'yarn' } },
		});
		for (const [model, reason] of [
			[other, 'its architecture is gpt2'],
			[scaled, 'YaRN'],
		] as const) {
			const failure = await failureOf(() => openTrainer(tinyOptions(model)));
			expect(failure).toMatchObject({ code: 'training-architecture-unsupported' });
			expect(failure.message).toContain(reason);
		}
	});

	test('weights that it does not know, or that are missing', async () => {
		const strange = writeTinyArchitecture(join(temporaryFolder(), 'model.gguf'), 'llama', {
			tensors: (tensors) =>
				tensors.map((tensor) =>
					tensor.name === 'blk.1.ffn_gate.weight' ? { ...tensor, name: 'blk.1.ffn_gate_exps.weight' } : tensor,
				),
		});
		expect((await failureOf(() => openTrainer(tinyOptions(strange)))).message).toContain('ffn_gate_exps');
		const missing = writeTinyArchitecture(join(temporaryFolder(), 'model.gguf'), 'llama', {
			tensors: (tensors) => tensors.filter(({ name }) => name !== 'blk.1.attn_k.weight'),
		});
		expect((await failureOf(() => openTrainer(tinyOptions(missing)))).message).toContain(
			'no weights called blk.1.attn_k.weight',
		);
	});

	test.each([
		['a norm that is not F32', 'blk.0.attn_norm.weight', { type: 1, data: new Uint8Array(128) }],
		['a matrix of three dimensions', 'blk.0.attn_q.weight', { dimensions: [64, 32, 2] }],
		['rows of half a block', 'blk.1.attn_q.weight', { dimensions: [16, 256], type: 8, data: new Uint8Array(128 * 34) }],
		['a bias for another width', 'blk.1.attn_v.weight', { dimensions: [32, 64] }],
	])('weights that would end the process: %s', async (_, name, changes) => {
		const model = writeTinyArchitecture(join(temporaryFolder(), 'model.gguf'), 'llama', {
			tensors: (tensors) => tensors.map((tensor) => (tensor.name === name ? { ...tensor, ...changes } : tensor)),
		});
		const { code } = await failureOf(() => openTrainer(tinyOptions(model)));
		expect(['training-architecture-unsupported', 'gguf-header-damaged']).toContain(code);
	});

	test('weights that are not numbers', async () => {
		const model = writeTinyArchitecture(join(temporaryFolder(), 'model.gguf'), 'llama', {
			tensors: (tensors) =>
				tensors.map((tensor) => {
					if (tensor.name !== 'blk.1.attn_v.weight') return tensor;
					const values = new Float32Array(tensor.data.slice().buffer);
					values[17] = NaN;
					return { ...tensor, data: new Uint8Array(values.buffer) };
				}),
		});
		expect(await failureOf(() => openTrainer(tinyOptions(model)))).toMatchObject({ code: 'model-weights-damaged' });
	});

	test('a rank above the width, and more memory than allowed', async () => {
		const model = tinyModel();
		expect(await failureOf(() => openTrainer(tinyOptions(model, { lora: { rank: 33 } })))).toMatchObject({
			code: 'training-rank-too-large',
		});
		const limited = tinyOptions(model, { memoryLimit: 10_000_000 });
		expect(await failureOf(() => openTrainer(limited))).toMatchObject({ code: 'training-memory-limit' });
		expect(await failureOf(() => estimateMemory(limited))).toMatchObject({ code: 'training-memory-limit' });
	});
});

test('a sample that teaches nothing is refused with the reason, and the training goes on', async () => {
	const trainer = await openTiny(tinyOptions(tinyModel()));
	const sample = (tokens: number[], weights: number[]): TrainingBatch => ({
		samples: [{ tokens: Int32Array.from(tokens), weights: Float32Array.from(weights) }],
	});
	const refused: readonly (readonly [TrainingBatch, string])[] = [
		[sample([], []), 'fewer than two tokens'],
		[sample([5], [1]), 'fewer than two tokens'],
		[sample([5, 6, 7], [1, 0, 0]), 'none of its tokens count'],
		[sample([5, 99_999], [0, 1]), 'a token that the model does not have'],
		[sample([5, -1], [0, 1]), 'a token that the model does not have'],
		[sample([5, 6], [0, NaN]), 'no number'],
		[sample([5, 6], [1]), '2 tokens and 1 weights'],
		[{ samples: [randomSample(1, 200)] }, 'a pass takes 64'],
	];
	for (const [batch, reason] of refused) {
		const failure = await failureOf(() => trainer.step(batch));
		expect(failure).toMatchObject({ code: 'training-sample-unsuitable' });
		expect(failure.message).toContain(reason);
	}
	expect((await trainer.step({ samples: texts })).step).toBe(1);
});

test('a loss that is no number ends the step and leaves the adapter as it was', async () => {
	const trainer = await openTiny(tinyOptions(tinyModel(), { optimizer: learning }));
	trainer.values.b.values.fill(1e30);
	const before = valuesOf(trainer);
	expect(await failureOf(() => trainer.step({ samples: texts }))).toMatchObject({ code: 'training-diverged' });
	expect(valuesOf(trainer)).toEqual(before);
	expect(trainer.steps).toBe(0);
});

test('weights that are not numbers have no loss, and are neither saved nor written', async () => {
	const folder = temporaryFolder();
	for (const objective of [{ kind: 'supervised' }, { kind: 'distillation', teacher: tinyModel() }] as const) {
		const trainer = await openTiny(tinyOptions(tinyModel(), { objective }));
		trainer.values.b.values.fill(NaN);
		for (const call of [
			() => trainer.evaluate({ samples: texts }),
			() => trainer.saveCheckpoint(join(folder, 'a.bin')),
			() => trainer.writeAdapter(join(folder, 'a.gguf')),
		]) {
			expect(await failureOf(call)).toMatchObject({ code: 'training-diverged' });
		}
	}
	expect(readdirSync(folder)).toEqual([]);
});

test('an adapter file has llama.cpp’s names and the scale as alpha', async () => {
	const path = join(temporaryFolder(), 'adapter.gguf');
	const trainer = await openTiny(tinyOptions(tinyModel(), { lora: { rankStabilised: true, modules: 'attention' } }));
	await trainer.writeAdapter(path, { name: 'Test', 'base_model.0.name': 'Tiny' });
	const { header, facts, problem } = await readGguf(path);
	expect(problem).toBeNull();
	expect(facts.kind).toBe('adapter');
	// Its reader divides by the rank, 4: 8 / √4.
	expect(header.metadata.get('adapter.lora.alpha')).toBe(16);
	expect(header.tensors.map(({ name, dimensions }) => `${name} ${dimensions.join('x')}`).slice(0, 4)).toEqual([
		'blk.0.attn_q.weight.lora_a 64x4',
		'blk.0.attn_q.weight.lora_b 4x64',
		'blk.0.attn_k.weight.lora_a 64x4',
		'blk.0.attn_k.weight.lora_b 4x32',
	]);
	expect(header.tensors.length).toBe(trainer.model.modules.length * 2);
});

/** Compares the gradient with the slope of the loss along it. */
async function expectSlope(trainer: OpenedTrainer, batch: TrainingBatch): Promise<void> {
	fillB(trainer);
	await trainer.step(batch);
	const regions = [trainer.values.a, trainer.values.b].map(({ values, gradients }) => ({
		values,
		kept: values.slice(),
		gradient: gradients.slice(),
	}));
	const length = Math.hypot(...regions.flatMap(({ gradient }) => [...gradient]));
	const reach = 2e-3 / length;
	const at = async (distance: number): Promise<number> => {
		for (const { values, kept, gradient } of regions) {
			for (const [index, value] of kept.entries()) values[index] = value + ((gradient[index] ?? 0) / length) * distance;
		}
		return (await trainer.evaluate(batch)).loss;
	};
	const slope = ((await at(reach)) - (await at(-reach))) / (2 * reach);
	expect(Math.abs(slope - length) / length).toBeLessThan(0.01);
}

test('quantised weights are trained on with nearly the exact gradient, whatever is kept in memory', async () => {
	const path = join(temporaryFolder(), 'quantised.gguf');
	await runNativeTask({
		kind: 'quantize',
		input: tinyModel('qwen3'),
		outputs: [{ type: 'Q4_1', path }],
		allowRequantize: false,
		threads: 1,
	});
	const run = async (mode: 'quantised' | 'exact', keep: boolean) => {
		const trainer = await openTiny(tinyOptions(path, { mode }));
		fillB(trainer);
		for (const { weight } of trainer.values.modules) {
			expect(weight.transposed).not.toBeNull();
			if (!keep) weight.transposed = null;
		}
		const { loss } = await trainer.step({ samples: texts });
		return { loss, gradient: trainer.values.a.gradients.slice() };
	};
	const [quantised, exact] = [await run('quantised', true), await run('exact', true)];
	expect((await run('quantised', false)).gradient).toEqual(quantised.gradient);
	expect(Math.abs(quantised.loss / exact.loss - 1)).toBeLessThan(0.02);
	const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
	const cosine =
		dot(quantised.gradient, exact.gradient) / Math.hypot(...quantised.gradient) / Math.hypot(...exact.gradient);
	expect(cosine).toBeGreaterThan(0.98);
});
