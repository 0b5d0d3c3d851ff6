import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EngineName, engineNames } from '../../../models/contract/engine-names.ts';
import type { GenerateRequest } from '../../../models/contract/generation.ts';
import type { Sampling } from '../../../models/contract/sampling.ts';
import type { Engine } from '../../../models/engine.ts';
import { tinyVocabularySize } from '../../support/tiny-gguf.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';
import { answerOf, ask, resultOf } from '../../support/worker-runtime.ts';

const runtimes = new Map<EngineName, TinyRuntime>();
const loaded = new Map<EngineName, Engine>();
beforeAll(async () => {
	for (const name of engineNames) {
		const tiny = tinyRuntime({ engine: name });
		runtimes.set(name, tiny);
		loaded.set(name, await tiny.loadTiny());
	}
});
afterAll(() => Promise.all([...runtimes.values()].map((tiny) => tiny.close())));

const engine = (name: EngineName): Engine => loaded.get(name)!;
const tokens = async (name: EngineName, request: GenerateRequest): Promise<readonly number[]> =>
	resultOf(await answerOf(engine(name), request)).tokenIds;

/** Every sampler off, so that a case shows what its own value does. */
const plain: Partial<Sampling> = { temperature: 1, topK: 40, topP: 1, minP: 0, repeatPenalty: 1, maxTokens: 40 };

describe('both engines draw the same tokens', () => {
	test.each<[string, Partial<Sampling>]>([
		['by default', { maxTokens: 40 }],
		['greedily', { ...plain, temperature: 0 }],
		['with top-k', { ...plain, topK: 5 }],
		['with top-p', { ...plain, topP: 0.6 }],
		['with min-p', { ...plain, minP: 0.3 }],
		['with a low temperature', { ...plain, temperature: 0.2 }],
		['with the largest seed', { ...plain, seed: 0xffff_ffff }],
		['with a repeat penalty', { ...plain, temperature: 0, repeatPenalty: 1.4 }],
		['with a presence penalty', { ...plain, temperature: 0, presencePenalty: 1.5 }],
		['with a negative frequency penalty', { ...plain, frequencyPenalty: -0.8 }],
		[
			'with DRY',
			{ ...plain, temperature: 0, dryMultiplier: 0.9, dryBase: 1.5, dryAllowedLength: 1, dryPenaltyLastN: 30 },
		],
		['with XTC', { ...plain, xtcProbability: 0.6, xtcThreshold: 0.05 }],
		[
			'with all of them',
			{
				...plain,
				topP: 0.9,
				minP: 0.02,
				repeatPenalty: 1.2,
				frequencyPenalty: 0.3,
				presencePenalty: 0.2,
				dryMultiplier: 0.5,
				xtcProbability: 0.3,
				xtcThreshold: 0.1,
			},
		],
	])('%s', async (_, sampling) => {
		const request = ask('the cat and the dog', { seed: 11, ...sampling });
		expect(await tokens('node-llama-cpp', request)).toEqual(await tokens('c-api', request));
	});

	test('in an answer that continues, whose penalties cover its start', async () => {
		const sampling = { ...plain, temperature: 0, repeatPenalty: 1.4 };
		const begun = await tokens('c-api', ask('the cat', { ...sampling, maxTokens: 12 }));
		const request = { ...ask('the cat', sampling), prefill: { text: '', tokens: [...begun] } };
		expect(await tokens('node-llama-cpp', request)).toEqual(await tokens('c-api', request));
	});

	test('after a prompt of several calls', async () => {
		const request = ask('the cat and the dog were here '.repeat(20), { ...plain, temperature: 0, maxTokens: 20 });
		expect(await tokens('node-llama-cpp', request)).toEqual(await tokens('c-api', request));
	});
});

describe('what node-llama-cpp has no sampler for is refused, not ignored', () => {
	test.each<[string, Partial<Sampling>, RegExp]>([
		['typical-p', { typicalP: 0.5 }, /typical-p 0\.5/],
		['top-n-sigma', { topNSigma: 1 }, /top-n-sigma 1/],
		['XTC at temperature 0', { temperature: 0, xtcProbability: 0.5 }, /XTC probability 0\.5 at temperature 0/],
	])('%s', async (_, sampling, words) => {
		const { last } = await answerOf(engine('node-llama-cpp'), ask('the cat', sampling));
		expect(last).toMatchObject({
			type: 'failed',
			failure: { code: 'sampling-unsupported', message: expect.stringMatching(words), next: expect.any(Array) },
		});
		// The next answer is not affected.
		expect(await tokens('node-llama-cpp', ask('the cat', { maxTokens: 3 }))).toHaveLength(3);
	});

	test('DRY in an answer that continues', async () => {
		const request = { ...ask('the cat', { dryMultiplier: 1 }), prefill: { text: 'the', tokens: null } };
		const { last } = await answerOf(engine('node-llama-cpp'), request);
		expect(last).toMatchObject({ type: 'failed', failure: { code: 'sampling-unsupported' } });
	});

	test('top-n-sigma at temperature 0 has no effect anywhere', async () => {
		const request = ask('the cat', { ...plain, temperature: 0, topNSigma: 1 });
		expect(await tokens('node-llama-cpp', request)).toEqual(await tokens('c-api', request));
	});
});

describe.each(engineNames)('grammar on %s', (name) => {
	const greedy = { ...plain, temperature: 0 } as const;

	test('the answer matches it', async () => {
		const request = { ...ask('the cat', { ...plain, seed: 3 }), grammar: 'root ::= ("yes" | "no") " " [a-c]{3}' };
		const { text, last } = await answerOf(engine(name), request);
		expect(text.trim()).toMatch(/^(yes|no) [abc]{3}$/);
		expect(last).toMatchObject({ type: 'done', result: { stopReason: 'end' } });
	});

	test('one that is not valid is refused, and the next answer comes', async () => {
		const { last } = await answerOf(engine(name), { ...ask('the cat', greedy), grammar: 'root ::= (' });
		expect(last).toMatchObject({ type: 'failed', failure: { code: 'grammar-invalid' } });
		expect(resultOf(await answerOf(engine(name), ask('the cat', { maxTokens: 2 }))).completionTokens).toBe(2);
	});

	test('one that is not valid costs no computed tokens', async () => {
		const long = 'the cat and the dog '.repeat(40);
		const before = resultOf(await answerOf(engine(name), ask(long, { ...greedy, maxTokens: 2 })));
		expect(before.promptTokens).toBeGreaterThan(200);
		await answerOf(engine(name), { ...ask(long, greedy), grammar: 'root ::= (' });
		const after = resultOf(await answerOf(engine(name), ask(long, { ...greedy, maxTokens: 2 })));
		expect(after.cachedTokens).toBeGreaterThan(100);
	});

	test('one that no token can follow ends the answer with the reason', async () => {
		// Without its byte tokens the model can't write the euro sign.
		const types = Array.from({ length: tinyVocabularySize }, (_, token) =>
			token < 5 ? (token === 0 ? 2 : 3) : token < 261 ? 5 : 1,
		);
		const mute = await runtimes
			.get(name)!
			.loadTiny({ metadata: { 'tokenizer.ggml.token_type': { type: 'array', of: 'int32', values: types } } });
		const { last } = await answerOf(mute, { ...ask('the cat', greedy), grammar: 'root ::= "a" "€"' });
		expect(last).toMatchObject({ type: 'failed', failure: { code: 'grammar-stuck' } });
		expect(resultOf(await answerOf(mute, ask('the cat', { maxTokens: 2 }))).completionTokens).toBe(2);
	});

	test('a stop during it frees the engine for the next answer', async () => {
		const abort = new AbortController();
		const request = { ...ask('the cat', { ...plain, maxTokens: null }), grammar: 'root ::= [a-z] root' };
		const answer = await answerOf(engine(name), request, abort.signal, ({ type }) => {
			if (type === 'tokens') abort.abort();
		});
		expect(resultOf(answer).stopReason).toBe('stopped');
		expect(resultOf(await answerOf(engine(name), ask('the cat', { maxTokens: 2 }))).completionTokens).toBe(2);
	});
});
