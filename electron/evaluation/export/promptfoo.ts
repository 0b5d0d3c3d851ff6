import type { Arm } from '../../contract/evaluation/schema.ts';
import { assertionsOf } from '../../dataset/formats/promptfoo.ts';
import { inputText } from '../../prompt/same-question.ts';
import type { ArmScoreSum } from '../store/results.ts';
import { type ExportedRow, type ExportWriter, elements, modelName, openWith } from './export-writer.ts';

function resultOf({ arm, sample, position, epoch, failure, output, scores, ms, ...row }: ExportedRow) {
	const marked = scores.filter(({ value }) => value !== null);
	const score = marked.length === 0 ? 0 : marked.reduce((sum, { value }) => sum + (value ?? 0), 0) / marked.length;
	const pass = failure === null && marked.length > 0 && marked.every(({ value }) => value === 1);
	const components = scores.map(({ scorer, value, explanation }) => ({
		pass: value === 1,
		score: value ?? 0,
		reason: explanation,
		assertion: { type: scorer, value: sample.target ?? undefined },
	}));
	const vars = { ...sample.variables, input: inputText(sample) };
	const reason = failure?.message ?? components.find((one) => !one.pass)?.reason ?? 'All assertions passed';
	return {
		id: `${arm.id}-${epoch}-${position}`,
		success: pass,
		score,
		latencyMs: ms ?? 0,
		cost: 0,
		namedScores: Object.fromEntries(marked.map(({ scorer, value }) => [scorer, value])),
		// promptfoo's codes: 0 none, 1 an assertion, 2 an error.
		failureReason: pass ? 0 : failure === null ? 1 : 2,
		promptIdx: arm.position,
		testIdx: position,
		promptId: String(arm.prompt.versionId ?? arm.position),
		prompt: { raw: inputText(sample), label: arm.label },
		provider: { id: modelName(arm), label: arm.label },
		vars,
		response: {
			...(failure === null ? { output } : { error: failure.message }),
			tokenUsage: {
				prompt: row.promptTokens,
				completion: row.completionTokens,
				total: row.promptTokens + row.completionTokens,
			},
		},
		...(failure === null ? {} : { error: failure.message }),
		gradingResult: { pass, score, reason, componentResults: components },
		testCase: { description: sample.key, vars, assert: assertionsOf(sample), metadata: sample.metadata },
	};
}

function usage(arms: readonly Arm[]) {
	const sum = (of: (arm: Arm) => number): number => arms.reduce((total, arm) => total + of(arm), 0);
	const [prompt, completion] = [sum((arm) => arm.promptTokens), sum((arm) => arm.completionTokens)];
	return { prompt, completion, total: prompt + completion, cached: 0, numRequests: sum(({ n }) => n) };
}

function promptOf(arm: Arm, { passed, score }: ArmScoreSum = { passed: 0, score: 0 }) {
	return {
		raw: `${arm.prompt.name} v${arm.prompt.number}`,
		label: arm.label,
		provider: modelName(arm),
		id: String(arm.prompt.versionId ?? arm.position),
		metrics: {
			score,
			testPassCount: passed,
			testFailCount: arm.n - arm.errors - passed,
			testErrorCount: arm.errors,
			tokenUsage: usage([arm]),
			namedScores: Object.fromEntries(Object.entries(arm.metrics).map(([name, { value }]) => [name, value])),
		},
	};
}

/** promptfoo's result file, version 3, for `promptfoo import` and its viewer. */
export const promptfooWriter: ExportWriter = {
	extension: 'json',
	head(run, arms, outcomes) {
		const timestamp = new Date(run.startedAt ?? run.createdAt).toISOString();
		const document = openWith(
			{
				evalId: `eval-assay-${run.manifestHash.slice(0, 12)}-${run.id}`,
				config: { description: run.name, prompts: [], providers: [], tests: [] },
				shareableUrl: null,
				metadata: { exportedAt: timestamp, evaluationCreatedAt: timestamp, author: null },
			},
			'results',
		);
		// `results` is an object whose last property is the array.
		const found = outcomes();
		const inner = { version: 3, timestamp, prompts: arms.map((arm) => promptOf(arm, found.get(arm.id))) };
		return document.slice(0, -2) + openWith(inner, 'results');
	},
	rows: (rows, { first }) => elements(rows.map(resultOf), first),
	tail(_run, arms, outcomes) {
		const found = outcomes();
		const prompts = arms.map((arm) => promptOf(arm, found.get(arm.id)).metrics);
		const sum = (of: (metrics: (typeof prompts)[number]) => number): number =>
			prompts.reduce((total, metrics) => total + of(metrics), 0);
		const stats = {
			successes: sum(({ testPassCount }) => testPassCount),
			failures: sum(({ testFailCount }) => testFailCount),
			errors: sum(({ testErrorCount }) => testErrorCount),
			tokenUsage: usage(arms),
		};
		return `\n],"stats":${JSON.stringify(stats)}}}\n`;
	},
};
