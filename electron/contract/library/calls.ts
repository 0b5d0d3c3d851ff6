import { z } from 'zod';
import { inspectionSchema } from '../../../models/contract/inspection.ts';
import { byId, call } from '../call.ts';
import { jobSchema } from '../jobs/schema.ts';
import { fitChangeSchema, fitSchema, memorySchema } from './fit.ts';
import {
	catalogueEntrySchema,
	downloadRequestSchema,
	downloadSchema,
	hubModelSchema,
	hubRepositorySchema,
	hubSearchSchema,
} from './hub.ts';
import {
	chosenTemplateSchema,
	computeDeviceSchema,
	modelFileSchema,
	modelLoadSchema,
	modelNameSchema,
	modelOptionsSchema,
	modelPlaceSchema,
	modelStateSchema,
	modelTemplateSchema,
	quantizedSizeSchema,
	quantizeInputSchema,
	quantizeOriginSchema,
	scanReportSchema,
	templateFamilySchema,
	templatePreviewInputSchema,
	templatePreviewSchema,
} from './schema.ts';

export const modelCalls = {
	list: call.output(z.object({ models: z.array(modelFileSchema), states: z.array(modelStateSchema) })),
	add: call.input(z.object({ path: z.string().min(1) })).output(modelFileSchema),
	inspect: call.input(z.object({ path: z.string().min(1) })).output(inspectionSchema),
	/**
	 * Removes the file from the library; `deleteFile` also deletes it from the disk, only inside the data folder,
	 * and only after a minute in which `restore` undoes it.
	 */
	remove: call.input(byId.extend({ deleteFile: z.boolean() })).output(z.object({ freedBytes: z.int() })),
	/** Gives models a name, or takes it away with null: each file then has its own name again. Returns these files. */
	rename: call
		.input(
			z.object({
				names: z
					.array(byId.extend({ name: modelNameSchema.nullable() }))
					.min(1)
					.max(1000),
			}),
		)
		.output(z.object({ models: z.array(modelFileSchema) })),
	setDefault: call.input(byId).output(modelFileSchema),
	/** `safe` uses the settings that crash least, after a load that crashed. */
	load: call
		.input(byId.extend({ contextSize: z.int().min(128).optional(), safe: z.boolean().optional() }))
		.output(modelStateSchema),
	unload: call.input(byId).output(modelStateSchema),
	/**
	 * Fit of every model in the library into this computer's memory, with its own load settings, or with this context
	 * where the model allows it.
	 */
	fits: call
		.input(z.object({ contextSize: z.int().min(128).optional() }))
		.output(z.object({ memory: memorySchema, fits: z.array(fitSchema) })),
	/** Fit of one model with its load settings and these changes. */
	fit: call.input(byId.extend({ change: fitChangeSchema })).output(fitSchema),
	/** Fit of a file that is not in the library. */
	fitFile: call.input(z.object({ path: z.string().min(1), change: fitChangeSchema })).output(fitSchema),
	/** Load settings of the model; what is null or missing is decided at each load. They apply from the next load. */
	options: call.input(byId).output(z.object({ options: modelOptionsSchema })),
	setOptions: call
		.input(byId.extend({ options: modelOptionsSchema }))
		.output(z.object({ options: modelOptionsSchema, reload: z.boolean() })),
	/** The model's chat template. Reads the start of its file. */
	chatTemplate: call.input(byId).output(modelTemplateSchema),
	/** The known chat templates, to choose from. */
	templateFamilies: call.output(z.object({ families: z.array(templateFamilySchema) })),
	/**
	 * Chooses a chat template for the model; null: the file's own again. Fails with `template-invalid` if it can't write
	 * a message. A loaded model is unloaded if nothing uses it, so that the template applies at once; `reload` is true if
	 * it is in use, and it then applies from the next load.
	 */
	setChatTemplate: call
		.input(byId.extend({ template: chosenTemplateSchema.nullable() }))
		.output(modelTemplateSchema.extend({ reload: z.boolean() })),
	/** Writes a conversation with a template, which need not be chosen. */
	previewChatTemplate: call.input(templatePreviewInputSchema).output(templatePreviewSchema),
	/** Newest first. */
	history: call.input(byId).output(z.object({ loads: z.array(modelLoadSchema) })),
	/** Devices that the engine reports; starts a process for a moment. */
	devices: call.output(z.object({ devices: z.array(computeDeviceSchema), detail: z.string() })),
	/** The folders that were added, and the default folders of other programs that exist here. */
	places: call.output(z.object({ places: z.array(modelPlaceSchema) })),
	/** Starts a job that scans these folders for model files; the folders are remembered. */
	scan: call.input(z.object({ paths: z.array(z.string().min(1)).min(1) })).output(jobSchema),
	/** Result of the scan; null while it is running. */
	scanReport: call.input(z.object({ jobId: z.string() })).output(z.object({ report: scanReportSchema.nullable() })),
	/** Stops scanning the folder; its files stay in the library. */
	removePlace: call.input(byId).output(z.object({ path: z.string() })),
	/** Undoes `remove`, including the deletion of the file while it is still kept. */
	restore: call.input(byId).output(modelFileSchema),
};

export const hubCalls = {
	/** The curated catalogue. Makes no request. */
	catalogue: call.output(
		z.object({
			entries: z.array(catalogueEntrySchema),
			/** Hosts that a search or download may contact, for the user to read before allowing it. */
			hosts: z.array(z.string()),
		}),
	),
	/** Searches the hub. */
	search: call.input(hubSearchSchema).output(
		z.object({
			models: z.array(hubModelSchema),
			/** Whether there are more than `limit`. */
			more: z.boolean(),
		}),
	),
	/** Requests the file list of one repository from the hub and reads the start of one file. */
	repository: call.input(z.object({ repository: z.string().max(200) })).output(hubRepositorySchema),
};

export const byDownload = z.object({ downloadId: z.string().max(100) });

export const downloadCalls = {
	/** Includes unfinished downloads of earlier sessions. Oldest first. */
	list: call.output(z.object({ downloads: z.array(downloadSchema) })),
	/** Returns the existing download if it fetches the same. */
	start: call.input(downloadRequestSchema).output(downloadSchema),
	/** Keeps what has arrived, even over a restart. Returns once nothing is being written. */
	pause: call.input(byDownload).output(downloadSchema),
	/** Continues a download that is paused, failed or was just cancelled; fetches nothing twice. */
	resume: call.input(byDownload).output(downloadSchema),
	/** Removes it from the list. What has arrived is deleted some seconds later, so that `resume` can undo it. */
	cancel: call.input(byDownload).output(downloadSchema),
};

/** Calls that quantise a model here. */
export const quantizeCalls = {
	/** Quantises in the background; the files enter the library once all are finished. */
	make: call.input(quantizeInputSchema).output(jobSchema),
	/** The sizes that this model's files of each type would have. Throws the Failure of a file that can't be read. */
	sizes: call.input(byId).output(z.object({ sizes: z.array(quantizedSizeSchema) })),
	madeOf: call.input(byId).output(z.object({ made: quantizeOriginSchema.nullable() })),
};
