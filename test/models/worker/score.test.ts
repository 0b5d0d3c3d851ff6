import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../models/engine.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { likeliestTokens } from '../../../models/native/scored-sampler.ts';
import { failureOf } from '../../support/failure.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';
import { answerOf, ask, resultOf } from '../../support/worker-runtime.ts';

let tiny: TinyRuntime;
let path: string;
let engine: Engine;
beforeAll(async () => {
	tiny = tinyRuntime();
	path = writeTinyGguf(join(tiny.folder, 'model.gguf'));
	engine = await tiny.loadFile(path);
});
afterAll(() => tiny.close());

const sum = (values: readonly (number | null)[]): number => values.reduce<number>((all, one) => all + (one ?? 0), 0);

describe('scoring prompts', () => {
	test('gives the log-likelihoods of assay loglikelihood, and decodes a common beginning once', async () => {
		const context = 'the cat and the dog had not one but two of them, and that was it for this year by all ';
		const continuations = ['cats', 'of the dogs', 'that'];
		const { result } = await runNativeTask({
			kind: 'loglikelihood',
			model: path,
			requests: [{ context: context.trimEnd(), continuations: continuations.map((one) => ` ${one}`) }],
			threads: 1,
		});
		const start = await engine.tokenize(context.trimEnd());
		const prompts = await Promise.all(continuations.map((one) => engine.tokenize(context.trimEnd() + ` ${one}`)));
		const scored = await engine.score({ prompts: [...prompts].reverse(), top: 1, next: false });
		const own = scored.prompts
			.toReversed()
			.map(({ tokens }) => sum(tokens.slice(start.length).map(({ logProbability }) => logProbability)));
		// The order of the prompts in a decode rounds differently.
		for (const [index, log] of own.entries()) expect(log).toBeCloseTo(result.rows[0]?.logLikelihoods[index] ?? 0, 5);
		expect(scored.decodedTokens).toBeLessThanOrEqual(result.decodedTokens);
		expect(scored.decodedTokens).toBeLessThan(prompts.flat().length / 2);
	});

	test('lists the likeliest tokens of each place, and the text that the tokens are', async () => {
		const text = 'the cat was é in 🙂 it';
		const prompt = await engine.tokenize(text, { addSpecial: true });
		const [scored] = (await engine.score({ prompts: [prompt], top: 5, next: true })).prompts;
		expect(scored?.text).toBe(`<s>${text}`.replace('<s>', '<s> '));
		expect(scored?.tokens[0]).toMatchObject({ text: '<s>', offset: 0, logProbability: null, top: [] });
		for (const { top, logProbability, token } of scored?.tokens.slice(1) ?? []) {
			const values = top.map((one) => one.logProbability);
			expect(values).toEqual(values.toSorted((a, b) => b - a));
			expect(top).toHaveLength(5);
			expect(top.find((one) => one.token === token)?.logProbability ?? logProbability).toBe(logProbability);
			expect(logProbability).toBeLessThanOrEqual(values[0]!);
		}
		const offsets = scored?.tokens.map(({ offset }) => offset) ?? [];
		expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
		const greedy = resultOf(
			await answerOf(engine, {
				...ask('', { temperature: 0, repeatPenalty: 1, maxTokens: 1 }),
				turns: [],
				text,
			}),
		);
		expect(scored?.next[0]?.token).toBe(greedy.tokenIds[0]);
	});

	test('keeps the beginning of the last prompts, and gives the same numbers with it as without', async () => {
		const shots = 'the cat and the dog had not one but two of them. '.repeat(12);
		const ask = async (ending: string) => {
			const prompt = await engine.tokenize(shots + ending);
			return await engine.score({ prompts: [prompt], top: 1, next: true });
		};
		const endings = ['the cat that was by the dog had not one but all of this in the year that it was', 'a', 'the dog'];
		const cold = [];
		for (const ending of endings) {
			await engine.score({ prompts: [[5]], top: 1, next: false });
			cold.push(await ask(ending));
		}
		await ask('nothing');
		for (const [index, ending] of endings.entries()) {
			const warm = await ask(ending);
			expect(warm.prompts).toEqual(cold[index]?.prompts);
			expect(warm.decodedTokens).toBeLessThan((cold[index]?.decodedTokens ?? 0) / 2);
		}
	});

	test('refuses a prompt that is too long, and tokens that the model does not have', async () => {
		const { contextSize } = engine.capabilities();
		const long = new Array<number>(contextSize + 1).fill(5);
		expect(await failureOf(() => engine.score({ prompts: [long], top: 0, next: false }))).toMatchObject({
			code: 'input-too-long',
			message: expect.stringContaining(contextSize.toLocaleString('en')),
		});
		expect((await failureOf(() => engine.score({ prompts: [[70_000]], top: 0, next: false }))).code).toBe(
			'token-unknown',
		);
	});

	test('goes on beside an answer, and the answer goes on too', async () => {
		const request = ask('the cat', { temperature: 0, maxTokens: 400 });
		const alone = await answerOf(engine, request);
		const prompts = await Promise.all(['the cat', 'a dog', 'this'].map((text) => engine.tokenize(text)));
		const [answer, scores] = await Promise.all([
			answerOf(engine, request),
			engine.score({ prompts, top: 1, next: true }),
		]);
		expect(answer.text).toBe(alone.text);
		expect(scores.prompts).toHaveLength(3);
	});
});

test('the tokenizer can be asked', async () => {
	const text = 'the cat<|im_end|>';
	const [plain, special] = await Promise.all([engine.tokenize(text), engine.tokenize(text, { parseSpecial: true })]);
	expect(plain?.length).toBeGreaterThan(special?.length ?? 0);
	expect((await engine.tokenize(text, { addSpecial: true, parseSpecial: true }))[0]).toBe(1);
	expect(await engine.tokenize('<s>the', { addSpecial: true, parseSpecial: true })).toEqual(
		await engine.tokenize('the', { addSpecial: true }),
	);
	expect(await engine.detokenize([special ?? [], []])).toEqual([text, '']);
	expect((await failureOf(() => engine.detokenize([[99_999]]))).code).toBe('token-unknown');
	expect(await engine.tokenizer()).toMatchObject({ startText: '<s>', endText: '<|im_end|>', addsStart: true });
});

test('the largest values are found in order, the first of equal ones', () => {
	expect(likeliestTokens(Float32Array.of(1, 5, 3, 5, 2), 3)).toEqual([1, 3, 2]);
	expect(likeliestTokens(Float32Array.of(2, 1), 5)).toEqual([0, 1]);
});
