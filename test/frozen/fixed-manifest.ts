import type { Sample } from '../../electron/contract/dataset/schema.ts';
import { type Manifest, manifestSchema } from '../../electron/contract/evaluation/manifest.ts';
import { scorerSchema } from '../../electron/contract/evaluation/scorer.ts';
import { techniqueSchema } from '../../electron/contract/evaluation/technique.ts';

const tiny = {
	name: 'Tiny',
	quantization: 'F32',
	architecture: 'llama',
	sizeBytes: 489_888,
	sha256: 'a'.repeat(64),
	chat: true,
};

/**
 * A manifest as today's build writes it, with every key, scorer and technique once. Never change it: hashes on disk
 * depend on it.
 */
const written = {
	version: 1,
	dataset: {
		name: 'Sums',
		number: 2,
		sha256: 'd'.repeat(64),
		split: 'test',
		tags: ['easy'],
		samples: 12,
		samplesSha256: 'e'.repeat(64),
	},
	arms: [
		{ kind: 'zero-shot', extract: { kind: 'whole' } },
		{
			kind: 'few-shot',
			shots: 2,
			split: 'examples',
			seed: 1,
			pick: 'random',
			answer: '{{target}}',
			extract: { kind: 'regex', pattern: '(\\d+)', group: 1, take: 'last', ignoreCase: false },
		},
		{
			kind: 'chain-of-thought',
			instruction: 'Think.',
			extract: { kind: 'after', marker: 'Answer:' },
			shots: 0,
			split: 'examples',
			seed: 1,
			pick: 'first',
			answer: '{{target}}',
		},
		{
			kind: 'self-consistency',
			k: 5,
			temperature: 0.7,
			instruction: 'Think.',
			extract: { kind: 'last-number' },
			shots: 0,
			split: 'examples',
			seed: 1,
			pick: 'random',
			answer: '{{target}}',
		},
		{
			kind: 'choice-likelihood',
			form: 'text',
			delimiter: ' ',
			unconditional: false,
			shots: 0,
			split: 'examples',
			seed: 1,
			pick: 'random',
			answer: '{{target}}',
		},
		{
			kind: 'choice-letter',
			instruction: 'Answer with a letter.',
			forced: true,
			shots: 0,
			split: 'examples',
			seed: 1,
			pick: 'random',
			answer: '{{target}}',
		},
	].map((technique) => ({
		prompt: { name: 'Plain', number: 1, sha256: 'b'.repeat(64) },
		technique,
		examples: [{ key: 'k1', sha256: 'c'.repeat(64) }],
		model: tiny,
		parameters: {
			temperature: 0,
			topK: 40,
			topP: 0.95,
			minP: 0.05,
			repeatPenalty: 1,
			maxTokens: 256,
			stop: ['\n\n'],
		},
		contextSize: 512,
	})),
	scorers: [
		{
			kind: 'exact',
			expected: '{{target}}',
			separator: '',
			ignoreCase: false,
			ignorePunctuation: false,
			ignoreWhitespace: false,
			ignoreArticles: false,
		},
		{
			kind: 'judge',
			name: 'judge',
			modelFileId: 7,
			rubric: 'Is it right?',
			scale: 'grade',
			showTarget: true,
			reasons: false,
		},
	],
	judges: { judge: { ...tiny, name: 'Judge', sha256: 'f'.repeat(64) } },
	epochs: 2,
	seed: 1,
	width: 4,
	shardSize: 50,
	threads: 2,
	engineBuild: 'llama.cpp 0.4.0-dev',
	criteria: [{ metric: 'exact', operator: 'at-least', value: 0.85 }],
};

export const fixedManifest = written as Manifest;

/** The same for a re-scored run. */
export const rescoredManifest = {
	...written,
	marked: {
		runId: 3,
		name: 'Earlier',
		manifestHash: '9'.repeat(64),
		scorers: written.scorers,
		techniques: written.arms.map(({ technique }) => technique),
	},
} as Manifest;

/** The manifest as read from the database, with defaults filled in, which must not change a hash. */
export const readManifest: Manifest = manifestSchema.parse(written);

/** A minimal config with its defaults filled in. It goes into manifests as it is. */
export const leastSaid = {
	techniques: [
		'zero-shot',
		'few-shot',
		'chain-of-thought',
		'self-consistency',
		'choice-likelihood',
		'choice-letter',
	].map((kind) => techniqueSchema.parse({ kind })),
	scorers: [
		...['exact', 'includes', 'numeric', 'json', 'json-fields', 'choice', 'letter', 'levenshtein', 'rouge-l', 'ifeval'],
	].map((kind) => scorerSchema.parse({ kind })),
	wordy: [
		{ kind: 'regex', pattern: 'x' },
		{ kind: 'javascript', code: 'function score() { return 1; }' },
		{ kind: 'judge', modelFileId: 1, rubric: 'Is it right?' },
	].map((scorer) => scorerSchema.parse(scorer)),
};

export const fixedSample: Sample = {
	id: 1,
	key: 'k1',
	split: 'test',
	position: 0,
	source: { kind: 'written' },
	createdAt: 1,
	input: '1 + 1',
	target: '2',
	choices: null,
	variables: { a: '1' },
	metadata: { task: 'gsm8k' },
	tags: ['easy'],
	cluster: null,
};
