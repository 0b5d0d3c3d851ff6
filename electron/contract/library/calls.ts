import { z } from 'zod';
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
	computeDeviceSchema,
	modelFileSchema,
	modelLoadSchema,
	modelOptionsSchema,
	modelPlaceSchema,
	quantizeInputSchema,
	quantizeOriginSchema,
	scanReportSchema,
} from './schema.ts';

/** Calls of `models` about files that are on this computer. */
export const libraryCalls = {
	/** Every model of the library against this computer's memory, with its own options, or with this context where it may. */
	fits: call
		.input(z.object({ contextSize: z.int().min(128).optional() }))
		.output(z.object({ memory: memorySchema, fits: z.array(fitSchema) })),
	/** One model with its own options and these changes. */
	fit: call.input(byId.extend({ change: fitChangeSchema })).output(fitSchema),
	/** The same for a file that the library does not have. */
	fitFile: call.input(z.object({ path: z.string().min(1), change: fitChangeSchema })).output(fitSchema),
	/** How the model is loaded here; what is null or missing is decided at each load. Used from the next load on. */
	options: call.input(byId).output(z.object({ options: modelOptionsSchema })),
	setOptions: call
		.input(byId.extend({ options: modelOptionsSchema }))
		.output(z.object({ options: modelOptionsSchema, reload: z.boolean() })),
	/** Newest first. */
	history: call.input(byId).output(z.object({ loads: z.array(modelLoadSchema) })),
	/** What the engine reports; starts a process for a moment. */
	devices: call.output(z.object({ devices: z.array(computeDeviceSchema), detail: z.string() })),
	/** Folders that were added, and the usual ones of other programs that are there. */
	places: call.output(z.object({ places: z.array(modelPlaceSchema) })),
	/** Looks for model files in these folders, which are remembered, as a job. */
	scan: call.input(z.object({ paths: z.array(z.string().min(1)).min(1) })).output(jobSchema),
	/** What the scan found; null while it goes on. */
	scanReport: call.input(z.object({ jobId: z.string() })).output(z.object({ report: scanReportSchema.nullable() })),
	/** No longer looked into; its files stay in the library. */
	removePlace: call.input(byId).output(z.object({ path: z.string() })),
	/** Undoes `remove`: also the deletion of the file while it is still kept. */
	restore: call.input(byId).output(modelFileSchema),
};

export const hubCalls = {
	/** The curated list. Asks nobody. */
	catalogue: call.output(
		z.object({
			entries: z.array(catalogueEntrySchema),
			/** Hosts that a search or a download may contact, for people to read before they allow it. */
			hosts: z.array(z.string()),
		}),
	),
	/** Asks the hub. */
	search: call.input(hubSearchSchema).output(
		z.object({
			models: z.array(hubModelSchema),
			/** There are more than `limit`. */
			more: z.boolean(),
		}),
	),
	/** Asks the hub for the files of one repository and reads the start of one of them. */
	repository: call.input(z.object({ repository: z.string().max(200) })).output(hubRepositorySchema),
};

export const byDownload = z.object({ downloadId: z.string().max(100) });

export const downloadCalls = {
	/** Those of earlier starts included that did not end. Oldest first. */
	list: call.output(z.object({ downloads: z.array(downloadSchema) })),
	/** Joins the one that fetches the same already. */
	start: call.input(downloadRequestSchema).output(downloadSchema),
	/** Keeps what has come, also over a restart. Answers when nothing is written any more. */
	pause: call.input(byDownload).output(downloadSchema),
	/** Goes on with one that is paused, failed or was cancelled a moment ago; what has come is not fetched again. */
	resume: call.input(byDownload).output(downloadSchema),
	/** Takes it from the list. What has come is deleted some seconds later, so that it can be undone by `resume`. */
	cancel: call.input(byDownload).output(downloadSchema),
};

/** Smaller files of a model, made here. */
export const quantizeCalls = {
	/** Makes them in the background; they enter the library when all are there. */
	make: call.input(quantizeInputSchema).output(jobSchema),
	madeOf: call.input(byId).output(z.object({ made: quantizeOriginSchema.nullable() })),
};
