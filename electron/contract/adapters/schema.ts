import { z } from 'zod';
import { mergeTypes } from '../../../models/contract/adapter.ts';
import { failureSchema } from '../../../models/contract/failure.ts';
import { loraAdapterSchema } from '../../../models/contract/load.ts';
import { quantizeTypeSchema } from '../../../models/contract/native/quantize.ts';
import { byId } from '../call.ts';

/** The most adapters on one model at once. */
export const maxAdapters = 8;

/** An adapter of the library on a model, and how strongly it changes it: 1 as trained, 0 not at all. */
export const adapterUseSchema = z.object({ id: z.int(), scale: loraAdapterSchema.shape.scale });

/** The adapters on a model, applied together. Empty: the model alone. */
export const adapterUsesSchema = z
	.array(adapterUseSchema)
	.max(maxAdapters)
	.refine((uses) => new Set(uses.map(({ id }) => id)).size === uses.length, 'an adapter is named twice');

/** An adapter that took part in an answer or a run, with its name and its file's SHA-256 of that time. */
export const usedAdapterSchema = adapterUseSchema.extend({
	/** null: a file that the load settings of the model name, and that is not among the library's adapters. */
	id: z.int().nullable(),
	name: z.string(),
	/** Hex; '': not known. */
	sha256: z.string(),
});

/** Where an adapter came from. */
export const adapterOriginSchema = z.enum(['trained', 'gguf', 'peft']);

/** The model that an adapter was made for. */
export const adapterBaseSchema = z.object({
	/** Its file in the library, or what was one; null: never known here. */
	modelFileId: z.int().nullable(),
	/** SHA-256 of its weights, hex; null: not known, as of an imported adapter. */
	sha256: z.string().nullable(),
	name: z.string(),
	/** Form of the weights that it was trained on, e.g. "Q4_K_M"; '': unknown. */
	quantization: z.string(),
	/** Number of weights: every quantisation of the model has the same. */
	parameters: z.int(),
});

/** A LoRA adapter: a small file that changes how a model answers. */
export const adapterSchema = z.object({
	id: z.int(),
	name: z.string(),
	/** Its GGUF file, as llama.cpp reads it. */
	path: z.string(),
	sizeBytes: z.int(),
	/** Of the file, hex. */
	sha256: z.string(),
	architecture: z.string(),
	rank: z.int(),
	alpha: z.number(),
	/** Kinds of weights that it changes, e.g. "attn_q". */
	modules: z.array(z.string()),
	base: adapterBaseSchema,
	origin: adapterOriginSchema,
	/** The run that trained it here. */
	trainingRunId: z.int().nullable(),
	/** The version of the dataset that it was trained on. */
	datasetVersionId: z.int().nullable(),
	/** JSON: everything that repeats its training, or the configuration that it came with; '': none. */
	manifest: z.string(),
	/** What its licence allows, in the person's words. */
	licenceNote: z.string(),
	createdAt: z.int(),
	/** Set if its file is missing or was changed. */
	problem: failureSchema.nullable(),
	/** Ids of the model files that it can change: those with its base's shape. */
	fits: z.array(z.int()),
	/** The model files whose load settings name it: their answers use it unless a chat chooses others. */
	usedBy: z.array(z.object({ modelFileId: z.int(), scale: loraAdapterSchema.shape.scale })),
});

/** Most characters of an adapter's name. */
export const longestAdapterName = 120;

/** The name of an adapter, on one line. */
export const adapterNameSchema = z
	.string()
	.transform((text) => text.replace(/\s+/g, ' ').trim())
	.pipe(z.string().min(1).max(longestAdapterName));

export const adapterImportInputSchema = z.object({
	/** A GGUF file of llama.cpp's kind, a folder of PEFT or MLX-LM, or a file in it. */
	path: z.string().min(1),
	/** The model that it was made for; omitted: found by the shape of its weights. */
	modelFileId: z.int().optional(),
	name: adapterNameSchema.optional(),
	licenceNote: z.string().max(10_000).optional(),
});

export const adapterChangeSchema = byId.extend({
	name: adapterNameSchema.optional(),
	licenceNote: z.string().max(10_000).optional(),
});

export const adapterExportInputSchema = byId.extend({
	/** 'gguf': the path of a file to write; 'peft': of a folder. */
	format: z.enum(['gguf', 'peft']),
	path: z.string().min(1),
});

export const adapterMergeInputSchema = z.object({
	modelFileId: z.int(),
	adapters: adapterUsesSchema.min(1),
	type: z.enum(mergeTypes).default('F16'),
	/** Quantised afterwards to these types. */
	quantise: z.array(quantizeTypeSchema).max(40).default([]),
	/** Omitted: in the models folder, next to the base. */
	path: z.string().min(1).optional(),
});

export type AdapterUse = z.infer<typeof adapterUseSchema>;
export type UsedAdapter = z.infer<typeof usedAdapterSchema>;
export type AdapterBase = z.infer<typeof adapterBaseSchema>;
export type AdapterOrigin = z.infer<typeof adapterOriginSchema>;
export type Adapter = z.infer<typeof adapterSchema>;
export type AdapterImportInput = z.infer<typeof adapterImportInputSchema>;
export type AdapterChange = z.infer<typeof adapterChangeSchema>;
export type AdapterExportInput = z.infer<typeof adapterExportInputSchema>;
export type AdapterMergeInput = z.infer<typeof adapterMergeInputSchema>;
