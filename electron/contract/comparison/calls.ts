import { z } from 'zod';
import { saidSchema } from '../../../models/contract/said-schema.ts';
import { byId, call } from '../call.ts';
import { jobSchema } from '../jobs/schema.ts';
import { fileFiguresSchema } from './file-figures.ts';
import {
	comparisonEstimateSchema,
	comparisonManifestSchema,
	comparisonPlanSchema,
	comparisonPresetSchema,
	comparisonSchema,
	comparisonSummarySchema,
	comparisonTextSchema,
	extensionRoomSchema,
	extensionSchema,
	longestExport,
	presetInputSchema,
	sideBySideSchema,
} from './schema.ts';
import { sweepChoicesSchema, sweepInputSchema, sweepSchema } from './sweep.ts';

export const comparisonCalls = {
	/** Newest first. */
	list: call.output(z.object({ comparisons: z.array(comparisonSummarySchema) })),
	get: call.input(byId).output(comparisonSchema),
	/** What comparisons and runs have measured of the library's files, for those with any. */
	figures: call.output(z.object({ files: z.array(fileFiguresSchema) })),
	/** Texts that come with Assay, by kind. */
	texts: call.output(z.object({ texts: z.array(comparisonTextSchema) })),
	/** Stores the plan and starts measuring. */
	start: call.input(comparisonPlanSchema).output(comparisonSchema),
	/** Measurements are kept. */
	pause: call.input(byId).output(comparisonSchema),
	resume: call.input(byId).output(comparisonSchema),
	remove: call.input(byId).output(z.object({})),
	export: call
		.input(z.object({ id: z.int(), format: z.enum(['markdown', 'csv', 'json']) }))
		.output(z.object({ fileName: z.string(), text: z.string() })),
	/** Adds an export of another computer to the list. Returns the existing entry if it was imported before. */
	import: call.input(z.object({ text: z.string().max(longestExport) })).output(comparisonSchema),
	/** `otherId` null: the newest partner. */
	beside: call.input(z.object({ id: z.int(), otherId: z.int().nullable().default(null) })).output(sideBySideSchema),
	estimate: call.input(comparisonPlanSchema).output(comparisonEstimateSchema),
	/** Quick, normal and thorough plans for these files, with their duration estimates. */
	presets: call.input(presetInputSchema).output(z.object({ presets: z.array(comparisonPresetSchema) })),
	room: call.input(byId).output(extensionRoomSchema),
	/** The earlier measurements count until all files have the new ones. */
	grow: call.input(extensionSchema).output(comparisonSchema),
	/** Leaves a file out of the table and the verdict, or includes it again. */
	drop: call.input(z.object({ id: z.int(), candidateId: z.int(), dropped: z.boolean() })).output(comparisonSchema),
	/** Runs the same plan again as a new comparison. */
	again: call.input(byId).output(comparisonSchema),
	/** Computes the hashes of files that have none yet. */
	manifest: call.input(byId).output(comparisonManifestSchema),
};

export const sweepCalls = {
	choices: call.output(sweepChoicesSchema),
	/** The duration estimate. */
	estimate: call
		.input(sweepInputSchema)
		.output(z.object({ seconds: z.number(), words: z.string(), said: z.array(saidSchema).optional() })),
	/** Measures in the background; no chat answer is written and nothing else is measured meanwhile. */
	start: call.input(sweepInputSchema).output(jobSchema),
	/** The latest sweep, and the job that is running or failed. */
	get: call.input(byId).output(z.object({ sweep: sweepSchema.nullable(), job: jobSchema.nullable() })),
};
