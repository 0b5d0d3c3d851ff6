import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { gpuLayersSchema, gpuSchema } from '../../../models/contract/gpu.ts';
import { approximationSchema, quantizeTypeSchema } from '../../../models/contract/native.ts';
import { call } from '../call.ts';
import { chatLatencySchema } from './felt.ts';
import { accuracySchema, comparisonRunSchema, comparisonTaskSchema } from './task.ts';

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

const byComparisonId = z.object({ id: z.int() });

export const comparisonCalls = {
	/** Newest first. */
	list: call.output(z.object({ comparisons: z.array(comparisonSummarySchema) })),
	get: call.input(byComparisonId).output(comparisonSchema),
	/** Texts that come with Assay, by kind. */
	texts: call.output(z.object({ texts: z.array(comparisonTextSchema) })),
	/** Writes the plan and begins with it. */
	start: call.input(comparisonPlanSchema).output(comparisonSchema),
	/** What is measured is kept. */
	pause: call.input(byComparisonId).output(comparisonSchema),
	resume: call.input(byComparisonId).output(comparisonSchema),
	remove: call.input(byComparisonId).output(z.object({})),
};

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
