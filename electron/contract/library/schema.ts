import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { modelKindSchema } from '../../../models/contract/gguf.ts';
import { capabilitiesSchema, loadOptionsSchema, loadProgressSchema } from '../../../models/contract/load.ts';
import { quantizeTypeSchema } from '../../../models/contract/native/tasks.ts';
import { byId } from '../call.ts';

/** A GGUF file the library knows. */
export const modelFileSchema = z.object({
	id: z.int(),
	name: z.string(),
	path: z.string(),
	sizeBytes: z.int(),
	/** Hex; null until it has been computed. */
	sha256: z.string().nullable(),
	architecture: z.string(),
	parameters: z.int(),
	quantization: z.string(),
	contextLength: z.int().nullable(),
	/** false: a base model without a chat template, or no language model at all. */
	chat: z.boolean(),
	/** Only a 'model' answers by itself. */
	kind: modelKindSchema,
	/** Files that it is split into. */
	parts: z.int(),
	license: z.string().nullable(),
	/** Host that it was fetched from, or the program in whose folder it was found, or that folder's path; null: added by hand. */
	source: z.string().nullable(),
	/** Further files with the same weights. */
	copies: z.array(z.object({ id: z.int(), path: z.string() })),
	/** Tokens per second that it was measured at on this computer; null: not yet. */
	tokensPerSecond: z.number().nullable(),
	default: z.boolean(),
	/** Set when the file is gone or damaged: what is wrong and what to do. */
	problem: failureSchema.nullable(),
	addedAt: z.int(),
});

/** Where a model's worker stands. One state at a time; a crash leads back to `unloaded` with the failure kept. */
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

/** How one model is loaded here; what is left out is decided at each load. */
export const modelOptionsSchema = loadOptionsSchema.partial();

/** One load of a model, how it was asked for and what came of it. */
export const modelLoadSchema = z.object({
	id: z.int(),
	at: z.int(),
	outcome: z.enum(['loaded', 'failed']),
	contextSize: z.int().nullable(),
	options: modelOptionsSchema,
	/** Peak of its process: estimated before, measured since. */
	predictedBytes: z.int().nullable(),
	measuredBytes: z.int().nullable(),
	loadMs: z.number().nullable(),
	threads: z.int().nullable(),
	/** Of the best thread count, tokens per second. */
	tokensPerSecond: z.number().nullable(),
	engineBuild: z.string(),
	failure: failureSchema.nullable(),
});

/** What the engine reports that a model can run on. */
export const computeDeviceSchema = z.object({
	kind: z.enum(['cpu', 'cuda', 'metal', 'vulkan', 'other']),
	name: z.string(),
	/** null: not known. */
	memoryBytes: z.int().nullable(),
	/** Of a GPU: what of it is free. */
	freeBytes: z.int().optional(),
	/** Why it can't be used here; left out: it can. */
	absent: z.string().optional(),
});

export type ModelOptions = z.infer<typeof modelOptionsSchema>;
export type ModelLoad = z.infer<typeof modelLoadSchema>;
export type ComputeDevice = z.infer<typeof computeDeviceSchema>;

/** A folder with model files: one that was added, or where another program usually keeps its own. */
export const modelPlaceSchema = z.object({
	/** null: not added; the usual place of a program. */
	id: z.int().nullable(),
	path: z.string(),
	/** Whose folder it usually is; null: one that a person named. */
	app: z.string().nullable(),
	exists: z.boolean(),
	/** Files of the library that lie in it. */
	files: z.int(),
	scannedAt: z.int().nullable(),
});

export const scanReportSchema = z.object({
	/** Files looked at. */
	files: z.int(),
	added: z.int(),
	/** Known already, by path or as another name of the same file. */
	known: z.int(),
	/** Listed with what is wrong with them. */
	broken: z.int(),
	/** Folders that could not be read, and why. */
	unreadable: z.array(z.object({ path: z.string(), failure: failureSchema })),
});

export type ModelPlace = z.infer<typeof modelPlaceSchema>;
export type ScanReport = z.infer<typeof scanReportSchema>;

/** Files to be made of a model. */
export const quantizeInputSchema = byId.extend({
	types: z.array(quantizeTypeSchema).max(40),
	/** An importance matrix, as llama-imatrix or Assay writes it. */
	imatrix: z.string().min(1).nullable().default(null),
	/** A text file that a matrix is computed from first. */
	imatrixText: z.string().min(1).nullable().default(null),
});

/** How a file of the library came about that was made here. */
export const quantizeOriginSchema = z.object({
	parent: z.object({ id: z.int(), name: z.string(), quantization: z.string() }),
	type: quantizeTypeSchema,
	/** Tensors that could not get the type the file is named after. */
	fallbacks: z.array(
		z.object({ tensor: z.string(), from: z.string(), to: z.string(), reason: z.string().default('') }),
	),
	/** Tensors of the whole file; null: an earlier Assay did not note it. */
	tensors: z.int().nullable().default(null),
	warnings: z.array(z.string()),
	/** `datasets`: names of the texts it was computed from. */
	imatrix: z.object({ path: z.string(), chunks: z.int(), datasets: z.array(z.string()).default([]) }).nullable(),
	engine: z.string(),
	at: z.int(),
});

export type QuantizeInput = z.infer<typeof quantizeInputSchema>;
export type QuantizeOrigin = z.infer<typeof quantizeOriginSchema>;
