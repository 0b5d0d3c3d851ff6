import {
	type TrainingCheck,
	type TrainingComparison,
	type TrainingPoint,
	type TrainingRun,
	trainingConfigSchema,
} from '../../../../electron/contract/adaptation/schema.ts';

const none = { count: 0, keys: [] };

export function buildTrainingCheck(changes: Partial<TrainingCheck> = {}): TrainingCheck {
	return {
		samples: { train: 144, validation: 16, heldOut: 40 },
		unusable: none,
		duplicates: none,
		cut: none,
		refused: none,
		personal: [],
		leaks: [],
		tokens: 21_840,
		scoredTokens: 6_912,
		longest: 214,
		median: 148,
		steps: 54,
		padding: 0.06,
		minutes: 11.4,
		learned: false,
		memoryBytes: 612_000_000,
		freeBytes: 6_900_000_000,
		settings: trainingConfigSchema.shape.settings.parse({}),
		warnings: [],
		obstacle: null,
		...changes,
	};
}

/** A loss curve that falls quickly, then slowly. */
export function buildTrainingPoints({ progress: { step: steps } }: Pick<TrainingRun, 'progress'>): TrainingPoint[] {
	return Array.from({ length: steps }, (_, index) => {
		const step = index + 1;
		const loss = 0.35 + 1.9 * Math.exp(-step / 9) + 0.05 * Math.sin(step * 2.3);
		return {
			step,
			loss,
			validation: step % 5 === 0 ? 0.41 + 1.8 * Math.exp(-step / 10) : null,
			gradientNorm: 0.4 + 3 * Math.exp(-step / 6) + 0.1 * Math.cos(step),
			learningRate: 5e-4 * 0.5 * (1 + Math.cos((Math.PI * step) / 54)),
			tokens: step * 1_180,
			tokensPerSecond: 96 + 4 * Math.sin(step),
			trainedMs: step * 12_300,
		};
	});
}

const turns = [
	{
		role: 'user' as const,
		content: 'Hi, this is Mara from Brunnen. We need 12 crates of lemonade by Friday, delivered to the back door.',
	},
];

const target = '{"customer":"Mara","item":"lemonade","quantity":12,"unit":"crate","due":"Friday","place":"back door"}';

export function buildTrainingRun(changes: Partial<TrainingRun> = {}): TrainingRun {
	return {
		id: 3,
		name: 'Orders to JSON',
		objective: 'sft',
		status: 'running',
		base: { modelFileId: 1, name: 'SmolLM2 135M Instruct', quantization: 'Q4_1' },
		dataset: { id: 1, versionId: 2, name: 'Orders to JSON', number: 2 },
		progress: { phase: 'training', step: 23, steps: 54, secondsLeft: 381, held: false, doing: 'Step 23 of 54' },
		loss: 0.51,
		validation: { first: 1.503, best: 0.654, bestStep: 20, last: 0.654 },
		failure: null,
		createdAt: Date.UTC(2026, 10, 28, 9, 30),
		startedAt: Date.UTC(2026, 10, 28, 9, 31),
		endedAt: null,
		config: trainingConfigSchema.parse({ modelFileId: 1, data: { kind: 'dataset', datasetId: 1, versionId: 2 } }),
		manifestHash: '4be1c6b1f2f94b1fa2f0b7a9a8f7a1e4f54c1a2c5b6d7e8f90a1b2c3d4e5f607',
		manifest: {},
		check: buildTrainingCheck(),
		outcome: null,
		tokens: 27_140,
		tokensPerSecond: 95.9,
		trainedMs: 283_000,
		peakBytes: 628_000_000,
		checkpoint: { step: 20, at: Date.UTC(2026, 10, 28, 9, 36), sizeBytes: 29_400_000 },
		samples: [
			{
				key: '17',
				turns,
				target,
				before: 'Sure! Mara from Brunnen needs 12 crates of lemonade by Friday.',
				after: null,
			},
		],
		comparisons: [],
		effects: null,
		isCompared: false,
		adapter: null,
		warnings: [],
		conditions: { engine: 'llama.cpp 0.4.0', threads: 2, processor: 'AMD EPYC', cores: 2 },
		...changes,
	};
}

/** A finished run whose adapter was compared with its base. */
export function finishedTraining(changes: Partial<TrainingRun> = {}): TrainingRun {
	const running = buildTrainingRun();
	return {
		...running,
		status: 'done',
		outcome: 'done',
		progress: { phase: 'none', step: 54, steps: 54, secondsLeft: null, held: false, doing: null },
		loss: 0.36,
		validation: { first: 1.503, best: 0.418, bestStep: 50, last: 0.418 },
		trainedMs: 664_000,
		endedAt: Date.UTC(2026, 10, 28, 9, 43),
		adapter: {
			id: 5,
			path: '/home/ada/.local/share/assay/training/3/adapter.gguf',
			sizeBytes: 9_797_792,
			sha256: 'f0',
			step: 50,
			inUse: false,
		},
		samples: running.samples.map((sample) => ({ ...sample, after: target })),
		comparisons: [
			buildTrainingComparison(),
			buildTrainingComparison({
				...{ runId: 12, role: 'other', datasetId: 2, name: 'Short facts', scorer: 'includes', n: 61 },
				...{ base: 0.36, adapter: 0.279, difference: -0.082, low: -0.164, high: -0.016, verdict: 'worse' },
				words: 'Adapter is worse by 8.2 points, 95 % interval 1.6 to 16.4; 61 samples.',
			}),
			buildTrainingComparison({
				...{ runId: 13, role: 'other', datasetId: 3, name: 'Arithmetic', scorer: 'numeric', n: 56 },
				...{ base: 0.071, adapter: 0.054, difference: -0.018, low: -0.089, high: 0.054, verdict: 'undecided' },
				words: 'No difference shown: −1.8 points, 95 % interval −8.9 to 5.4; 56 samples.',
			}),
		],
		effects:
			changes.comparisons?.length === 0
				? null
				: {
						...{ comparisonId: 4, status: 'done' },
						divergence: { value: 0.0312, standardError: 0.0021, sameTop: 0.914, tokens: 6_144, chunks: 24 },
						base: { generation: { median: 31.4, sd: 0.4 }, sizeBytes: 98_362_432, peakBytes: 412_000_000 },
						adapter: { generation: { median: 28.9, sd: 0.5 }, sizeBytes: 108_160_224, peakBytes: 431_000_000 },
					},
		isCompared: changes.comparisons?.length !== 0,
		...changes,
	};
}

export function buildTrainingComparison(changes: Partial<TrainingComparison> = {}): TrainingComparison {
	return {
		runId: 11,
		role: 'held-out',
		datasetId: 1,
		name: 'Orders to JSON',
		status: 'done',
		scorer: 'fields',
		n: 60,
		base: 0.31,
		adapter: 0.84,
		difference: 0.53,
		low: 0.44,
		high: 0.62,
		verdict: 'better',
		words: 'Adapter is better by 53.0 points, 95 % interval 44.0 to 62.0; 60 samples.',
		baseTokensPerSecond: 118,
		adapterTokensPerSecond: 104,
		...changes,
	};
}
