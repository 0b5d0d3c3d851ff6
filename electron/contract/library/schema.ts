import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { turnSchema } from '../../../models/contract/generation.ts';
import { lineageSchema, modelKindSchema } from '../../../models/contract/gguf.ts';
import {
	capabilitiesSchema,
	chatTemplateSchema,
	loadOptionsSchema,
	loadProgressSchema,
} from '../../../models/contract/load.ts';
import { quantizeTypeSchema } from '../../../models/contract/native/tasks.ts';
import { recommendedSamplingSchema } from '../../../models/contract/sampling.ts';
import { byId } from '../call.ts';

/** A GGUF file in the library. */
export const modelFileSchema = z.object({
	id: z.int(),
	/** The name that the user gave the model, else the file's own. */
	name: z.string(),
	/** Name derived from the file. */
	ownName: z.string(),
	/** What the header says about the model that this file is a form of; null: not read yet. */
	lineage: lineageSchema.nullable(),
	path: z.string(),
	sizeBytes: z.int(),
	/** Hex; null until it has been computed. */
	sha256: z.string().nullable(),
	architecture: z.string(),
	parameters: z.int(),
	quantization: z.string(),
	contextLength: z.int().nullable(),
	/** false: a base model without a chat template, unless one was chosen for it, or not a language model. */
	chat: z.boolean(),
	/** Only a 'model' can answer by itself. */
	kind: modelKindSchema,
	/** Number of files that it is split into. */
	parts: z.int(),
	license: z.string().nullable(),
	/** Sampling that the file recommends; missing until its header was read for it. */
	recommendedSampling: recommendedSamplingSchema.optional(),
	/**
	 * Host that it was downloaded from, the program in whose folder it was found, or that folder's path; null: added by
	 * hand.
	 */
	source: z.string().nullable(),
	/** Id of the file that Assay quantised it from; missing: it was not made here. */
	quantizedFrom: z.int().optional(),
	/** Other files with the same weights. */
	copies: z.array(z.object({ id: z.int(), path: z.string() })),
	/** Measured tokens per second on this computer; null: not measured yet. */
	tokensPerSecond: z.number().nullable(),
	/** Whether other programs kept the processor busy during that measurement. */
	speedUnderLoad: z.boolean(),
	default: z.boolean(),
	/** Set if the file is missing or damaged: what is wrong and what to do. */
	problem: failureSchema.nullable(),
	addedAt: z.int(),
});

/** A name that a user gives a model, on one line. */
export const modelNameSchema = z
	.string()
	.transform((text) => text.replace(/\s+/g, ' ').trim())
	.pipe(z.string().min(1).max(120));

/** State of a model's worker, one at a time; a crash returns to `unloaded` and keeps the failure. */
export const modelStateSchema = z.discriminatedUnion('state', [
	z.object({ state: z.literal('unloaded'), modelFileId: z.int(), failure: failureSchema.nullable() }),
	z.object({ state: z.literal('loading'), modelFileId: z.int(), progress: loadProgressSchema }),
	z.object({
		state: z.literal('loaded'),
		modelFileId: z.int(),
		capabilities: capabilitiesSchema,
		residentBytes: z.int(),
		busy: z.boolean(),
	}),
]);

export type ModelFile = z.infer<typeof modelFileSchema>;
export type ModelState = z.infer<typeof modelStateSchema>;

/** Load settings of one model; what is missing is decided at each load. */
export const modelOptionsSchema = loadOptionsSchema.omit({ chatTemplate: true }).partial();

/** A chat template that the user chose for one model, instead of the file's own. */
export const chosenTemplateSchema = chatTemplateSchema.extend({
	/** Id of a known family; null: the user's own text. */
	family: z.string().max(60).nullable(),
});

/** A known way of writing conversations, to choose for a model without a template. */
export const templateFamilySchema = chatTemplateSchema.extend({
	id: z.string(),
	name: z.string(),
	/** Models that were trained with it. */
	models: z.string(),
});

/** How a model's conversations are written as one text. */
export const modelTemplateSchema = z.object({
	/** null: the file's own template is used, if it has one. */
	chosen: chosenTemplateSchema.nullable(),
	/** The file's own template; null: a base model. */
	file: z.string().nullable(),
	/** Text that starts every prompt, if the tokenizer adds one. */
	start: z.string(),
	/** Family whose tokens the model's vocabulary holds; null: none is known. */
	suggested: z.string().nullable(),
});

/** A conversation to preview a template on. */
export const templatePreviewInputSchema = byId.extend({
	source: z.string().max(262_144),
	turns: z.array(turnSchema).min(1).max(20),
});

/** The conversation as the model would receive it, or why the template can't write it. */
export const templatePreviewSchema = z.object({
	text: z.string(),
	failure: failureSchema.nullable(),
	/** Line of the template at fault; null: unknown, or no fault. */
	line: z.int().nullable(),
});

export type ChosenTemplate = z.infer<typeof chosenTemplateSchema>;
export type TemplateFamilyFacts = z.infer<typeof templateFamilySchema>;
export type ModelTemplate = z.infer<typeof modelTemplateSchema>;
export type TemplatePreview = z.infer<typeof templatePreviewSchema>;

/** One load of a model: its options and its result. */
export const modelLoadSchema = z.object({
	id: z.int(),
	at: z.int(),
	outcome: z.enum(['loaded', 'failed']),
	contextSize: z.int().nullable(),
	options: modelOptionsSchema,
	/** Peak memory of its process: estimated before the load, measured after it. */
	predictedBytes: z.int().nullable(),
	measuredBytes: z.int().nullable(),
	loadMs: z.number().nullable(),
	threads: z.int().nullable(),
	/** Tokens per second with the best thread count. */
	tokensPerSecond: z.number().nullable(),
	engineBuild: z.string(),
	failure: failureSchema.nullable(),
});

/** A device that the engine reports and that can run models. */
export const computeDeviceSchema = z.object({
	kind: z.enum(['cpu', 'cuda', 'metal', 'vulkan', 'other']),
	name: z.string(),
	/** null: unknown. */
	memoryBytes: z.int().nullable(),
	/** Free memory of a GPU. */
	freeBytes: z.int().optional(),
	/** Why it can't be used here; missing if it can. */
	absent: z.string().optional(),
});

export type ModelOptions = z.infer<typeof modelOptionsSchema>;
export type ModelLoad = z.infer<typeof modelLoadSchema>;
export type ComputeDevice = z.infer<typeof computeDeviceSchema>;

/** A folder with model files: one that the user added, or the default folder of another program. */
export const modelPlaceSchema = z.object({
	/** null: not added, but the default folder of a program. */
	id: z.int().nullable(),
	path: z.string(),
	/** Program that usually owns the folder; null: added by the user. */
	app: z.string().nullable(),
	exists: z.boolean(),
	/** Number of library files in it. */
	files: z.int(),
	scannedAt: z.int().nullable(),
});

export const scanReportSchema = z.object({
	/** Files scanned. */
	files: z.int(),
	added: z.int(),
	/** Files known already, by path or as another name of the same file. */
	known: z.int(),
	/** Damaged files, listed with their problem. */
	broken: z.int(),
	/** Folders that can't be read, and why. */
	unreadable: z.array(z.object({ path: z.string(), failure: failureSchema })),
});

export type ModelPlace = z.infer<typeof modelPlaceSchema>;
export type ScanReport = z.infer<typeof scanReportSchema>;

/** Files to quantise from a model. */
export const quantizeInputSchema = byId.extend({
	types: z.array(quantizeTypeSchema).max(40),
	/** Path of an importance matrix, as written by llama-imatrix or Assay. */
	imatrix: z.string().min(1).nullable().default(null),
	/** Path of a text from which to compute a matrix first. */
	imatrixText: z.string().min(1).nullable().default(null),
});

/** Size of a file that can be quantised. */
export const quantizedSizeSchema = z.object({
	type: quantizeTypeSchema,
	sizeBytes: z.int(),
	/** Tensors that fall back to another type, of all tensors. */
	fallbacks: z.int(),
	tensors: z.int(),
});

/** Origin of a library file that was quantised here. */
export const quantizeOriginSchema = z.object({
	parent: z.object({ id: z.int(), name: z.string(), quantization: z.string() }),
	type: quantizeTypeSchema,
	/** Tensors that could not get the type that the file is named after. */
	fallbacks: z.array(
		z.object({ tensor: z.string(), from: z.string(), to: z.string(), reason: z.string().default('') }),
	),
	/** Tensors in the whole file; null: an earlier Assay did not record it. */
	tensors: z.int().nullable().default(null),
	warnings: z.array(z.string()),
	/** `datasets`: names of the texts that the matrix was computed from. */
	imatrix: z.object({ path: z.string(), chunks: z.int(), datasets: z.array(z.string()).default([]) }).nullable(),
	engine: z.string(),
	at: z.int(),
});

export type QuantizeInput = z.infer<typeof quantizeInputSchema>;
export type QuantizedSize = z.infer<typeof quantizedSizeSchema>;
export type QuantizeOrigin = z.infer<typeof quantizeOriginSchema>;
