import { describe, expect, test } from 'vitest';
import { parametersSchema } from '../../../electron/contract/evaluation/run-config.ts';
import type { Metric } from '../../../electron/contract/evaluation/schema.ts';
import { type TechniqueInput, techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import { describeCriterion, formatCriterionValue } from '../../../renderer/evaluation/criterion-wording.ts';
import {
	describeCompared,
	describeParameters,
	describeProgress,
	describeRunInList,
	describeTechnique,
	distinguishNames,
} from '../../../renderer/evaluation/run-wording.ts';
import {
	chooseUnit,
	describeSamples,
	formatFigure,
	formatInterval,
	formatProbability,
	formatSigned,
} from '../../../renderer/evaluation/score-format.ts';
import { fakeRun } from '../../support/fake-application/evaluation-data.ts';

const metric = (changes: Partial<Metric> = {}): Metric => ({
	value: 0.6375,
	standardError: 0.038,
	low: 0.5607,
	high: 0.7079,
	n: 160,
	unscored: 0,
	method: 'Wilson',
	...changes,
});

test('numbers have a true minus sign, round halves away from zero, and zero has no sign', () => {
	expect([8.75, -0.25, 0, -0.04, 0.05].map((value) => formatSigned(value))).toEqual([
		'+8.8',
		'−0.3',
		'0.0',
		'0.0',
		'+0.1',
	]);
	expect(formatFigure(0.6375, chooseUnit([metric()]))).toBe('63.8');
	expect(formatInterval(metric(), chooseUnit([metric()]))).toBe('56.1 to 70.8');
	expect(formatInterval({ low: -0.1, high: 1.37 }, chooseUnit([metric()]))).toBe('0.0 to 100.0');
	expect(formatInterval({ low: 0.5, high: 0.5 }, chooseUnit([metric()]))).toBe('no spread');
});

test('shares are written as percentages, other scores as they are', () => {
	expect(chooseUnit([metric(), undefined])).toMatchObject({ mark: '\u00A0%', differences: 'points', factor: 100 });
	expect(chooseUnit([metric({ value: 3.4, low: 3.1, high: 3.7 })])).toMatchObject({ mark: '', factor: 1 });
	expect(chooseUnit([metric(), metric({ value: -0.2, low: -0.4, high: 0 })])).toMatchObject({ factor: 1 });
});

test('right and wrong are counted, other scores state the number of samples; unscored ones are mentioned', () => {
	expect(describeSamples(metric())).toBe('102 of 160');
	expect(describeSamples(metric({ method: 't', unscored: 3 }))).toBe('160 samples, 3 not scored');
	// A failed sample has no score, and is not counted twice.
	expect(describeSamples(metric({ unscored: 3 }), 2)).toBe('102 of 160, 1 not scored, 2 failed');
	expect(describeSamples(metric({ unscored: 2 }), 2)).toBe('102 of 160, 2 failed');
	expect(describeSamples(metric({ value: 0.512, n: 1_319 }))).toBe('1,319 samples');
	expect(describeSamples(metric({ value: 0.5, n: 8, method: 'all the same', decided: 0 }))).toBe('tied on all 8');
	expect(describeSamples(metric({ value: 0.6, n: 8, method: 't', decided: 3 }))).toBe('8 samples, 3 decided');
});

test('two forms of a technique have two names', () => {
	const words = (technique: TechniqueInput) => describeTechnique(techniqueSchema.parse(technique));
	const kind = 'choice-likelihood';
	expect([words({ kind }), words({ kind, form: 'letters', shots: 5 })]).toEqual([
		'Likeliest choice',
		'Likeliest letter, 5 examples',
	]);
	expect(words({ kind: 'choice-letter', forced: true })).toBe('Letter choice, forced');
});

test('a probability has only meaningful digits', () => {
	expect([0.00004, 0.0283, 0.04, 0.31].map(formatProbability)).toEqual(['< 0.001', '0.028', '0.04', '0.31']);
});

describe('labels of what a run compares', () => {
	test('names drop the words that all of them begin with, but never all words', () => {
		expect(distinguishNames(['SmolLM2 135M', 'SmolLM2 360M'])).toEqual(['135M', '360M']);
		expect(distinguishNames(['SmolLM2 135M', 'SmolLM2 135M'])).toEqual(['SmolLM2 135M']);
		expect(distinguishNames(['Qwen3', 'Qwen3 8B'])).toEqual(['Qwen3', 'Qwen3 8B']);
	});

	test('prompts are labelled by version, and models by their differences', () => {
		const values = [1, 0];
		const { run } = fakeRun(1, 'x', [
			{ model: 'small', version: 4, values },
			{ model: 'large', version: 4, values },
			{ model: 'small', version: 5, values },
		]);
		expect(describeCompared(run.arms)).toBe('v4, v5 × 135M, 360M');
		const [alone] = run.arms;
		expect(describeCompared([alone!])).toBe(`${alone!.prompt.name} × SmolLM2 135M`);
		expect(describeRunInList({ ...run, arms: [alone!], repeatOf: 7 })).toMatch(/^Rerun, /);
		expect(describeRunInList({ ...run, name: `v4 vs v5 on ${run.dataset.name}` })).toMatch(/^\d+ samples$/);
	});
});

test('criteria read as the user set them', () => {
	expect(describeCriterion({ metric: 'exact', operator: 'at-least', value: 0.85 })).toBe('exact at least 85\u00A0%');
	expect(describeCriterion({ metric: 'latency-p95', operator: 'at-most', value: 2 })).toBe(
		'Latency p95 at most 2\u00A0s',
	);
	expect(formatCriterionValue({ metric: 'failed' }, 0.0125)).toBe('1.3\u00A0%');
});

test('progress is announced at the start and at every quarter, not with every answer', () => {
	const { run } = fakeRun(1, 'Tickets', [{ model: 'small', version: 4, values: [1] }]);
	const at = (done: number) =>
		describeProgress({ ...run, status: 'running', progress: { ...run.progress, done, total: 40 } });
	expect([...new Set(Array.from({ length: 40 }, (_, done) => at(done)))]).toEqual([
		...['Tickets has started', 'Tickets, 25\u00A0% done', 'Tickets, 50\u00A0% done', 'Tickets, 75\u00A0% done'],
	]);
	expect(describeProgress({ ...run, status: 'waiting' })).toBe('Tickets: waiting');
});

test('parameters list unusual values only, including samplers that are off by default', () => {
	const parameters = parametersSchema.parse({});
	expect(describeParameters(parameters)).toBe('temperature 0');
	expect(describeParameters({ ...parameters, topK: 5, maxTokens: 9, dryMultiplier: 0.8, topNSigma: 0 })).toBe(
		'temperature 0, up to 9 tokens, top-k 5, DRY multiplier 0.8',
	);
});
