import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { turnSchema } from '../../../models/contract/generation.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';
import { adapterUsesSchema, usedAdapterSchema } from '../adapters/schema.ts';
import { messagePromptSchema } from '../conversation/schema.ts';
import { promptRequestSchema } from '../prompt/schema.ts';
import { manifestContextSchema } from './arm-context.ts';
import { manifestSchema } from './manifest.ts';
import { criterionOutcomeSchema, parametersSchema, runConfigSchema } from './run-config.ts';
import { judgeScaleSchema } from './scorer.ts';
import { extractionSchema, techniqueSchema } from './technique.ts';
import { toolRoundSchema } from './tool-task.ts';

/** A warning to show before a run starts and with its result. */
export const warningSchema = z.object({ code: z.string(), message: z.string(), said: z.array(saidSchema).optional() });

/** The estimate of a run before it starts. */
export const estimateSchema = z.object({
	samples: z.int(),
	arms: z.int(),
	/** Answers and likelihoods requested from models: samples × epochs × votes or choices × arms. */
	calls: z.int(),
	/** Total of all prompts. */
	promptTokens: z.int(),
	/** Expected from earlier runs with these models; if there are none, the upper bound. */
	completionTokens: z.int(),
	/** If every answer used its full token limit. */
	mostCompletionTokens: z.int(),
	/** Seconds; null if no speed of a model is known on this computer. */
	seconds: z.number().nullable(),
	mostSeconds: z.number().nullable(),
	/** Basis of the duration: earlier runs with these models, their speed in chats, or none. */
	basis: z.enum(['runs', 'chats', 'none']),
	/** For people: "96 samples × 2 arms, 192 answers, about 31,000 tokens, about 4 min". */
	words: z.string(),
	warnings: z.array(warningSchema),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

/** The part of a config that determines the prompt of one sample. */
export const planPreviewInputSchema = runConfigSchema.pick({ dataset: true, techniques: true }).extend({
	promptVersionId: z.int(),
	/**
	 * Index of the technique. All techniques are given, because samples in a split that one of them draws examples from
	 * are not tested.
	 */
	technique: z.int().min(0),
	/** Index among the tested samples, from 0. */
	position: z.int().min(0).default(0),
});

/** The prompt that a model would get. */
export const planPreviewSchema = z.object({
	/** Key of the sample. */
	key: z.string(),
	target: z.string().nullable(),
	/** Whether this is the last sample. */
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
	/** Number of values behind the mean; samples, if several epochs are averaged. */
	n: z.int(),
	/** Rows that could not be scored: counted, but not part of the mean. */
	unscored: z.int(),
	/** For a judge of pairs: samples in which one answer won in both orders; the others are ties. */
	decided: z.int().optional(),
	/** How the interval was computed: "Wilson", "normal", "clustered by document, 40 clusters". */
	method: z.string(),
});

export const spreadSchema = z.object({ p50: z.number(), p95: z.number() });

/** An arm as conversations can use it. */
export const chatUseSchema = z.object({
	systemPrompt: z.string(),
	/** Applied to each message; null: a chat can't apply it, for the first of `differences`. */
	prompt: messagePromptSchema.nullable(),
	/** LoRA adapters on the model; absent: none were measured. */
	adapters: adapterUsesSchema.optional(),
	/** Tokens; null: chosen by itself, in the run as in a chat. */
	contextSize: z.int().nullable(),
	/** The technique's own; null: that of the parameters. */
	temperature: z.number().nullable(),
	/** All the ways in which a chat would differ from the measurement. */
	differences: z.array(
		z.discriminatedUnion('kind', [
			/** The prompt uses columns that only samples have. */
			z.object({ kind: z.literal('columns'), names: z.array(z.string()) }),
			/** It needs the choices of a sample. */
			z.object({ kind: z.literal('choices') }),
			/** Choices were rated, and nothing was generated. */
			z.object({ kind: z.literal('likelihood') }),
			/** The prompt has no {{input}}. */
			z.object({ kind: z.literal('no-input') }),
			/** The system prompt differs from sample to sample. */
			z.object({ kind: z.literal('system') }),
			/** The prompt was deleted. */
			z.object({ kind: z.literal('gone') }),
			/** The most frequent of `k` answers counted; a chat answers once. */
			z.object({ kind: z.literal('votes'), k: z.int() }),
			/** The tools of the samples were offered; a chat offers its own. */
			z.object({ kind: z.literal('tools') }),
			/** The run looked things up, or shortened conversations, in its own way. */
			z.object({ kind: z.literal('context') }),
			/** A base model got the prompt as plain text, without a chat template. */
			z.object({ kind: z.literal('plain-text') }),
		]),
	),
});

/** One combination of prompt, technique, model and parameters. */
export const armSchema = z.object({
	id: z.int(),
	position: z.int(),
	/**
	 * What distinguishes it from the other arms of its run: "Q4_K_M · 5-shot"; the model's name if there is one arm.
	 */
	label: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
	/** Ids are null if the model or prompt is gone. */
	model: z.object({ id: z.int().nullable(), name: z.string(), quantization: z.string() }),
	/** LoRA adapters on the model; absent: none. */
	adapters: z.array(usedAdapterSchema).optional(),
	/** What went into its prompts besides the samples; absent: nothing. */
	context: manifestContextSchema.optional(),
	prompt: z.object({ id: z.int().nullable(), versionId: z.int().nullable(), name: z.string(), number: z.int() }),
	technique: techniqueSchema,
	parameters: parametersSchema,
	/** Rows so far, including failed ones; equals `total` when done. */
	n: z.int(),
	total: z.int(),
	/** Rows that failed. */
	errors: z.int(),
	/** By scorer, in the order of the config; also while the run is going, over the rows so far. */
	metrics: z.record(z.string(), metricSchema),
	/** Seconds from the start to the end of an answer, measured with `width` rows at once; null: none yet. */
	latency: spreadSchema.nullable(),
	/** Generated tokens divided by the time they took, all rows together. */
	tokensPerSecond: z.number().nullable(),
	promptTokens: z.int(),
	completionTokens: z.int(),
});

export const runStatusSchema = z.enum(['waiting', 'running', 'paused', 'done', 'failed', 'cancelled']);

export const runProgressSchema = z.object({
	/** Rows. */
	done: z.int(),
	total: z.int(),
	/** Rows that failed, and shards that were given up. */
	errors: z.int(),
	failedShards: z.int(),
	/** 0: longer than expected; null: not running. */
	secondsLeft: z.number().nullable(),
	/**
	 * Basis of the time left: answers of this run; earlier runs or chats with the models; or the size of their files.
	 * Left out: unknown.
	 */
	secondsLeftBasis: z.enum(['measured', 'learned', 'guessed']).optional(),
	/** "Q4_K_M, samples 65 to 96", "Waiting for a comparison"; null: nothing at the moment. */
	doing: z.string().nullable(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

/** A run in a list. */
export const runSummarySchema = z.object({
	id: z.int(),
	name: z.string(),
	status: runStatusSchema,
	/** yes: proved by the self-test or by rows that were measured again; no: some came out differently. */
	repeatable: z.enum(['unknown', 'yes', 'no']),
	baseline: z.boolean(),
	/** The run that it repeats exactly. */
	repeatOf: z.int().nullable(),
	/**
	 * The run whose outputs it re-scores; null: it generated its own, or that run is gone (`manifest.marked` still
	 * names it).
	 */
	markedOf: z.int().nullable(),
	manifestHash: z.string(),
	dataset: z.object({ id: z.int(), versionId: z.int(), name: z.string(), number: z.int(), samples: z.int() }),
	/** Names of the scorers; the first is the headline. */
	scorers: z.array(z.string()),
	progress: runProgressSchema,
	arms: z.array(armSchema),
	/** Why it failed or stopped early. */
	failure: failureSchema.nullable(),
	createdAt: z.int(),
	startedAt: z.int().nullable(),
	endedAt: z.int().nullable(),
	deletedAt: z.int().nullable(),
});

/** Metrics broken down by the samples' tags: one entry per tag and arm. */
export const tagMetricSchema = metricSchema.extend({ tag: z.string(), armId: z.int(), scorer: z.string() });

/** A metric over several answers of each sample: "pass@3". */
export const repeatMetricSchema = metricSchema.extend({ name: z.string(), armId: z.int(), scorer: z.string() });

export const runSchema = runSummarySchema.extend({
	config: runConfigSchema,
	manifest: manifestSchema,
	criteria: z.array(criterionOutcomeSchema),
	byTag: z.array(tagMetricSchema),
	/** pass@k and majority@k if there are several epochs. */
	repeats: z.array(repeatMetricSchema),
	/** The first few shards that were given up, with the reason. Positions of their samples, from 0. */
	givenUp: z.array(z.object({ armId: z.int(), first: z.int(), last: z.int(), failure: failureSchema })),
	/** The most frequent reason why answers of a combination failed; absent: none did. */
	failures: z.array(z.object({ armId: z.int(), failure: failureSchema })).optional(),
	/** Warnings known before the start that affect the result: "the prompt shows the answer". */
	warnings: z.array(warningSchema),
	/** Where it was not repeatable, and how it was tested. '' if nothing is known. */
	repeatableNote: z.string(),
	/** The conditions that the numbers hold for: engine, processor, cores, threads, memory. */
	conditions: z.record(z.string(), z.union([z.string(), z.number()])),
});

export type Metric = z.infer<typeof metricSchema>;
export type ChatUse = z.infer<typeof chatUseSchema>;
export type Arm = z.infer<typeof armSchema>;
export type RunStatus = z.infer<typeof runStatusSchema>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type TagMetric = z.infer<typeof tagMetricSchema>;
export type Run = z.infer<typeof runSchema>;

/** One arm's answer to a sample, shortened. */
export const cellSchema = z.object({
	armId: z.int(),
	/** null: not answered yet. */
	status: z.enum(['done', 'failed']).nullable(),
	/** Its beginning on one line. */
	output: z.string(),
	/** The extracted answer. */
	answer: z.string().nullable(),
	/** By scorer; null: could not be scored. */
	scores: z.record(z.string(), z.number().nullable()),
	/** The failure in words. */
	failure: z.string().nullable(),
});

/** A sample with each arm's answer, in the order of the requested arms. */
export const rowSchema = z.object({
	/** Position of the sample in the run, from 0. */
	position: z.int(),
	epoch: z.int(),
	sampleId: z.int(),
	key: z.string(),
	/** Its beginning on one line. */
	input: z.string(),
	target: z.string().nullable(),
	tags: z.array(z.string()),
	cells: z.array(cellSchema),
});

/**
 * all; different: the arms' scores are not all the same; right and wrong: an arm reaches `bound`, or stays below it;
 * tied and beaten: an arm has half of the full score, or less, as a judge of pairs gives; failed: an arm failed;
 * unscored: an arm could not be scored; gained and lost: the last arm scores higher, or lower, than the first.
 */
export const rowFilterSchema = z.enum([
	...(['all', 'different', 'right', 'wrong', 'tied', 'beaten'] as const),
	...(['failed', 'unscored', 'gained', 'lost'] as const),
]);

export const rowsInputSchema = z.object({
	/** Arms side by side, also of different runs: then rows are paired by the sample's key and content. */
	arms: z.array(z.int()).min(1).max(8),
	filter: rowFilterSchema.default('all'),
	/** The scorer that the filter uses; null: the first. */
	scorer: z.string().nullable().default(null),
	/** The lowest score that counts as `right`. */
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
	/** Rows that match the filter. */
	total: z.int(),
});

/** All details of one answer. */
export const answerSchema = z.object({
	armId: z.int(),
	label: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
	runId: z.int(),
	/** Position of the sample in that run; null: the run lacks it. */
	position: z.int().nullable(),
	status: z.enum(['done', 'failed']).nullable(),
	failure: failureSchema.nullable(),
	/** The prompt as sent; empty if choices were scored without one, see `detail`. */
	turns: z.array(turnSchema),
	/** Why the prompt can't be shown, e.g. because the prompt version is gone. */
	promptProblem: z.string().nullable(),
	/** What was looked up for it; absent: nothing. */
	lookedUp: z
		.object({
			/** Passages of documents in the prompt, in order. */
			passages: z.array(
				z.object({
					number: z.int(),
					title: z.string(),
					page: z.int().nullable(),
					heading: z.array(z.string()),
					text: z.string(),
					/** The document and all of it. */
					whole: z.boolean(),
					/** Whether the sample expects it; null: the sample names no sources. */
					isExpected: z.boolean().nullable(),
				}),
			),
			/** Sources that the sample expects and that none of the passages is from. */
			missed: z.array(z.object({ document: z.string(), page: z.int().nullable(), quote: z.string().nullable() })),
		})
		.optional(),
	/** Earlier turns of the sample that were not sent, because the context is full; absent: none. */
	leftOutTurns: z.int().optional(),
	output: z.string(),
	answer: z.string().nullable(),
	scores: z.array(z.object({ scorer: z.string(), value: z.number().nullable(), explanation: z.string() })),
	/** What was written and called with tools, round by round; empty without tools. */
	rounds: z.array(toolRoundSchema),
	/** Votes of self-consistency: each answer and its output. */
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
		/** Of a conversation, the message that is answered. */
		input: z.string(),
		/** The messages of a conversation before it, oldest first; absent: none. */
		earlier: z.array(turnSchema).optional(),
		target: z.string().nullable(),
		/**
		 * The calls that the sample expects, as text, with the allowed values of each argument; in brackets: it may be left
		 * out. 'any': at least one call. Absent: none are asked for.
		 */
		expectedCalls: z.union([z.literal('any'), z.array(z.string())]).optional(),
		choices: z.array(z.string()),
		variables: z.record(z.string(), z.string()),
		tags: z.array(z.string()),
		cluster: z.string().nullable(),
		split: z.string(),
		/** The conversation and message that it came from; null: none. */
		messageId: z.int().nullable(),
	}),
	answers: z.array(answerSchema),
});

/** A person's score of an output, stored under the scorer name "human". */
export const handScoreSchema = z.object({
	/** 1 right, 0 wrong, or anything between. */
	value: z.number().min(0).max(1),
	/** The reason, if one was given. */
	note: z.string().max(10_000).default(''),
});

export const handScoreInputSchema = z.object({
	armId: z.int(),
	position: z.int().min(0),
	epoch: z.int().min(0).default(0),
	/** null: removes it. */
	score: handScoreSchema.nullable(),
});

export type HandScore = z.infer<typeof handScoreSchema>;
export type HandScoreInput = z.infer<typeof handScoreInputSchema>;
export type Cell = z.infer<typeof cellSchema>;
export type Row = z.infer<typeof rowSchema>;
export type RowFilter = z.infer<typeof rowFilterSchema>;
export type RowsInput = z.infer<typeof rowsInputSchema>;
export type RowPage = z.infer<typeof rowPageSchema>;
export type Answer = z.infer<typeof answerSchema>;
export type RowDetail = z.infer<typeof rowDetailSchema>;

/** A reason why two sides can't be compared fairly. `serious`: the difference may come from this alone. */
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
		/** What was looked up for the answers. */
		'documents',
		'width',
		/** Rows of a run reach each other's last digits. */
		'neighbours',
		'scorer',
		'dataset',
		'repeatable',
		/** Not unfair: both sides are the same outputs, scored twice. */
		'same-outputs',
	]),
	serious: z.boolean(),
	message: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

/** One side minus the first, paired by sample (key and content). */
export const pairSchema = z.object({
	armId: z.int(),
	/** Samples that both sides scored. */
	n: z.int(),
	/** Mean of this side minus mean of the first, on those samples; shares of 1. */
	difference: z.number(),
	standardError: z.number(),
	low: z.number(),
	high: z.number(),
	/** Two-sided, adjusted (Holm) if there are several sides. */
	p: z.number(),
	/** "McNemar, exact", "permutation, exact", …. */
	method: z.string(),
	/** Samples that only this side got right (or scored higher), and those that only the first did. */
	gained: z.int(),
	lost: z.int(),
	verdict: z.enum(['better', 'worse', 'undecided', 'same']),
	/** The smallest true difference that these samples would detect 4 times in 5; null: too few. */
	detectable: z.number().nullable(),
	/**
	 * Fewest samples, or clusters of samples, on which a difference can show at all; null: there are as many. Below it,
	 * nothing can be said, however large the difference.
	 */
	fewest: z.int().nullable(),
	/**
	 * Approximate number of samples in total that would show a difference as large as the observed one; null: it is
	 * shown already, or there is none.
	 */
	samplesNeeded: z.int().nullable(),
	/** "B is better by 4.3 points, 95 % interval 1.5 to 7.1; 1,319 samples." */
	words: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export const sideSchema = z.object({
	runId: z.int(),
	runName: z.string(),
	arm: armSchema,
	/** The scorer to compare by; the same on every side, except for outputs that were scored twice. */
	scorer: z.string(),
	/** On the samples that all sides scored. */
	metric: metricSchema.nullable(),
});

export const runComparisonSchema = z.object({
	/** The scorer of the first side. */
	scorer: z.string(),
	/** Scorers that every side has. */
	scorers: z.array(z.string()),
	/** Show these before anything else. */
	unfair: z.array(unfairSchema),
	/** The others are compared with the first one. */
	sides: z.array(sideSchema),
	pairs: z.array(pairSchema),
	/** Samples that every side scored, and those left out because a side did not. */
	n: z.int(),
	leftOut: z.int(),
	/** The whole comparison in a sentence or two. */
	words: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export type Unfair = z.infer<typeof unfairSchema>;
export type Pair = z.infer<typeof pairSchema>;
export type Side = z.infer<typeof sideSchema>;
export type RunComparison = z.infer<typeof runComparisonSchema>;

const { name, scorers, criteria } = runConfigSchema.shape;

/** A request to re-score a run's outputs by other rules; nothing is generated. */
export const rescoreInputSchema = z.object({
	/** The run whose outputs to re-score. */
	id: z.int(),
	/** '' builds a name from the name of that run. */
	name,
	scorers,
	/** Extraction rules, by the index of the technique in the run's config; null or left out: unchanged. */
	extract: z.array(extractionSchema.nullable()).max(50).default([]),
	criteria,
});

/** The estimate of re-scoring before it starts. */
export const rescorePlanSchema = z.object({
	/** Outputs to re-score; those that failed, which stay failed; and those that the run has not generated. */
	outputs: z.int(),
	failed: z.int(),
	missing: z.int(),
	/** Outputs that judges read, counted once per judge. */
	judged: z.int(),
	/** "400 outputs are scored again; no answer is generated." */
	words: z.string(),
	warnings: z.array(warningSchema),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export type RescoreInput = z.infer<typeof rescoreInputSchema>;
/** Fields with a default may be left out. */
export type RescoreInputGiven = z.input<typeof rescoreInputSchema>;
export type RescorePlan = z.infer<typeof rescorePlanSchema>;

/** A request to compare a judge with the user's own thumbs. */
export const judgeCheckInputSchema = z.object({
	/** Library id of the judge. */
	modelFileId: z.int(),
	rubric: z.string().trim().min(1).max(100_000),
	scale: judgeScaleSchema.exclude(['pair']).default('pass-fail'),
	reasons: z.boolean().default(false),
	/** Maximum number of rated answers, the newest ones: half of them thumbs up, half thumbs down. */
	limit: z.int().min(2).max(500).default(60),
});

/** How far a judge agrees with the user. */
export const judgeAgreementSchema = z.object({
	/** Answers that both rated, and those without a verdict from the judge. */
	n: z.int(),
	unscored: z.int(),
	/** The user's thumbs up among them. */
	up: z.int(),
	down: z.int(),
	/** Answers that the judge called good. */
	good: z.int(),
	/** Share of equal ratings, and the share that chance alone would give. */
	observed: z.number(),
	expected: z.number(),
	/**
	 * Cohen's kappa with its 95 % interval: 1 is perfect, 0 is chance; null: one of the two always gave the same
	 * rating.
	 */
	kappa: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
	/** The agreement in a sentence. */
	words: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export const judgeCheckUpdateSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('progress'), done: z.int(), total: z.int(), secondsLeft: z.number().nullable() }),
	z.object({ type: z.literal('done'), agreement: judgeAgreementSchema }),
]);

export type JudgeCheckInput = z.infer<typeof judgeCheckInputSchema>;
export type JudgeAgreement = z.infer<typeof judgeAgreementSchema>;
export type JudgeCheckUpdate = z.infer<typeof judgeCheckUpdateSchema>;
