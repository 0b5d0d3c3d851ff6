import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineNames } from '../../../models/contract/engine-names.ts';
import type { LoraAdapter } from '../../../models/contract/load.ts';
import type { Engine } from '../../../models/engine.ts';
import { failureOf } from '../../support/failure.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { writeTinyLora } from '../../support/tiny-lora.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';
import { answerOf, ask, resultOf } from '../../support/worker-runtime.ts';

describe.each(engineNames)('engine %s', (name) => {
	let tiny: TinyRuntime;
	let model: string;
	let lora: string;
	let second: string;
	let loads = 0;
	let crashes = 0;
	beforeAll(() => {
		tiny = tinyRuntime({ engine: name });
		model = writeTinyGguf(join(tiny.folder, 'model.gguf'));
		lora = writeTinyLora(join(tiny.folder, 'lora.gguf'));
		second = writeTinyLora(join(tiny.folder, 'second.gguf'), { weights: ['blk.1.attn_q.weight'], rank: 8 });
		tiny.runtime.onEvent((event) => {
			if (event.type === 'loaded') loads += 1;
			if (event.type === 'crashed') crashes += 1;
		});
	});
	afterAll(() => tiny.close());

	const load = (adapters?: readonly LoraAdapter[]): Promise<Engine> =>
		tiny.loadFile(model, adapters === undefined ? {} : { adapters: [...adapters] });
	const tokens = async (engine: Engine): Promise<number[]> =>
		resultOf(await answerOf(engine, ask('the cat and the dog', { temperature: 0, maxTokens: 16 }))).tokenIds;

	describe('LoRA adapters', () => {
		test('they change the answers according to their scale, without loading the base again', async () => {
			const base = await tokens(await load());
			const before = loads;
			const adapted = await tokens(await load([{ path: lora, scale: 1 }]));
			const stacked = await tokens(
				await load([
					{ path: lora, scale: 1 },
					{ path: second, scale: 0.7 },
				]),
			);
			expect(adapted).not.toEqual(base);
			expect(stacked).not.toEqual(adapted);
			expect(await tokens(await load([{ path: lora, scale: 0 }]))).toEqual(base);
			expect(await tokens(await load([{ path: lora, scale: 1 }]))).toEqual(adapted);
			expect(await tokens(await load([]))).toEqual(base);
			expect(loads).toBe(before);

			// The same as with adapters loaded from the start.
			await tiny.runtime.unload(model);
			expect(await tokens(await load([{ path: lora, scale: 1 }]))).toEqual(adapted);
			expect(loads).toBe(before + 1);
		});

		test('an answer may ask for its own; answers with others wait, and each is as if it were alone', async () => {
			const engine = await load([{ path: second, scale: 1 }]);
			const written = async (adapters?: readonly LoraAdapter[]): Promise<number[]> => {
				const request = ask('the cat and the dog', { temperature: 0, maxTokens: 16 });
				const own = adapters === undefined ? {} : { adapters: [...adapters] };
				return resultOf(await answerOf(engine, { ...request, ...own })).tokenIds;
			};
			const choices = [undefined, [], [{ path: lora, scale: 1 }], [{ path: lora, scale: 0.5 }], undefined];
			const alone: number[][] = [];
			for (const choice of choices) alone.push(await written(choice));
			expect(alone[0]).toEqual(alone[4]);
			expect(new Set(alone.map(String)).size).toBeGreaterThan(2);
			expect(await Promise.all(choices.map(written))).toEqual(alone);

			const failed = await answerOf(engine, {
				...ask('the cat', { maxTokens: 4 }),
				adapters: [{ path: join(tiny.folder, 'none.gguf'), scale: 1 }],
			});
			expect(failed.last).toMatchObject({ type: 'failed', failure: { code: 'model-file-missing' } });
			expect(await written()).toEqual(alone[0]);
			expect(crashes).toBe(0);
		});

		test('another file at the path of one that was read is never taken for it', async () => {
			const path = join(tiny.folder, 'again.gguf');
			const written = async (source: string) => {
				rmSync(path, { force: true });
				cpSync(source, path);
				const request = ask('the cat and the dog', { temperature: 0, maxTokens: 16 });
				return answerOf(await load([]), { ...request, adapters: [{ path, scale: 1 }] });
			};
			expect(resultOf(await written(lora)).tokenIds).toEqual(await tokens(await load([{ path: lora, scale: 1 }])));
			const expected = await tokens(await load([{ path: second, scale: 1 }]));
			const answer = await written(second);
			if (name === 'node-llama-cpp') {
				expect(answer.last).toMatchObject({ type: 'failed', failure: { code: 'adapter-unsuitable' } });
			} else expect(resultOf(answer).tokenIds).toEqual(expected);
		});

		test('an answer that waits has the adapters of when it was asked for', async () => {
			const engine = await load([{ path: second, scale: 1 }]);
			const usual = await tokens(engine);
			const begun = Promise.withResolvers<void>();
			const long = { ...ask('the dog', { temperature: 0, maxTokens: 100 }), adapters: [] };
			const first = answerOf(engine, long, undefined, () => begun.resolve());
			await begun.promise;
			let changed: Promise<void> | undefined;
			const request = ask('the cat and the dog', { temperature: 0, maxTokens: 16 });
			const waiting = await answerOf(engine, request, undefined, (event) => {
				if (event.type === 'queued') changed = engine.setAdapters([{ path: lora, scale: 1 }]);
			});
			expect(changed).toBeDefined();
			expect(resultOf(waiting).tokenIds).toEqual(usual);
			await Promise.all([first, changed]);
			expect(await tokens(engine)).not.toEqual(usual);
			await load([]);
		});

		test.skipIf(name === 'node-llama-cpp')(
			'a score keeps its adapters to the end, whatever is set meanwhile',
			async () => {
				const engine = await load([]);
				const texts = Array.from({ length: 40 }, (_, index) =>
					`${index} the cat and the dog went to the sea `.repeat(4),
				);
				const prompts = await Promise.all(texts.map((text) => engine.tokenize(text)));
				const alone = await engine.score({ prompts, top: 1, next: false });
				const [meanwhile] = await Promise.all([
					engine.score({ prompts, top: 1, next: false }),
					engine.setAdapters([{ path: lora, scale: 1 }]),
				]);
				expect(meanwhile.prompts).toEqual(alone.prompts);
				const after = await engine.score({ prompts, top: 1, next: false });
				expect(after.prompts).not.toEqual(alone.prompts);
				await load([]);
			},
		);

		test.each<[string, () => string, string, RegExp]>([
			[
				'of another architecture',
				() => writeTinyLora(join(tiny.folder, 'qwen.gguf'), { architecture: 'qwen2' }),
				'adapter-unsuitable',
				/architecture “qwen2”, the model is “llama”/,
			],
			[
				'of another width',
				() => writeTinyLora(join(tiny.folder, 'wide.gguf'), { width: 96 }),
				'adapter-unsuitable',
				/has 96 × 96 weights, the model’s 64 × 64/,
			],
			[
				'with a rank above their width',
				() => writeTinyLora(join(tiny.folder, 'rank.gguf'), { rank: 65 }),
				'adapter-unsuitable',
				/rank of “blk.0.attn_q.weight” is 65/,
			],
			[
				'of weights that the model lacks',
				() => writeTinyLora(join(tiny.folder, 'deep.gguf'), { weights: ['blk.7.attn_q.weight'] }),
				'adapter-unsuitable',
				/which the model doesn’t have/,
			],
			[
				'whose alpha is of another type',
				() =>
					writeTinyLora(join(tiny.folder, 'alpha.gguf'), {
						metadata: { 'adapter.lora.alpha': { type: 'uint32', value: 4 } },
					}),
				'adapter-unsuitable',
				/its alpha is not a number of the type F32/,
			],
			[
				'with several matrices for one',
				() =>
					writeTinyLora(join(tiny.folder, 'deep3.gguf'), {
						tensors: (all) =>
							all.map(({ data, dimensions, ...one }) => ({
								...{ ...one, dimensions: [...dimensions, 2] },
								data: new Uint8Array([...data, ...data]),
							})),
					}),
				'adapter-unsuitable',
				/is 2 matrices, the model’s 1/,
			],
			['that is a model', () => model, 'adapter-unsuitable', /is a model/],
			[
				'without the second half of its pairs',
				() => writeTinyLora(join(tiny.folder, 'half.gguf'), { tensors: (all) => all.slice(0, 1) }),
				'adapter-unsuitable',
				/have no pair/,
			],
			[
				'of another kind',
				() => writeTinyLora(join(tiny.folder, 'kind.gguf'), { type: 'control' }),
				'adapter-unsuitable',
				/of the kind “control”/,
			],
			[
				'that is truncated',
				() => {
					const path = join(tiny.folder, 'cut.gguf');
					writeFileSync(path, readFileSync(lora).subarray(0, -100));
					return path;
				},
				'model-file-truncated',
				/incomplete/,
			],
			['that is not there', () => join(tiny.folder, 'none.gguf'), 'model-file-missing', /no file/],
		])('adapters %s are refused with the reason; the model answers as before', async (_, path, code, words) => {
			const before = await tokens(await load([]));
			const failure = await failureOf(() => load([{ path: path(), scale: 1 }]));
			expect(failure.code).toBe(code);
			expect(failure.message).toMatch(words);
			expect(failure.next.length).toBeGreaterThan(0);
			expect(await tokens(await load([]))).toEqual(before);
			expect(crashes).toBe(0);
		});

		test('mutated bytes never end the process', { timeout: 120_000 }, async () => {
			const engine = await load([]);
			const whole = readFileSync(lora);
			const random = seededRandom(5);
			const path = join(tiny.folder, 'mutated.gguf');
			for (let round = 0; round < 500; round += 1) {
				const bytes = Buffer.from(whole);
				for (let change = 0; change <= round % 3; change += 1)
					bytes[Math.floor(random() * 700)] = Math.floor(random() * 256);
				writeFileSync(path, round % 7 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes);
				await engine.setAdapters([{ path, scale: 1 }]).catch(() => {});
				await engine.setAdapters([]);
			}
			expect((await tokens(engine)).length).toBeGreaterThan(0);
			expect(crashes).toBe(0);
		});
	});
});
