import { expect, test } from 'vitest';
import { chatLatencyTokens } from '../../../electron/comparison/chat-latency.ts';
import { secondsLeftOf } from '../../../electron/comparison/estimate.ts';
import {
	estimateSteps,
	learnStepRates,
	type StepExtents,
	workOf,
} from '../../../electron/comparison/step-durations.ts';
import { stepsOf } from '../../../electron/comparison/steps.ts';
import { run } from '../../../electron/database/sql.ts';
import { createDatabase } from '../../support/database.ts';

const extents: StepExtents = {
	sizes: new Map([
		[1, 200],
		[2, 100],
	]),
	referenceBytes: 200,
	textTokens: new Map([
		[0, 1_000],
		[1, 500],
	]),
	matrixTokens: 4_000,
	promptTokens: 512,
	generatedTokens: 128,
	depths: [0],
	prompts: 0,
	samples: 50,
	toolTasks: 0,
	chatLatencyTokens: 900,
	extents: {},
};
const steps = stepsOf(
	[
		{ id: 1, produce: false },
		{ id: 2, produce: true },
	],
	{
		texts: 2,
		textExtent: 0,
		taskExtent: 0,
		rounds: 3,
		answers: false,
		task: true,
		tools: false,
		imatrix: false,
		felt: false,
	},
);

test('a larger file, a longer text and a comparison with the reference take longer', () => {
	const quality = (candidateId: number, text: number): number =>
		workOf({ kind: 'quality', candidateId, text, extent: 0 }, extents);
	expect(quality(1, 0)).toBe(2 * quality(1, 1));
	expect(quality(2, 0)).toBe(1_000 * (100 + 200));
	expect(workOf({ kind: 'speed', candidateId: 1, round: 0 }, extents)).toBe(
		2 * workOf({ kind: 'speed', candidateId: 2, round: 0 }, extents),
	);
});

test('the unmeasured chat latency is estimated from the measured speed and the prompt lengths', () => {
	const felt = [{ kind: 'felt' as const, candidateId: 2 }];
	const short = { ...extents, chatLatencyTokens: chatLatencyTokens([{ percentile: null, tokens: 64 }]) };
	const long = { ...extents, chatLatencyTokens: chatLatencyTokens([{ percentile: null, tokens: 2_000 }]) };
	const at = (pace: number, of: StepExtents) => estimateSteps(felt, of, new Map([['speed', pace]]));
	expect(at(2, short)).toMatchObject({ ms: 2 * 100 * short.chatLatencyTokens, learned: false });
	expect(at(2, long).ms).toBeGreaterThan(2 * at(2, short).ms);
	expect(estimateSteps(felt, short, new Map()).ms).toBeGreaterThan(0);
	expect(estimateSteps(felt, short, new Map([['felt', 3]]))).toMatchObject({
		ms: 3 * 100 * short.chatLatencyTokens,
		learned: true,
	});
});

test('the first estimate is a guess; later ones use measured durations', () => {
	expect(estimateSteps(steps, extents, new Map())).toMatchObject({ learned: false });
	const { database } = createDatabase();
	run(
		database,
		`INSERT INTO comparisons (title, status, context_size, prompt_tokens, generated_tokens, repetitions,
		threads, kl_limit, created_at) VALUES ('One', 'done', 512, 512, 128, 3, 0, 0.1, 1)`,
		{},
	);
	for (const position of [0, 1]) {
		run(
			database,
			`INSERT INTO comparison_candidates (comparison_id, position, name, path, quantization)
			VALUES (1, :position, 'F16', '/a', 'F16')`,
			{ position },
		);
	}
	const took = (step: (typeof steps)[number]): number => 7 * workOf(step, extents);
	for (const step of steps) {
		const key = 'text' in step ? `quality:${step.text}` : 'round' in step ? `speed:${step.round}` : step.kind;
		run(
			database,
			`INSERT INTO measurements (candidate_id, step, result, elapsed_ms, measured_at)
			VALUES (:candidateId, :key, '{}', :elapsedMs, 1)`,
			{ candidateId: step.candidateId, key, elapsedMs: took(step) },
		);
	}
	const pace = learnStepRates(database, () => extents);
	expect([...pace.keys()].toSorted()).toEqual(['produce', 'quality', 'speed', 'task']);
	const { ms, learned } = estimateSteps(steps, extents, pace);
	expect(learned).toBe(true);
	expect(ms).toBeCloseTo(steps.reduce((sum, step) => sum + took(step), 0));
	// A single disturbed measurement does not count.
	run(database, `UPDATE measurements SET elapsed_ms = 1e9 WHERE step = 'speed:0' AND candidate_id = 1`, {});
	expect(
		estimateSteps(
			steps,
			extents,
			learnStepRates(database, () => extents),
		).ms,
	).toBeCloseTo(ms);
});

test('the time left counts down from the first second, and follows the pace of the step once that tells', () => {
	const estimate = { each: [60_000, 30_000], ms: 90_000, learned: false };
	expect(secondsLeftOf(estimate, null)).toBe(90);
	expect(secondsLeftOf(estimate, { share: 0, elapsedMs: 20_000 })).toBe(70);
	// Half done after 50 s: another 50 s, and then the next step.
	expect(secondsLeftOf(estimate, { share: 0.5, elapsedMs: 50_000 })).toBe(80);
	// A step that takes longer than estimated does not count below its next one.
	expect(secondsLeftOf(estimate, { share: 0, elapsedMs: 500_000 })).toBeGreaterThan(30);
});
