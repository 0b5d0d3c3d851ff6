import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSampling, greedySampling } from '../../../models/contract/default-sampling.ts';
import type { Sampling } from '../../../models/contract/sampling.ts';
import { samplerDefaults, samplingParameters, withDefaults } from '../../../models/contract/sampling-parameters.ts';
import { NativeContext } from '../../../models/native/context.ts';
import { openNativeLibrary } from '../../../models/native/libllama/open-library.ts';
import { NativeModel } from '../../../models/native/model.ts';
import { createSampler } from '../../../models/native/sampler.ts';
import { NativeSequence } from '../../../models/native/sequence.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

let folder: string;
let model: NativeModel;
let context: NativeContext;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
	model = await NativeModel.load(openNativeLibrary(), writeTinyGguf(join(folder, 'tiny.gguf')));
	context = new NativeContext(model, { contextSize: 64, batchSize: 32, threads: 1 });
	await new NativeSequence(context).predict(5);
});

afterAll(() => {
	context.free();
	model.free();
	rmSync(folder, { recursive: true, force: true });
});

/** Letters, which are no part of DRY's sequence breakers. */
const first = 330;

/**
 * Replaces the logits of the last decode. Other tokens are impossible. With typical-p they are only nearly impossible,
 * because it is not a number where a token is impossible (0 × log 0).
 */
function setLogits(logits: readonly number[], from = first, others = Number.NEGATIVE_INFINITY): void {
	context.logitsOf(0).fill(others).set(logits, from);
}

interface Chosen extends Partial<Sampling> {
	readonly seed?: number;
}

const open: Sampling = { ...greedySampling, temperature: 1, topK: 0, topP: 1, minP: 0 };

function sampleOnce(
	logits: readonly number[],
	chosen: Chosen,
	begun: readonly number[] = [],
	grammar?: string,
): number {
	const sampler = createSampler(model, { ...open, seed: 1, ...chosen }, { begun, grammar });
	setLogits(logits, first, chosen.typicalP === undefined ? undefined : -80);
	const token = sampler.sample(context, 0);
	sampler.free();
	return token - first;
}

/** Returns every token that 400 seeds draw, as its index in the logits. */
function candidates(logits: readonly number[], chosen: Chosen): readonly number[] {
	const drawn = Array.from({ length: 400 }, (_, seed) => sampleOnce(logits, { ...chosen, seed }));
	return [...new Set(drawn)].toSorted((a, b) => a - b);
}

/** Probabilities 1/2, 1/4, 1/8, 1/8, whose entropy is 1.213 nats. */
const halves = [3, 2, 1, 1].map((power) => power * Math.log(2));

describe('hand-computed candidates', () => {
	test('all tokens stay if no sampler is on', () => {
		expect(candidates(halves, {})).toEqual([0, 1, 2, 3]);
	});

	test('top-n-sigma keeps logits within n standard deviations of the highest', () => {
		// Mean 2, deviation √2: the bound is 2.59 for one deviation and 1.17 for two.
		expect(candidates([4, 3, 2, 1, 0], { topNSigma: 1 })).toEqual([0, 1]);
		expect(candidates([4, 3, 2, 1, 0], { topNSigma: 2 })).toEqual([0, 1, 2]);
	});

	test('typical-p keeps the tokens whose surprise is nearest to the entropy', () => {
		// Distances: 0.520, 0.173, 0.866, 0.866.
		expect(candidates(halves, { typicalP: 0.2 })).toEqual([1]);
		expect(candidates(halves, { typicalP: 0.5 })).toEqual([0, 1]);
		expect(sampleOnce(halves, { typicalP: 0.2, temperature: 0 })).toBe(1);
	});

	test('XTC leaves out all but the least likely token above the threshold', () => {
		expect(candidates(halves, { xtcProbability: 1, xtcThreshold: 0.2 })).toEqual([1, 2, 3]);
		expect(candidates(halves, { xtcProbability: 1, xtcThreshold: 0.4 })).toEqual([0, 1, 2, 3]);
		expect(sampleOnce(halves, { xtcProbability: 1, xtcThreshold: 0.2, temperature: 0 })).toBe(1);
		// XTC applies by a draw of its own; the same seed gives the same result.
		const greedy = (seed: number) =>
			sampleOnce(halves, { xtcProbability: 0.5, xtcThreshold: 0.2, temperature: 0, seed });
		const drawn = Array.from({ length: 200 }, (_, seed) => greedy(seed));
		expect(drawn.map((_, seed) => greedy(seed))).toEqual(drawn);
		const left = drawn.filter((token) => token === 1).length;
		expect(left).toBeGreaterThan(70);
		expect(left).toBeLessThan(130);
	});

	test('XTC and a grammar agree on the drawn token', () => {
		const text = model.detokenize([first + 1], true);
		const grammar = `root ::= "${text}"`;
		expect(sampleOnce(halves, { xtcProbability: 1, xtcThreshold: 0.2, temperature: 0 }, [], grammar)).toBe(1);
	});

	test('presence counts a token once, frequency counts each occurrence, both in the last 64 tokens only', () => {
		const answer = [0, 0, 0].map((token) => token + first);
		const others = new Array<number>(62).fill(first + 9);
		const take = (second: number, chosen: Chosen, begun: readonly number[]) =>
			sampleOnce([5, second], { ...chosen, temperature: 0 }, begun);
		expect(take(4.1, { presencePenalty: 1 }, answer)).toBe(1);
		expect(take(3.9, { presencePenalty: 1 }, answer)).toBe(0);
		expect(take(2.1, { frequencyPenalty: 1 }, answer)).toBe(1);
		expect(take(1.9, { frequencyPenalty: 1 }, answer)).toBe(0);
		expect(take(2.9, { frequencyPenalty: 1 }, [...answer, ...others])).toBe(0);
		expect(take(3.1, { frequencyPenalty: 1 }, [...answer, ...others])).toBe(1);
		expect(take(5.1, { presencePenalty: -0.2 }, answer)).toBe(0);
	});

	test('DRY lowers a token that continues a repetition by multiplier × base ^ (length − allowed length)', () => {
		const tokens = (text: string): number[] => [...text].map((letter) => first + letter.charCodeAt(0) - 97);
		const take = (second: number, text: string, chosen: Chosen = {}) =>
			sampleOnce([0, 0, 5, 5, second], { dryMultiplier: 1, dryBase: 2, temperature: 0, ...chosen }, tokens(text));
		// c would be the third repeated token: 1 × 2⁰. Below, d would be the fourth: 1 × 2¹, and c is not penalised.
		expect(sampleOnce([0, 0, 5, 4.1], { dryMultiplier: 1, dryBase: 2, temperature: 0 }, tokens('abcab'))).toBe(3);
		expect(sampleOnce([0, 0, 5, 3.9], { dryMultiplier: 1, dryBase: 2, temperature: 0 }, tokens('abcab'))).toBe(2);
		expect(sampleOnce([0, 0, 3.1, 5], { dryMultiplier: 1, dryBase: 2, temperature: 0 }, tokens('abcdabc'))).toBe(2);
		expect(sampleOnce([0, 0, 2.9, 5], { dryMultiplier: 1, dryBase: 2, temperature: 0 }, tokens('abcdabc'))).toBe(3);
		// Shorter repetitions, and those out of range, get no penalty.
		expect(take(4.9, 'abcab', { dryAllowedLength: 3 })).toBe(2);
		expect(take(4.9, 'abcab', { dryPenaltyLastN: 4 })).toBe(2);
		// A colon ends a repetition: "b" alone is too short.
		const colon = 5 + ':'.charCodeAt(0);
		const broken = [first, colon, first + 1, first + 2, first, colon, first + 1];
		expect(sampleOnce([0, 0, 5, 4.9], { dryMultiplier: 1, temperature: 0 }, broken)).toBe(2);
	});

	test('DRY looks back over its whole range, even beyond the range of the penalties', () => {
		const filler = Array.from({ length: 80 }, (_, index) => 100 + index);
		const answer = [first, first + 1, first + 2, ...filler, first, first + 1];
		const take = (dryPenaltyLastN: number) =>
			sampleOnce([0, 0, 5, 4.9], { dryMultiplier: 1, dryPenaltyLastN, temperature: 0 }, answer);
		expect(take(64)).toBe(2);
		expect(take(200)).toBe(3);
	});
});

/** Builds llama.cpp's own chain as common/sampling.cpp does in its default order, with every sampler, on or off. */
function referenceChain(sampling: Sampling & { readonly seed: number }): bigint {
	const { functions } = model.library;
	const on = withDefaults(sampling);
	const chain = functions.llama_sampler_chain_init({ no_perf: true });
	for (const stage of [
		functions.llama_sampler_init_penalties(
			model.facts.vocabularySize,
			64,
			on.repeatPenalty,
			on.frequencyPenalty,
			on.presencePenalty,
		),
		functions.llama_sampler_init_dry(
			model.vocabulary,
			on.dryMultiplier,
			on.dryBase,
			on.dryAllowedLength,
			on.dryPenaltyLastN,
			['\n', ':', '"', '*'],
			4,
		),
		functions.llama_sampler_init_top_n_sigma(on.topNSigma),
		functions.llama_sampler_init_top_k(on.topK),
		functions.llama_sampler_init_typical(on.typicalP, 0),
		functions.llama_sampler_init_top_p(on.topP, 0),
		functions.llama_sampler_init_min_p(on.minP, 0),
		functions.llama_sampler_init_xtc(on.xtcProbability, on.xtcThreshold, 0, sampling.seed),
		functions.llama_sampler_init_temp(on.temperature),
		functions.llama_sampler_init_dist(sampling.seed),
	]) {
		functions.llama_sampler_chain_add(chain, stage);
	}
	return chain;
}

/**
 * Draws 120 tokens from random logits over a whole vocabulary. The logits favour a few tokens, so that answers repeat.
 */
function drawAnswer(sample: () => number, seed: number): readonly number[] {
	const random = seededRandom(seed);
	return Array.from({ length: 120 }, () => {
		setLogits(
			Array.from({ length: model.facts.vocabularySize }, (_, token) => random() * 6 + (token % 40 === 0 ? 5 : 0)),
			0,
		);
		return sample();
	});
}

function randomSampling(seed: number): Sampling & { readonly seed: number } {
	const random = seededRandom(seed);
	const chosen = samplingParameters.flatMap(({ key, min, exclusiveMin, max, whole }) => {
		if (random() < 0.4) return [];
		const low = exclusiveMin ? 0.1 : Math.max(min, -1);
		const value = low + random() * (Math.min(max, whole ? 60 : 2) - low);
		return [[key, whole ? Math.round(value) : value]];
	});
	const heat = random() < 0.3 ? { temperature: 0 } : {};
	return { ...defaultSampling, ...Object.fromEntries(chosen), ...heat, seed };
}

describe('llama.cpp’s own chain', () => {
	test.each(Array.from({ length: 60 }, (_, seed) => seed))(
		'draws the same tokens, with random parameters (%i)',
		(seed) => {
			const sampling = randomSampling(seed);
			const ours = createSampler(model, sampling);
			const mine = drawAnswer(() => ours.sample(context, 0), seed);
			ours.free();
			const chain = referenceChain(sampling);
			const theirs = drawAnswer(() => context.sample(chain, 0), seed);
			model.library.functions.llama_sampler_free(chain);
			expect(mine).toEqual(theirs);
		},
	);

	test('default values change nothing, whether given or omitted', () => {
		for (const base of [defaultSampling, greedySampling]) {
			const answers = [base, { ...samplerDefaults, ...base }].map((sampling) => {
				const sampler = createSampler(model, { ...sampling, seed: 3 });
				const answer = drawAnswer(() => sampler.sample(context, 0), 3);
				sampler.free();
				return answer;
			});
			expect(answers[1]).toEqual(answers[0]);
		}
	});
});
