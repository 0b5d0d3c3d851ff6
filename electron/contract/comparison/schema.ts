import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { gpuLayersSchema, gpuSchema } from '../../../models/contract/gpu.ts';
import { approximationSchema, quantizeTypeSchema } from '../../../models/contract/native/tasks.ts';
import { parametersSchema, runConfigSchema } from '../evaluation/run-config.ts';
import { metricSchema, pairSchema } from '../evaluation/schema.ts';
import { scorerSchema } from '../evaluation/scorer.ts';
import { techniqueSchema } from '../evaluation/technique.ts';

/** Answers of the sets are short; what goes on longer has lost its way, tokens. */
const longestAnswer = 160;

/** Samples that every file answers, so that they can be compared as pairs. Of what is null, what suits the dataset. */
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
	/** null: not begun yet, or erased; the accuracies stay. */
	runId: z.int().nullable(),
	datasetName: z.string(),
	versionNumber: z.int(),
	/** Name of the scorer. */
	scorer: z.string(),
});

/** One file less the reference. `p` is of this pair alone: the verdict adjusts for all that is tested. */
export const accuracyPairSchema = pairSchema.pick({
	...({ n: true, difference: true, low: true, high: true, p: true, method: true } as const),
	...({ gained: true, lost: true, detectable: true, samplesNeeded: true } as const),
});

/** What one file scored on the samples, and less what the reference scored on the same ones. */
const accuracySchema = z.object({
	/** Of the run; may be gone since. */
	armId: z.int(),
	/** null: no sample could be scored. */
	metric: metricSchema.nullable(),
	/** null: the reference itself, or no sample that both scored. */
	paired: accuracyPairSchema.nullable(),
});

export type ComparisonTask = z.infer<typeof comparisonTaskSchema>;
export type Accuracy = z.infer<typeof accuracySchema>;

/** Median of some repeats with their spread. */
const repeatedSchema = z.object({ median: z.number(), mean: z.number(), sd: z.number(), samples: z.array(z.number()) });

/** Time to the first word of an answer, for a prompt of which nothing is in memory yet. */
export const firstTokenSchema = z.object({
	/** Which percentile of the lengths of one's own prompts this is; null: there are none, so a stated length is taken. */
	percentile: z.number().nullable(),
	/** As the model counted them, template included. */
	promptTokens: z.int(),
	/** ms. */
	time: repeatedSchema,
});

/**
 * Speed as a person meets it: through the chat's own path, with template, sampling, text and the way between the
 * processes, which llama-bench's figures leave out.
 */
export const chatLatencySchema = z.object({
	/** From the start of the process until it answers, the file in the system's memory already; ms. */
	warmLoad: repeatedSchema,
	/** The same with the file only on the disk, ms; null where the system can't be made to forget it. */
	coldLoadMs: z.number().nullable(),
	firstToken: z.array(firstTokenSchema),
	/** Between two tokens of an answer, ms, over all answers. */
	between: z.object({ n: z.int(), p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
	/** Tokens per second after the first. */
	generation: repeatedSchema.nullable(),
	/** The most that the process which answers had, bytes. */
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

/** One text, or all of them together. Nats for divergences. */
export const qualitySchema = z.object({
	/** Name of the text; null: all texts together. */
	category: z.string().nullable(),
	/** Of the text as it was read; null: all texts, or an export that does not say. */
	textSha256: z.string().nullable().default(null),
	/** Scored tokens, and the chunks that errors are clustered by. */
	tokens: z.int(),
	chunks: z.int(),
	perplexity: z.number(),
	perplexityError: z.number(),
	/** Perplexity by the reference's. */
	ratio: z.number(),
	klDivergence: z.number(),
	klDivergenceError: z.number(),
	/** Share of positions where the likeliest token is the same. */
	sameTop: z.number(),
	/** The divergence was estimated in two passes, because both files do not fit into memory; null: it is exact. */
	approximation: approximationSchema.nullable().default(null),
});

/** Speeds behind a context that is filled already. */
export const depthSchema = z.object({
	/** Tokens. */
	depth: z.int(),
	prompt: speedSchema.nullable(),
	generation: speedSchema.nullable(),
});

/** What one file answers to a prompt, at temperature 0. */
export const comparisonAnswerSchema = z.object({
	text: z.string(),
	tokens: z.int(),
	/** Tokens, and characters of `text`, that are the reference's too, from the beginning on. */
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
	/** null: not produced yet, or out of the library. */
	modelFileId: z.int().nullable(),
	/** Of the file, by which it is known on another computer; null until it is computed. */
	sha256: z.string().nullable().default(null),
	reference: z.boolean(),
	sizeBytes: z.int().nullable(),
	bitsPerWeight: z.number().nullable(),
	/** Tensors that could not get the type the file is named after. */
	fallbacks: z.int().nullable(),
	/** Of how many, and why: "181 of its 272 tensors …"; null: none, or not known. */
	fallbackWords: z.string().nullable().default(null),
	/** All texts first, then each. */
	quality: z.array(qualitySchema),
	prompt: speedSchema.nullable(),
	generation: speedSchema.nullable(),
	/** By depth, the plan's order; `prompt` and `generation` above are those of an empty context. */
	depths: z.array(depthSchema),
	/** To the prompts of the plan, in their order; empty until they are there. */
	answers: z.array(comparisonAnswerSchema),
	/** On the samples of the plan's task; null: none, or not measured yet. */
	accuracy: accuracySchema.nullable(),
	loadMs: z.number().nullable(),
	peakBytes: z.int().nullable(),
	/** null: not measured. */
	felt: chatLatencySchema.nullable().default(null),
	outcome: outcomeSchema.nullable(),
	/** Why, in a few words: "Beaten by Q4_K_M". */
	reason: z.string(),
	/** The candidate that leaves no reason to take this one; null: none does. */
	beatenBy: z.int().nullable().default(null),
});

export const verdictSchema = z.object({
	/** One or two sentences that follow from the rules. */
	text: z.string(),
	/** How sure that is, and what would tell more; '': nothing besides. */
	detail: z.string(),
	/** Candidate to use; null where none can be named. */
	choose: z.int().nullable(),
	confidence: z.enum(['measured', 'no-difference', 'undecided']),
});

export const comparisonPlanSchema = z.object({
	/** Ids of the library. */
	referenceId: z.int(),
	candidateIds: z.array(z.int()).max(40).default([]),
	/** Files to be made of the reference first. */
	quantize: z.array(quantizeTypeSchema).max(40).default([]),
	/** A text file that an importance matrix is computed from, for the files to be made; null: none. */
	imatrixText: z.string().min(1).nullable().default(null),
	/** Text files; their names are the categories. */
	texts: z.array(z.string().min(1)).max(40).default([]),
	contextSize: z.int().min(64).max(131_072).default(512),
	/** Of each text; null for all. */
	chunks: z.int().min(2).nullable().default(null),
	promptTokens: z.int().min(1).max(131_072).default(512),
	generatedTokens: z.int().min(1).max(131_072).default(128),
	repetitions: z.int().min(2).max(100).default(5),
	/** Tokens of context behind which speed is measured; an empty one always. */
	depths: z.array(z.int().min(0).max(131_072)).max(6).default([0]),
	/** Prompts that every file answers, to be read side by side. */
	prompts: z.array(z.string().min(1).max(20_000)).max(12).default([]),
	/** Samples that every file answers, scored as in an evaluation run; null: none. */
	task: comparisonTaskSchema.nullable().default(null),
	/** 0: as many as there are cores. */
	threads: z.int().min(0).max(256).default(0),
	/** Mean KL divergence above which a file is ruled out, nats. */
	klLimit: z.number().positive().default(0.1),
	/** Two passes with a compact store instead of both models in memory; `auto`: where both don't fit. */
	store: z.enum(['auto', 'always', 'never']).default('auto'),
	/** Also the speed as felt through the chat. */
	felt: z.boolean().default(false),
	/** What everything is computed on; null: quality on the processor, speed as each model is set. */
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
	/** From what steps of this kind took before; null until one is known. */
	secondsLeft: z.number().nullable(),
	/** What is measured now, for people. */
	doing: z.string().nullable(),
	rows: z.array(comparisonRowSchema),
	verdict: verdictSchema.nullable(),
	/** Files that were left out of it; what was measured of them is kept. */
	dropped: z.array(z.object({ candidateId: z.int(), name: z.string() })).default([]),
	/** Where the accuracies come from; null: the plan has no task. */
	run: comparisonRunSchema.nullable(),
	/** Engine, processor, cores, threads, load: what the numbers hold for. */
	conditions: z.record(z.string(), z.union([z.string(), z.number()])),
	/** What makes the numbers worth less, a sentence each: on battery, busy, getting slower. */
	warnings: z.array(z.object({ code: z.string(), message: z.string() })).default([]),
	failure: failureSchema.nullable(),
	createdAt: z.int(),
	endedAt: z.int().nullable(),
	/** The computer that measured it; null: this one. */
	importedFrom: z.string().nullable().default(null),
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
	/** The evaluation run that its accuracies come from; null: none. */
	.extend({ runId: z.int().nullable() });

/** A text that comes with Assay. */
export const comparisonTextSchema = z.object({ category: z.string(), path: z.string(), sizeBytes: z.int() });

export const byComparisonId = z.object({ id: z.int() });

export type Speed = z.infer<typeof speedSchema>;
export type Quality = z.infer<typeof qualitySchema>;
export type ComparisonOutcome = z.infer<typeof outcomeSchema>;
export type ComparisonRow = z.infer<typeof comparisonRowSchema>;
export type ComparisonAnswer = z.infer<typeof comparisonAnswerSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type ComparisonPlan = z.infer<typeof comparisonPlanSchema>;
/** A plan in which what has a default may be left out. */
export type ComparisonPlanInput = z.input<typeof comparisonPlanSchema>;
export type ComparisonText = z.infer<typeof comparisonTextSchema>;
export type ComparisonSummary = z.infer<typeof comparisonSummarySchema>;
export type Comparison = z.infer<typeof comparisonSchema>;

/** What a plan would take. */
export const comparisonEstimateSchema = z.object({
	seconds: z.number(),
	/** Whether all of it follows from earlier comparisons on this computer; otherwise a part is a guess. */
	learned: z.boolean(),
	/** "About 12 min, from what earlier comparisons took here." */
	words: z.string(),
});

export type ComparisonEstimate = z.infer<typeof comparisonEstimateSchema>;

/** Largest export that is read: one of forty files with all their texts and answers is a tenth of it. */
export const longestExport = 8_000_000;

/** What "Save as JSON" writes: all that was measured, and by what it is known again on another computer. */
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
	/** Comparisons that share files with the one asked for, and come from another computer; newest first. */
	partners: z.array(z.object({ id: z.int(), title: z.string(), machine: z.string().nullable() })),
	/** null: no partner. */
	pair: z
		.object({
			otherId: z.int(),
			/** What each was measured on; null: this computer. */
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
			/** Engine, processor, …: what holds on each; '': not known. */
			conditions: z.array(z.object({ name: z.string(), sides: z.tuple([z.string(), z.string()]) })),
			/** What it comes to, in a sentence or two. */
			words: z.string(),
		})
		.nullable(),
});

export type ComparisonExport = z.infer<typeof comparisonExportSchema>;
export type SideBySide = z.infer<typeof sideBySideSchema>;

/** What a comparison that is done could be measured on besides. */
export const extensionRoomSchema = z.object({
	/** Chunks of each text now, and of the longest text; null: all of them are measured, or there are no texts. */
	texts: z.object({ chunks: z.int(), most: z.int() }).nullable(),
	/**
	 * Samples now and in the dataset today, and about how many would show a difference half as large as is shown now; null:
	 * all of them are measured, or there is no task.
	 */
	samples: z.object({ now: z.int(), most: z.int(), wanted: z.int(), datasetName: z.string() }).nullable(),
});

/** More to measure on. What is left out stays as it is; null: all there is. */
export const extensionSchema = z.object({
	id: z.int(),
	chunks: z.int().min(2).nullable().optional(),
	samples: z.int().min(1).nullable().optional(),
});

export type ExtensionRoom = z.infer<typeof extensionRoomSchema>;
export type Extension = z.infer<typeof extensionSchema>;

/** What exactly was run, for people and for whoever wants to run it again. */
export const comparisonManifestSchema = z.object({
	/** SHA-256 of all that the figures of quality and accuracy depend on: the same in two comparisons of the same. */
	hash: z.string(),
	parts: z.array(z.object({ title: z.string(), facts: z.array(z.object({ name: z.string(), value: z.string() })) })),
});

export type ComparisonManifest = z.infer<typeof comparisonManifestSchema>;
