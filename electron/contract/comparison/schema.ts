import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { gpuLayersSchema, gpuSchema } from '../../../models/contract/gpu.ts';
import { approximationSchema, quantizeTypeSchema } from '../../../models/contract/native/tasks.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';
import { adapterUsesSchema, usedAdapterSchema } from '../adapters/schema.ts';
import { parametersSchema, runConfigSchema } from '../evaluation/run-config.ts';
import { metricSchema, pairSchema, warningSchema } from '../evaluation/schema.ts';
import { scorerSchema } from '../evaluation/scorer.ts';
import { techniqueSchema } from '../evaluation/technique.ts';

/** Most tokens of an answer: those to the bundled datasets are short, and a longer one has gone astray. */
const longestAnswer = 160;

/**
 * Samples that every file answers, so that they can be compared as pairs. Assay chooses what suits the dataset for
 * every field that is null.
 */
export const comparisonTaskSchema = z.object({
	dataset: runConfigSchema.shape.dataset,
	promptVersionId: z.int().nullable().default(null),
	technique: techniqueSchema.nullable().default(null),
	scorer: scorerSchema.nullable().default(null),
	maxTokens: parametersSchema.shape.maxTokens.default(longestAnswer),
	seed: runConfigSchema.shape.seed,
});

/** The evaluation run that the accuracies come from. */
const comparisonRunSchema = z.object({
	/** null: not started yet, or erased; the accuracies stay. */
	runId: z.int().nullable(),
	datasetName: z.string(),
	versionNumber: z.int(),
	/** Name of the scorer. */
	scorer: z.string(),
});

/** One file minus the reference. `p` is of this pair alone: the verdict adjusts for all tests. */
export const accuracyPairSchema = pairSchema.pick({
	...({ n: true, difference: true, low: true, high: true, p: true, method: true } as const),
	...({ gained: true, lost: true, detectable: true, samplesNeeded: true } as const),
});

/** Score of one file on the samples, and its difference from the reference on the same samples. */
const accuracySchema = z.object({
	/** Arm of the run; it may be gone by now. */
	armId: z.int(),
	/** null: no sample could be scored. */
	metric: metricSchema.nullable(),
	/** null: the reference itself, or no sample that both scored. */
	paired: accuracyPairSchema.nullable(),
});

export type ComparisonTask = z.infer<typeof comparisonTaskSchema>;
export type Accuracy = z.infer<typeof accuracySchema>;

/** Median of several repeats with their spread. */
const repeatedSchema = z.object({ median: z.number(), mean: z.number(), sd: z.number(), samples: z.array(z.number()) });

/** Time to the first word of an answer, for a prompt that is not cached at all. */
export const firstTokenSchema = z.object({
	/** Percentile of the user's own prompt lengths; null: there are none, so a fixed length is used. */
	percentile: z.number().nullable(),
	/** As the model counted them, including the template. */
	promptTokens: z.int(),
	/** ms. */
	time: repeatedSchema,
});

/**
 * Speed as a person meets it: through the chat's own path, including template, sampling, text and inter-process
 * transport, which llama-bench's figures leave out.
 */
export const chatLatencySchema = z.object({
	/** From the start of the process until it answers, with the file already in the system's cache; ms. */
	warmLoad: repeatedSchema,
	/** The same with the file only on disk, ms; null if the system can't be made to drop it from its cache. */
	coldLoadMs: z.number().nullable(),
	firstToken: z.array(firstTokenSchema),
	/** Time between two tokens, ms, over all answers. */
	between: z.object({ n: z.int(), p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
	/** Tokens per second after the first. */
	generation: repeatedSchema.nullable(),
	/** Peak memory of the process that answers, bytes. */
	peakBytes: z.int(),
});

export type ChatLatency = z.infer<typeof chatLatencySchema>;

export const speedSchema = z.object({
	/** Tokens per second. */
	median: z.number(),
	mean: z.number(),
	sd: z.number(),
	samples: z.array(z.number()),
});

/** Quality on one text, or on all texts together. Divergences in nats. */
export const qualitySchema = z.object({
	/** Name of the text; null: all texts together. */
	category: z.string().nullable(),
	/** Hash of the text as read; null: all texts, or an export that does not say. */
	textSha256: z.string().nullable().default(null),
	/** Scored tokens, and the chunks by which errors are clustered. */
	tokens: z.int(),
	chunks: z.int(),
	perplexity: z.number(),
	perplexityError: z.number(),
	/** Perplexity divided by the reference's. */
	ratio: z.number(),
	klDivergence: z.number(),
	klDivergenceError: z.number(),
	/** Share of positions with the same most likely token. */
	sameTop: z.number(),
	/** How the divergence was estimated in two passes, because both files do not fit into memory; null: it is exact. */
	approximation: approximationSchema.nullable().default(null),
});

/** Speeds with this much context already filled. */
export const depthSchema = z.object({
	/** Tokens. */
	depth: z.int(),
	prompt: speedSchema.nullable(),
	generation: speedSchema.nullable(),
});

/** Answer of one file to a prompt, at temperature 0. */
export const comparisonAnswerSchema = z.object({
	text: z.string(),
	tokens: z.int(),
	/** Length of the beginning that equals the reference's answer, in tokens and in characters of `text`. */
	sameTokens: z.int(),
	sameLength: z.int(),
	tokensPerSecond: z.number().nullable(),
	failure: failureSchema.nullable(),
});

export const outcomeSchema = z.enum([
	'reference',
	'recommended',
	'acceptable',
	'dominated',
	'worse',
	'ruled-out',
	'undecided',
]);

export const comparisonRowSchema = z.object({
	candidateId: z.int(),
	name: z.string(),
	quantization: z.string(),
	/** null: not quantised yet, or no longer in the library. */
	modelFileId: z.int().nullable(),
	/** Hash of the file, which identifies it on another computer; null until it is computed. */
	sha256: z.string().nullable().default(null),
	reference: z.boolean(),
	/** LoRA adapters on the file, with their size in bytes; empty: the file alone. */
	adapters: z.array(usedAdapterSchema.extend({ sizeBytes: z.int() })).default([]),
	/** Another model of the same shape, with adapters or merged: its divergence is a change, not a loss. */
	changed: z.boolean().default(false),
	/** With its adapters. */
	sizeBytes: z.int().nullable(),
	bitsPerWeight: z.number().nullable(),
	/** Tensors that could not get the type that the file is named after. */
	fallbacks: z.int().nullable(),
	/** The total and the reason: "181 of its 272 tensors …"; null: none, or unknown. */
	fallbackWords: z.string().nullable().default(null),
	/** All texts first, then each one. */
	quality: z.array(qualitySchema),
	prompt: speedSchema.nullable(),
	generation: speedSchema.nullable(),
	/** By depth, in the plan's order; `prompt` and `generation` above are for an empty context. */
	depths: z.array(depthSchema),
	/** Answers to the plan's prompts, in order; empty until they exist. */
	answers: z.array(comparisonAnswerSchema),
	/** Accuracy on the samples of the plan's task; null: no task, or not measured yet. */
	accuracy: accuracySchema.nullable(),
	/** Share of tool tasks with the right calls; null: no tool tasks, or not measured yet. It is no part of the verdict. */
	toolCalls: accuracySchema.nullable().default(null),
	loadMs: z.number().nullable(),
	peakBytes: z.int().nullable(),
	/** null: not measured. */
	felt: chatLatencySchema.nullable().default(null),
	outcome: outcomeSchema.nullable(),
	/** The reason in a few words: "Beaten by Q4_K_M". */
	reason: z.string(),
	/** The candidate that beats this one; null: none does. */
	beatenBy: z.int().nullable().default(null),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export const verdictSchema = z.object({
	/** One or two sentences that follow from the rules. */
	text: z.string(),
	/** How certain that is, and what would tell more; '': nothing to add. */
	detail: z.string(),
	/** The candidate to use; null if none can be named. */
	choose: z.int().nullable(),
	/** `provisional`: figures of a comparison that is not complete, without a finding. */
	confidence: z.enum(['measured', 'no-difference', 'undecided', 'provisional']),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export const comparisonPlanSchema = z.object({
	/** Library ids. */
	referenceId: z.int(),
	candidateIds: z.array(z.int()).max(40).default([]),
	/** Types to quantise from the reference first. */
	quantize: z.array(quantizeTypeSchema).max(40).default([]),
	/** Files with LoRA adapters; each is one more candidate next to the file alone. */
	adapted: z
		.array(z.object({ modelFileId: z.int(), adapters: adapterUsesSchema.min(1) }))
		.max(40)
		.default([]),
	/** Text file from which an importance matrix is computed for quantising; null: none. */
	imatrixText: z.string().min(1).nullable().default(null),
	/** Text files; their names are the categories. */
	texts: z.array(z.string().min(1)).max(40).default([]),
	contextSize: z.int().min(64).max(131_072).default(512),
	/** Chunks of each text; null for all. */
	chunks: z.int().min(2).nullable().default(null),
	promptTokens: z.int().min(1).max(131_072).default(512),
	generatedTokens: z.int().min(1).max(131_072).default(128),
	/** How often each speed is measured; 1 gives no interval. */
	repetitions: z.int().min(1).max(100).default(5),
	/** Context depths in tokens at which speed is measured; always includes an empty context. */
	depths: z.array(z.int().min(0).max(131_072)).max(6).default([0]),
	/** Prompts that every file answers, to read the answers side by side. */
	prompts: z.array(z.string().min(1).max(20_000)).max(12).default([]),
	/** Samples that every file answers, scored as in an evaluation run; null: none. */
	task: comparisonTaskSchema.nullable().default(null),
	/** Samples with tools that every file answers, for the share of right calls; null: none. */
	tools: comparisonTaskSchema.nullable().default(null),
	/** 0: one per core. */
	threads: z.int().min(0).max(256).default(0),
	/** Mean KL divergence above which a file is ruled out, nats. */
	klLimit: z.number().positive().default(0.1),
	/** Two passes with a compact store instead of both models in memory; `auto`: only if both don't fit. */
	store: z.enum(['auto', 'always', 'never']).default('auto'),
	/** Whether to measure chat latency too. */
	felt: z.boolean().default(false),
	/** The device for everything; null: quality on the processor, speed as each model is set. */
	gpu: gpuSchema.nullable().default(null),
	gpuLayers: gpuLayersSchema.default('auto'),
});

export const comparisonSchema = z.object({
	id: z.int(),
	title: z.string(),
	status: z.enum(['waiting', 'running', 'paused', 'done', 'failed']),
	plan: comparisonPlanSchema,
	/** Steps measured so far. */
	done: z.int(),
	total: z.int(),
	/** null: nothing is left, or this comparison is not from here. */
	secondsLeft: z.number().nullable(),
	/** Whether the time left follows from earlier measurements on this computer; otherwise part of it is a guess. */
	secondsLeftLearned: z.boolean().default(true),
	/** Whether it waits for something else, named in `doing`. */
	waiting: z.boolean().default(false),
	/** The current measurement, for people. */
	doing: z.string().nullable(),
	rows: z.array(comparisonRowSchema),
	verdict: verdictSchema.nullable(),
	/** Files that were left out; their measurements are kept. */
	dropped: z.array(z.object({ candidateId: z.int(), name: z.string() })).default([]),
	/** The run that provides the accuracies; null: the plan has no task. */
	run: comparisonRunSchema.nullable(),
	/** The run that provides the tool calls; null: the plan has no tool tasks. */
	toolsRun: comparisonRunSchema.nullable().default(null),
	/** The conditions that the numbers hold for: engine, processor, cores, threads, load. */
	conditions: z.record(z.string(), z.union([z.string(), z.number()])),
	/** Conditions that make the numbers less reliable, one sentence each: on battery, busy, slowing down. */
	warnings: z.array(warningSchema).default([]),
	failure: failureSchema.nullable(),
	createdAt: z.int(),
	endedAt: z.int().nullable(),
	/** The computer that measured it; null: this one. */
	importedFrom: z.string().nullable().default(null),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

/** One line of the list. */
export const comparisonSummarySchema = comparisonSchema
	.pick({
		id: true,
		title: true,
		status: true,
		done: true,
		total: true,
		createdAt: true,
		endedAt: true,
		importedFrom: true,
	})
	/** The evaluation run that provides the accuracies; null: none. */
	.extend({ runId: z.int().nullable() });

/** A text that comes with Assay. */
export const comparisonTextSchema = z.object({ category: z.string(), path: z.string(), sizeBytes: z.int() });

export type Speed = z.infer<typeof speedSchema>;
export type Quality = z.infer<typeof qualitySchema>;
export type ComparisonOutcome = z.infer<typeof outcomeSchema>;
export type ComparisonRow = z.infer<typeof comparisonRowSchema>;
export type ComparisonAnswer = z.infer<typeof comparisonAnswerSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type ComparisonPlan = z.infer<typeof comparisonPlanSchema>;
/** A plan in which fields with a default may be left out. */
export type ComparisonPlanInput = z.input<typeof comparisonPlanSchema>;
export type ComparisonText = z.infer<typeof comparisonTextSchema>;
export type ComparisonSummary = z.infer<typeof comparisonSummarySchema>;
export type Comparison = z.infer<typeof comparisonSchema>;

/** The duration estimate of a plan. */
export const comparisonEstimateSchema = z.object({
	seconds: z.number(),
	/** Whether all of it is based on earlier comparisons on this computer; otherwise part of it is a guess. */
	learned: z.boolean(),
	/** "About 12 min, from what earlier comparisons took here." */
	words: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

/** How thorough a comparison is. */
export const presetNameSchema = z.enum(['quick', 'normal', 'thorough']);
export type PresetName = z.infer<typeof presetNameSchema>;

/** The files of a plan, for which the presets are worked out. */
export const presetInputSchema = comparisonPlanSchema.pick({
	referenceId: true,
	candidateIds: true,
	quantize: true,
	adapted: true,
});

export type PresetFiles = z.infer<typeof presetInputSchema>;

/** What a preset measures, and how long it takes. */
export const comparisonPresetSchema = z.object({
	name: presetNameSchema,
	plan: comparisonPlanSchema.pick({ texts: true, chunks: true, repetitions: true, felt: true }),
	/** Without the dataset that a thorough comparison answers. */
	estimate: comparisonEstimateSchema,
});
export type ComparisonPreset = z.infer<typeof comparisonPresetSchema>;

export type ComparisonEstimate = z.infer<typeof comparisonEstimateSchema>;

/** Largest export that is read: an export of forty files with all their texts and answers has a tenth of this size. */
export const longestExport = 8_000_000;

/** The output of "Save as JSON": all measurements, and the hashes that identify files on another computer. */
export const comparisonExportSchema = comparisonSchema.extend({
	format: z.literal('assay-comparison'),
	version: z.literal(1),
});

const sideSchema = z.object({
	perplexity: z.number().nullable(),
	klDivergence: z.number().nullable(),
	prompt: speedSchema.nullable(),
	generation: speedSchema.nullable(),
	loadMs: z.number().nullable(),
	peakBytes: z.number().nullable(),
});

/** Two comparisons of the same files on two computers. */
export const sideBySideSchema = z.object({
	/** Comparisons from another computer that share files with the given one; newest first. */
	partners: z.array(z.object({ id: z.int(), title: z.string(), machine: z.string().nullable() })),
	/** null: no partner. */
	pair: z
		.object({
			otherId: z.int(),
			/** The computer that measured each; null: this one. */
			machines: z.tuple([z.string().nullable(), z.string().nullable()]),
			/** Files with the same weights on both. */
			files: z.array(
				z.object({
					name: z.string(),
					sha256: z.string(),
					sides: z.tuple([sideSchema, sideSchema]),
					/** Whether both found the same quality, as the same weights must; null: not measured on the same texts. */
					agrees: z.boolean().nullable(),
				}),
			),
			/** Engine, processor, … of each computer; '': unknown. */
			conditions: z.array(
				z.object({
					name: z.string(),
					sides: z.tuple([z.string(), z.string()]),
					said: z.array(saidSchema).optional(),
				}),
			),
			/** The result in a sentence or two. */
			words: z.string(),
			said: z.array(saidSchema).optional(),
		})
		.nullable(),
});

export type ComparisonExport = z.infer<typeof comparisonExportSchema>;
export type SideBySide = z.infer<typeof sideBySideSchema>;

/** How far a finished comparison can be extended. */
export const extensionRoomSchema = z.object({
	/**
	 * Chunks of each text measured so far, and chunks in the longest text; null: all are measured, or there are no
	 * texts.
	 */
	texts: z.object({ chunks: z.int(), most: z.int() }).nullable(),
	/**
	 * Samples measured so far and in the dataset today, and roughly how many would detect half the difference that is
	 * detectable now; null: all are measured, or there is no task.
	 */
	samples: z.object({ now: z.int(), most: z.int(), wanted: z.int(), datasetName: z.string() }).nullable(),
});

/** How far to extend. A field that is left out stays as it is; null: all there is. */
export const extensionSchema = z.object({
	id: z.int(),
	chunks: z.int().min(2).nullable().optional(),
	samples: z.int().min(1).nullable().optional(),
	/** Measures every speed again, once the computer is quiet. */
	speed: z.boolean().optional(),
});

export type ExtensionRoom = z.infer<typeof extensionRoomSchema>;
export type Extension = z.infer<typeof extensionSchema>;

/** An exact record of what was run, for readers and for anyone who wants to run it again. */
export const comparisonManifestSchema = z.object({
	/**
	 * SHA-256 of everything that the quality and accuracy figures depend on: two comparisons of the same things have
	 * the same hash.
	 */
	hash: z.string(),
	parts: z.array(z.object({ title: z.string(), facts: z.array(z.object({ name: z.string(), value: z.string() })) })),
});

export type ComparisonManifest = z.infer<typeof comparisonManifestSchema>;
