import { accuracyOf, type TaskScores } from '../../../electron/comparison/accuracy.ts';
import { decide } from '../../../electron/comparison/decide.ts';
import { describeProvisional } from '../../../electron/comparison/provisional.ts';
import {
	type ChatLatency,
	type Comparison,
	type ComparisonAnswer,
	type ComparisonRow,
	comparisonPlanSchema,
	type Quality,
} from '../../../electron/contract/comparison/schema.ts';
import { rateSummary } from '../../../models/native/bench-rates.ts';
import { buildComparison } from '../fixtures/comparison.ts';
import { minute } from './data.ts';

/** The mock page's ladder of the starter: the figures of each file. */
const ladder = [
	// name, bits, MB, divergence, ±, same top %, perplexity ratio, prompt, generation, sd, load ms, peak MB
	['F16', 16.1, 271, 0, 0, 100, 1, 182, 31.4, 0.5, 262, 432],
	['Q8_0', 8.6, 145, 0.004, 0.001, 97.2, 1.001, 241, 52.8, 0.9, 141, 306],
	['Q6_K', 8.2, 138, 0.01, 0.001, 95.4, 1.004, 233, 50.1, 1.1, 139, 299],
	['Q5_K_M', 6.7, 112, 0.079, 0.004, 87.3, 1.048, 221, 57.9, 0.8, 118, 273],
	['Q4_K_M', 6.2, 105, 0.057, 0.003, 89, 1.034, 229, 62.3, 0.8, 112, 266],
	['Q3_K_M', 5.6, 94, 0.145, 0.007, 82.6, 1.112, 215, 66, 1.3, 104, 255],
	['Q4_0', 5.5, 92, 0.29, 0.014, 76.1, 1.271, 262, 74.6, 1, 102, 253],
	['Q2_K', 5.2, 88, 0.42, 0.019, 71.8, 1.428, 208, 68.1, 1.2, 98, 249],
] as const;

/** Loss by kind of text, relative to the mean of all. */
const kinds = {
	code: 0.65,
	dialogue: 0.69,
	german: 1.5,
	japanese: 1.71,
	mathematics: 0.9,
	prose: 0.75,
	'structured-data': 0.8,
};

const chunks = 54;
const fallbacks: Record<string, number> = { Q5_K_M: 181, Q4_K_M: 30, Q3_K_M: 30, Q6_K: 181, Q2_K: 30 };

/** Makes numbers around `mean` with this spread, always the same and in the same order for every file. */
function around(mean: number, sd: number, count: number): number[] {
	return Array.from({ length: count }, (_, index) => mean + sd * Math.sqrt(2) * Math.sin(index * 2.4));
}

/** Of 120 samples, how many a file gets right and F16 wrong, and the reverse. */
const turned: Record<string, readonly [gained: number, lost: number]> = {
	Q8_0: [2, 2],
	Q6_K: [3, 2],
	Q5_K_M: [4, 6],
	Q4_K_M: [4, 5],
	Q3_K_M: [4, 10],
	Q4_0: [4, 15],
	Q2_K: [4, 19],
};
const cases = 120;
const rightOfReference = 63;

function scoresOf(name: string): TaskScores {
	const [gained, lost] = turned[name] ?? [0, 0];
	const right = (index: number): boolean =>
		index < rightOfReference ? index >= lost : index < rightOfReference + gained;
	const values = Array.from({ length: cases }, (_, index) => (right(index) ? 1 : 0));
	return { armId: 1, values, clusters: null };
}

const prompts = ['What is the capital of France, and why?', 'Write a list of three fruits.'];

/** The starter's answer, and the answers of smaller files that diverge from it. */
const told = 'The capital of France is Paris. It has been the seat of government since the tenth century.';
const leaves: Readonly<Record<string, readonly [text: string, sameTokens: number, sameLength: number]>> = {
	Q4_K_M: ['The capital of France is Paris. It has been the home of the French kings for centuries.', 13, 44],
	Q2_K: ['The capital of France is the city of the city of the city.', 5, 25],
};

function answersOf(name: string): ComparisonAnswer[] {
	const [text, sameTokens, sameLength] = leaves[name] ?? [told, 21, told.length];
	const numbers = { tokens: 21, sameTokens, sameLength, tokensPerSecond: 58.2, failure: null };
	return [
		{ text, ...numbers },
		{ ...numbers, text: '1. Apples\n2. Oranges\n3. Bananas', sameTokens: 21, sameLength: 33 },
	];
}

function rowOf([
	name,
	bits,
	size,
	divergence,
	error,
	top,
	ratio,
	prompt,
	generation,
	sd,
	load,
	peak,
]: (typeof ladder)[number]) {
	const quality = (category: string | null, share: number): Quality => ({
		category,
		textSha256: category === null ? null : `text-${category}`,
		tokens: category === null ? 14_054 : 2_007,
		chunks: category === null ? chunks : chunks / 6,
		perplexity: 15.2 * ratio,
		perplexityError: 0.31,
		ratio,
		klDivergence: divergence * share,
		klDivergenceError: error * (category === null ? 1 : 2.4),
		sameTop: top / 100,
		approximation: null,
	});
	const speed = (median: number, spread: number) => ({
		median,
		mean: median,
		sd: spread,
		samples: around(median, spread, 5),
	});
	const row: ComparisonRow = {
		candidateId: ladder.findIndex(([one]) => one === name) + 1,
		name,
		quantization: name,
		sha256: `weights-${name}`,
		modelFileId: name === 'F16' ? 1 : 100 + size,
		adapters: [],
		changed: false,
		reference: name === 'F16',
		sizeBytes: size * 1e6,
		bitsPerWeight: bits,
		fallbacks: fallbacks[name] ?? 0,
		fallbackWords:
			name in fallbacks
				? `${fallbacks[name]} of its 272 tensors became Q8_0, as their rows of 576 don’t divide into blocks of 256`
				: null,
		quality: [quality(null, 1), ...Object.entries(kinds).map(([kind, share]) => quality(kind, share))],
		accuracy: accuracyOf(scoresOf(name), name === 'F16' ? null : scoresOf('F16')),
		toolCalls: null,
		prompt: speed(prompt, sd * 3),
		generation: speed(generation, sd),
		loadMs: load,
		peakBytes: peak * 1e6,
		depths: [1, 0.93, 0.78].map((share, index) => ({
			depth: [0, 512, 2048][index] ?? 0,
			prompt: speed(prompt * share, sd * 3),
			generation: speed(generation * share, sd),
		})),
		answers: answersOf(name),
		felt: feltOf(generation, load, peak),
		outcome: null,
		reason: '',
		beatenBy: null,
	};
	return row;
}

/** Speeds measured through the chat, a little lower than those of the engine alone. */
function feltOf(generation: number, load: number, peak: number): ChatLatency {
	const repeated = (median: number, sd: number) => ({
		median,
		mean: median,
		sd,
		samples: around(median, sd, 3),
	});
	const gap = 1030 / generation;
	return {
		warmLoad: repeated(load * 1.3, 9),
		coldLoadMs: load * 3.1,
		peakBytes: peak * 1e6,
		firstToken: [
			{ percentile: 50, promptTokens: 84, time: repeated(4800 / generation, 6) },
			{ percentile: 90, promptTokens: 611, time: repeated(31_000 / generation, 19) },
		],
		between: { n: 282, p50: gap, p95: gap * 1.4, p99: gap * 2.1 },
		generation: repeated(generation * 0.97, 0.8),
	};
}

/** Draws the verdict by the real rules. */
function decideOn(rows: readonly ComparisonRow[], scores: ((name: string) => TaskScores) | null = null) {
	return decide(
		rows.map((row) => ({
			id: row.candidateId,
			name: row.name,
			reference: row.reference,
			changed: row.changed,
			sizeBytes: row.sizeBytes ?? 0,
			sameTop: row.quality[0]!.sameTop,
			approximate: false,
			divergence: around(row.quality[0]!.klDivergence, row.quality[0]!.klDivergenceError * Math.sqrt(chunks), chunks),
			generation: row.generation?.samples ?? null,
			scores: scores?.(row.name) ?? null,
		})),
		0.1,
	);
}

/**
 * A comparison of the mock page's eight files, with the real decision rules; the first `measured` rows have figures.
 */
export function ladderComparison(changes: Partial<Comparison> = {}, measured: number = ladder.length): Comparison {
	const rows = ladder.map(rowOf);
	const known = rows.slice(0, measured);
	const decision = decideOn(known, scoresOf);
	// A verdict is drawn from all files together; before that, no row has one.
	const shown = rows.map((row, index) => {
		if (index >= measured) {
			return {
				...row,
				quality: [],
				prompt: null,
				generation: null,
				depths: [],
				answers: [],
				accuracy: null,
				felt: null,
				loadMs: null,
				peakBytes: null,
			};
		}
		if (measured < rows.length) {
			return {
				...row,
				prompt: null,
				generation: null,
				depths: [],
				felt: null,
				accuracy: null,
				loadMs: null,
				peakBytes: null,
			};
		}
		const judgement = decision.rows.get(row.candidateId);
		return { ...row, ...judgement };
	});
	const quantize = ladder.slice(1).map(([name]) => name);
	return buildComparison(7, {
		title: 'SmolLM2 135M Instruct, 8 files',
		status: 'done',
		done: 71,
		total: 71,
		plan: comparisonPlanSchema.parse({
			referenceId: 1,
			quantize,
			texts: Object.keys(kinds),
			depths: [0, 512, 2048],
			prompts,
		}),
		run: { runId: 3, datasetName: 'Support replies', versionNumber: 2, scorer: 'includes' },
		doing: null,
		rows: shown,
		verdict: measured < ladder.length ? describeProvisional(shown) : decision.verdict,
		conditions: {
			engine: 'llama.cpp 0.4.0-dev',
			systemInfo: 'AVX2',
			threads: 2,
			processor: 'AMD EPYC 7B13',
			cores: 2,
			memoryBytes: 16e9,
			highestLoadBefore: 0.4,
			power: 'mains',
		},
		createdAt: Date.now() - 40 * minute,
		endedAt: Date.now() - 4 * minute,
		...changes,
	});
}

/**
 * The same comparison where reference and candidate did not fit into memory together, on battery, with the computer
 * slowing down.
 */
export function estimatedComparison(): Comparison {
	const whole = ladderComparison();
	const approximation = { bytes: 31_400_000, kept: 256, sampled: 32 };
	return {
		...whole,
		rows: whole.rows.map((row) =>
			row.reference ? row : { ...row, quality: row.quality.map((one) => ({ ...one, approximation })) },
		),
		conditions: { ...whole.conditions, power: 'battery' },
		warnings: [
			{
				code: 'on-battery',
				message: 'Measured on battery, which slows processors down. Plug the computer in and measure again.',
			},
			{
				code: 'speed-drifted',
				message:
					'All files got 11 % slower from the first round to the last, because of heat or other programs. The files still compare fairly, but single figures may be off.',
			},
		],
	};
}

/** The same comparison while other programs were busy: the speeds of two files varied too much to tell anything. */
export function unsteadyComparison(): Comparison {
	const whole = ladderComparison();
	const rows = whole.rows
		.filter(({ name }) => ['F16', 'Q8_0', 'Q4_K_M'].includes(name))
		.map((row) => ({
			...row,
			generation: rateSummary(row.name === 'F16' ? [31.2, 12.1] : [75.4, 8.3]),
			depths: [],
			accuracy: null,
			outcome: row.outcome === 'dominated' ? ('acceptable' as const) : row.outcome,
			beatenBy: null,
		}));
	const decision = decideOn(rows);
	return {
		...whole,
		rows: rows.map((row) => ({ ...row, ...decision.rows.get(row.candidateId) })),
		verdict: decision.verdict,
		run: null,
		plan: { ...whole.plan, repetitions: 2, depths: [0] },
		conditions: { ...whole.conditions, highestLoadBefore: 6.2 },
	};
}

/** The same comparison with tool tasks: the smaller a file, the fewer of its calls are right. */
export function toolsComparison(): Comparison {
	const whole = ladderComparison();
	const right: Readonly<Record<string, number>> = { F16: 51, Q8_0: 51, Q6_K: 50, Q5_K_M: 48, Q4_K_M: 45, Q4_0: 41 };
	const scores = (name: string): TaskScores => ({
		armId: 1,
		values: Array.from({ length: 72 }, (_, index) => (index < (right[name] ?? 30) ? 1 : 0)),
		clusters: null,
	});
	const shown = new Set(['F16', 'Q8_0', 'Q5_K_M', 'Q4_K_M', 'Q2_K']);
	return {
		...whole,
		rows: whole.rows
			.filter(({ name }) => shown.has(name))
			.map((row) => ({ ...row, toolCalls: accuracyOf(scores(row.name), row.reference ? null : scores('F16')) })),
		toolsRun: { runId: 8, datasetName: 'Tool calls', versionNumber: 1, scorer: 'right call' },
	};
}

/** The same comparison on samples that hardly any file gets right. */
export function hardTaskComparison(): Comparison {
	const whole = ladderComparison();
	const scores = (name: string): TaskScores => ({
		armId: 1,
		values: Array.from({ length: 20 }, (_, index) => (index < (name === 'Q2_K' ? 1 : 2) ? 1 : 0)),
		clusters: null,
	});
	const rows = whole.rows.map((row) => ({
		...row,
		accuracy: accuracyOf(scores(row.name), row.reference ? null : scores('F16')),
	}));
	const decision = decideOn(rows, scores);
	return {
		...whole,
		rows: rows.map((row) => ({ ...row, ...decision.rows.get(row.candidateId) })),
		verdict: decision.verdict,
	};
}
