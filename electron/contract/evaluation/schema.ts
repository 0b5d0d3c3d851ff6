import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { turnSchema } from '../../../models/contract/generation.ts';
import { promptRequestSchema } from '../prompt/schema.ts';
import { manifestSchema } from './manifest.ts';
import { criterionOutcomeSchema, parametersSchema, runConfigSchema } from './run-config.ts';
import { judgeScaleSchema } from './scorer.ts';
import { extractionSchema, techniqueSchema } from './technique.ts';

/** What should be known before a run begins, and when its result is read. */
const warningSchema = z.object({ code: z.string(), message: z.string() });

/** What a run would take, before it begins. */
export const estimateSchema = z.object({
	samples: z.int(),
	arms: z.int(),
	/** Answers and likelihoods asked of models: samples × epochs × votes or choices × arms. */
	calls: z.int(),
	/** Of all prompts. */
	promptTokens: z.int(),
	/** Expected from earlier runs with these models; otherwise the bound. */
	completionTokens: z.int(),
	/** If every answer took all the tokens it may. */
	mostCompletionTokens: z.int(),
	/** Seconds; null where nothing is known of a model's speed here. */
	seconds: z.number().nullable(),
	mostSeconds: z.number().nullable(),
	/** What the time is taken from: earlier runs with these models, how fast they answer in chats, or nothing. */
	basis: z.enum(['runs', 'chats', 'none']),
	/** In words for people: "96 samples × 2 arms, 192 answers, about 31,000 tokens, about 4 min". */
	words: z.string(),
	warnings: z.array(warningSchema),
});

/** As much of a config as decides what one sample is asked. */
export const planPreviewInputSchema = runConfigSchema.pick({ dataset: true, techniques: true }).extend({
	promptVersionId: z.int(),
	/** Which of the techniques. All are given, as samples that one of them draws examples from are not tested. */
	technique: z.int().min(0),
	/** Which of the samples that are tested, from 0. */
	position: z.int().min(0).default(0),
});

/** What a model would be asked. */
export const planPreviewSchema = z.object({
	/** Of the sample. */
	key: z.string(),
	target: z.string().nullable(),
	/** There is no sample after it. */
	last: z.boolean(),
	/** Keys of the examples shown, in order. */
	examples: z.array(z.string()),
	request: promptRequestSchema,
});

export type Warning = z.infer<typeof warningSchema>;
export type Estimate = z.infer<typeof estimateSchema>;
export type PlanPreviewInput = z.infer<typeof planPreviewInputSchema>;
export type PlanPreview = z.infer<typeof planPreviewSchema>;

/** A mean with its 95 % interval. */
export const metricSchema = z.object({
	value: z.number(),
	standardError: z.number(),
	low: z.number(),
	high: z.number(),
	/** Values the mean is of; samples, where several epochs are averaged. */
	n: z.int(),
	/** Rows that could not be scored: counted, not part of the mean. */
	unscored: z.int(),
	/** Of a judge of pairs: samples in which one of the two won in both orders; the others are ties. */
	decided: z.int().optional(),
	/** "Wilson", "normal", "clustered by document, 40 clusters": how the interval was made. */
	method: z.string(),
});

export const spreadSchema = z.object({ p50: z.number(), p95: z.number() });

/** One combination of prompt, technique, model and parameters. */
export const armSchema = z.object({
	id: z.int(),
	position: z.int(),
	/** What tells it from the others of its run: "Q4_K_M · 5-shot"; the model's name where there is one arm. */
	label: z.string(),
	/** ids are null where the model or prompt is gone. */
	model: z.object({ id: z.int().nullable(), name: z.string(), quantization: z.string() }),
	prompt: z.object({ id: z.int().nullable(), versionId: z.int().nullable(), name: z.string(), number: z.int() }),
	technique: techniqueSchema,
	parameters: parametersSchema,
	/** Rows that are there, failed ones included; `total` when it is done. */
	n: z.int(),
	total: z.int(),
	/** Rows that failed. */
	errors: z.int(),
	/** By scorer, in the order of the config. Also of the rows so far. */
	metrics: z.record(z.string(), metricSchema),
	/** Seconds from the start to the end of an answer, measured with `width` rows at once; null: none yet. */
	latency: spreadSchema.nullable(),
	/** Generated tokens by the time they took, all rows together. */
	tokensPerSecond: z.number().nullable(),
	promptTokens: z.int(),
	completionTokens: z.int(),
});

export const runStatusSchema = z.enum(['waiting', 'running', 'paused', 'done', 'failed', 'cancelled']);

export const runProgressSchema = z.object({
	/** Rows. */
	done: z.int(),
	total: z.int(),
	/** Rows that failed, and shards given up. */
	errors: z.int(),
	failedShards: z.int(),
	/** null until it can be known. */
	secondsLeft: z.number().nullable(),
	/** "Q4_K_M, samples 65 to 96"; null: nothing at the moment. */
	doing: z.string().nullable(),
});

/** A run in a list. */
export const runSummarySchema = z.object({
	id: z.int(),
	name: z.string(),
	status: runStatusSchema,
	/** yes: shown by the self-test or by rows that were made again; no: some came out otherwise. */
	repeatable: z.enum(['unknown', 'yes', 'no']),
	baseline: z.boolean(),
	/** Run that it repeats exactly. */
	repeatOf: z.int().nullable(),
	/** Run whose outputs it marks again; null: it made its own, or that run is gone (`manifest.marked` names it still). */
	markedOf: z.int().nullable(),
	manifestHash: z.string(),
	dataset: z.object({ id: z.int(), versionId: z.int(), name: z.string(), number: z.int(), samples: z.int() }),
	/** Names of the scorers; the first is the headline. */
	scorers: z.array(z.string()),
	progress: runProgressSchema,
	arms: z.array(armSchema),
	/** Why it ended or stopped early. */
	failure: failureSchema.nullable(),
	createdAt: z.int(),
	startedAt: z.int().nullable(),
	endedAt: z.int().nullable(),
	deletedAt: z.int().nullable(),
});

/** What the tags of the samples say apart: one line a tag and arm. */
export const tagMetricSchema = metricSchema.extend({ tag: z.string(), armId: z.int(), scorer: z.string() });

/** A figure over several answers of each sample: "pass@3". */
export const repeatMetricSchema = metricSchema.extend({ name: z.string(), armId: z.int(), scorer: z.string() });

export const runSchema = runSummarySchema.extend({
	config: runConfigSchema,
	manifest: manifestSchema,
	criteria: z.array(criterionOutcomeSchema),
	byTag: z.array(tagMetricSchema),
	/** pass@k and majority@k where there are several epochs. */
	repeats: z.array(repeatMetricSchema),
	/** Shards that were given up, the first few, with why. Positions of their samples, from 0. */
	givenUp: z.array(z.object({ armId: z.int(), first: z.int(), last: z.int(), failure: failureSchema })),
	/** What was known before it began and bears on what it came to: "the prompt shows the answer". */
	warnings: z.array(warningSchema),
	/** Where it was not repeatable, and how it was tested. '' where nothing is known. */
	repeatableNote: z.string(),
	/** Engine, processor, cores, threads, memory: what the numbers hold for. */
	conditions: z.record(z.string(), z.union([z.string(), z.number()])),
});

export type Metric = z.infer<typeof metricSchema>;
export type Arm = z.infer<typeof armSchema>;
export type RunStatus = z.infer<typeof runStatusSchema>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type TagMetric = z.infer<typeof tagMetricSchema>;
export type Run = z.infer<typeof runSchema>;

/** What one arm answered to a sample, short. */
export const cellSchema = z.object({
	armId: z.int(),
	/** null: not answered yet. */
	status: z.enum(['done', 'failed']).nullable(),
	/** The beginning of it, one line. */
	output: z.string(),
	/** What was extracted of it. */
	answer: z.string().nullable(),
	/** By scorer; null: could not be scored. */
	scores: z.record(z.string(), z.number().nullable()),
	/** Of the failure, in words. */
	failure: z.string().nullable(),
});

/** A sample with what each arm answered, in the order of the arms asked for. */
export const rowSchema = z.object({
	/** Of the sample in the run, from 0. */
	position: z.int(),
	epoch: z.int(),
	sampleId: z.int(),
	key: z.string(),
	/** The beginning of it, one line. */
	input: z.string(),
	target: z.string().nullable(),
	tags: z.array(z.string()),
	cells: z.array(cellSchema),
});

/**
 * all; different: the arms' scores are not all the same; right and wrong: an arm reaches `bound`, has less; tied and
 * beaten: an arm has half of the full score, less, as a judge of pairs gives; failed: an arm failed; unscored: an arm
 * could not be scored; gained and lost: the last arm scores higher, lower than the first.
 */
export const rowFilterSchema = z.enum([
	...(['all', 'different', 'right', 'wrong', 'tied', 'beaten'] as const),
	...(['failed', 'unscored', 'gained', 'lost'] as const),
]);

export const rowsInputSchema = z.object({
	/** Arms side by side, also of several runs: then rows are paired by the sample's key and content. */
	arms: z.array(z.int()).min(1).max(8),
	filter: rowFilterSchema.default('all'),
	/** The scorer that the filter looks at; null: the first. */
	scorer: z.string().nullable().default(null),
	/** The score from which on `right` holds. */
	bound: z.number().default(1),
	/** Only samples with this tag. */
	tag: z.string().nullable().default(null),
	/** Text in input, target or answers. */
	search: z.string().max(500).default(''),
	offset: z.int().min(0).default(0),
	limit: z.int().min(1).max(500).default(100),
});

export const rowPageSchema = z.object({
	rows: z.array(rowSchema),
	/** Rows that fit the filter. */
	total: z.int(),
});

/** Everything of one answer. */
export const answerSchema = z.object({
	armId: z.int(),
	label: z.string(),
	runId: z.int(),
	status: z.enum(['done', 'failed']).nullable(),
	failure: failureSchema.nullable(),
	/** The prompt as it was sent; empty where choices were scored without one, see `detail`. */
	turns: z.array(turnSchema),
	/** Why the prompt can't be shown, e.g. the prompt version is gone. */
	promptProblem: z.string().nullable(),
	output: z.string(),
	answer: z.string().nullable(),
	scores: z.array(z.object({ scorer: z.string(), value: z.number().nullable(), explanation: z.string() })),
	/** Votes of self-consistency: each answer and how many gave it. */
	votes: z.array(z.object({ answer: z.string().nullable(), output: z.string() })),
	/** Log-likelihood of each choice, nats. */
	choices: z.array(z.object({ text: z.string(), logLikelihood: z.number(), tokens: z.int(), chosen: z.boolean() })),
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	stopReason: z.string().nullable(),
	/** Milliseconds. */
	ms: z.number().nullable(),
	seed: z.int(),
});

export const rowDetailSchema = z.object({
	position: z.int(),
	epoch: z.int(),
	sample: z.object({
		id: z.int(),
		key: z.string(),
		input: z.string(),
		target: z.string().nullable(),
		choices: z.array(z.string()),
		variables: z.record(z.string(), z.string()),
		tags: z.array(z.string()),
		cluster: z.string().nullable(),
		split: z.string(),
		/** Conversation and message it was made of; null: none. */
		messageId: z.int().nullable(),
	}),
	answers: z.array(answerSchema),
});

export type Cell = z.infer<typeof cellSchema>;
export type Row = z.infer<typeof rowSchema>;
export type RowFilter = z.infer<typeof rowFilterSchema>;
export type RowsInput = z.infer<typeof rowsInputSchema>;
export type RowPage = z.infer<typeof rowPageSchema>;
export type Answer = z.infer<typeof answerSchema>;
export type RowDetail = z.infer<typeof rowDetailSchema>;

/** Why two sides can't be compared as they stand. `serious`: the difference may come from this alone. */
export const unfairSchema = z.object({
	code: z.enum([
		'technique',
		'shots',
		'samples',
		'prompt-template',
		'chat-template',
		'context',
		'engine',
		'parameters',
		'width',
		'scorer',
		'dataset',
		'repeatable',
		/** Not unfair: both are one set of outputs, marked twice. */
		'same-outputs',
	]),
	serious: z.boolean(),
	message: z.string(),
});

/** One side less the first: paired by sample (key and content). */
export const pairSchema = z.object({
	armId: z.int(),
	/** Samples that both scored. */
	n: z.int(),
	/** Mean of the side less mean of the first, on those samples; shares of 1. */
	difference: z.number(),
	standardError: z.number(),
	low: z.number(),
	high: z.number(),
	/** Two-sided, adjusted (Holm) where there are several sides. */
	p: z.number(),
	/** "McNemar, exact", "paired bootstrap", …. */
	method: z.string(),
	/** Samples on which only the side, only the first was right (higher). */
	gained: z.int(),
	lost: z.int(),
	verdict: z.enum(['better', 'worse', 'undecided', 'same']),
	/** The smallest true difference that these samples would find 4 times in 5; null: too few. */
	detectable: z.number().nullable(),
	/** About so many samples in all would show a difference as large as the one seen; null: it is shown, or there is none. */
	samplesNeeded: z.int().nullable(),
	/** "B is better by 4.3 points, 95 % interval 1.5 to 7.1; 1,319 samples." */
	words: z.string(),
});

export const sideSchema = z.object({
	runId: z.int(),
	runName: z.string(),
	arm: armSchema,
	/** What it is compared by; the same on every side, but for one set of outputs that was marked twice. */
	scorer: z.string(),
	/** On the samples that all sides scored. */
	metric: metricSchema.nullable(),
});

export const runComparisonSchema = z.object({
	/** Of the first side. */
	scorer: z.string(),
	/** Scorers that every side has. */
	scorers: z.array(z.string()),
	/** To be shown before anything else. */
	unfair: z.array(unfairSchema),
	/** The first is what the others are compared with. */
	sides: z.array(sideSchema),
	pairs: z.array(pairSchema),
	/** Samples that every side scored, and those left out because one did not. */
	n: z.int(),
	leftOut: z.int(),
	/** All of it in a sentence or two. */
	words: z.string(),
});

export type Unfair = z.infer<typeof unfairSchema>;
export type Pair = z.infer<typeof pairSchema>;
export type Side = z.infer<typeof sideSchema>;
export type RunComparison = z.infer<typeof runComparisonSchema>;

const { name, scorers, criteria } = runConfigSchema.shape;

/** Outputs that a run has, to be marked again by other rules; nothing is generated. */
export const rescoreInputSchema = z.object({
	/** Of the run whose outputs they are. */
	id: z.int(),
	/** '' makes one from the name of that run. */
	name,
	scorers,
	/** How the answer is found, by the place of the technique in the run's config; null or left out: as it was. */
	extract: z.array(extractionSchema.nullable()).max(50).default([]),
	criteria,
});

/** What marking again would take, before it begins. */
export const rescorePlanSchema = z.object({
	/** Outputs that are marked; those that failed, which stay so; and those that the run has not made. */
	outputs: z.int(),
	failed: z.int(),
	missing: z.int(),
	/** Outputs that judges read: each once a judge. */
	judged: z.int(),
	/** "400 outputs are marked again; no answer is generated." */
	words: z.string(),
	warnings: z.array(warningSchema),
});

export type RescoreInput = z.infer<typeof rescoreInputSchema>;
/** What has a default may be left out. */
export type RescoreInputGiven = z.input<typeof rescoreInputSchema>;
export type RescorePlan = z.infer<typeof rescorePlanSchema>;

/** A judge to be held against a person's own thumbs. */
export const judgeCheckInputSchema = z.object({
	/** Library id of the judge. */
	modelFileId: z.int(),
	rubric: z.string().trim().min(1).max(100_000),
	scale: judgeScaleSchema.exclude(['pair']).default('pass-fail'),
	reasons: z.boolean().default(false),
	/** Rated answers at most, the newest ones: half of them thumbs up, half thumbs down. */
	limit: z.int().min(2).max(500).default(60),
});

/** How far a judge agrees with a person. */
export const judgeAgreementSchema = z.object({
	/** Answers that both marked, and those that the judge came to no verdict about. */
	n: z.int(),
	unscored: z.int(),
	/** Thumbs of the person among them. */
	up: z.int(),
	down: z.int(),
	/** Those that the judge called good. */
	good: z.int(),
	/** Share of the same marks, and what chance alone would give. */
	observed: z.number(),
	expected: z.number(),
	/** Cohen's kappa with its 95 % interval: 1 is perfect, 0 is chance; null: one of both always said the same. */
	kappa: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
	/** In a sentence. */
	words: z.string(),
});

export const judgeCheckUpdateSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('progress'), done: z.int(), total: z.int(), secondsLeft: z.number().nullable() }),
	z.object({ type: z.literal('done'), agreement: judgeAgreementSchema }),
]);

export type JudgeCheckInput = z.infer<typeof judgeCheckInputSchema>;
export type JudgeAgreement = z.infer<typeof judgeAgreementSchema>;
export type JudgeCheckUpdate = z.infer<typeof judgeCheckUpdateSchema>;
