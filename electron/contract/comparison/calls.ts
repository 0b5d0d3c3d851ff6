import { z } from 'zod';
import { byId, call } from '../call.ts';
import { jobSchema } from '../jobs/schema.ts';
import {
	byComparisonId,
	comparisonEstimateSchema,
	comparisonManifestSchema,
	comparisonPlanSchema,
	comparisonSchema,
	comparisonSummarySchema,
	comparisonTextSchema,
	extensionRoomSchema,
	extensionSchema,
	longestExport,
	sideBySideSchema,
} from './schema.ts';
import { sweepChoicesSchema, sweepInputSchema, sweepSchema } from './sweep.ts';

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

export const comparisonEstimateCalls = {
	estimate: call.input(comparisonPlanSchema).output(comparisonEstimateSchema),
};

/** Comparisons that leave this computer, or come from another. */
export const comparisonImportExportCalls = {
	export: call
		.input(z.object({ id: z.int(), format: z.enum(['markdown', 'csv', 'json']) }))
		.output(z.object({ fileName: z.string(), text: z.string() })),
	/** Keeps an export of another computer in the list. One that is there already is answered with. */
	import: call.input(z.object({ text: z.string().max(longestExport) })).output(comparisonSchema),
	/** `otherId` null: the newest partner. */
	beside: call.input(z.object({ id: z.int(), otherId: z.int().nullable().default(null) })).output(sideBySideSchema),
};

/** A comparison that is there already: measured on more, on fewer files, or once more. */
export const comparisonExtensionCalls = {
	room: call.input(byId).output(extensionRoomSchema),
	/** What was measured stands until all files were measured on more. */
	grow: call.input(extensionSchema).output(comparisonSchema),
	/** Leaves a file out of the table and the verdict, or takes it in again. */
	drop: call.input(z.object({ id: z.int(), candidateId: z.int(), dropped: z.boolean() })).output(comparisonSchema),
	/** The same plan once more, as a comparison of its own. */
	again: call.input(byId).output(comparisonSchema),
};

export const comparisonManifestCalls = {
	/** Hashes of files are computed where they are not known yet. */
	manifest: call.input(byId).output(comparisonManifestSchema),
};

export const sweepCalls = {
	choices: call.output(sweepChoicesSchema),
	/** What it would take. */
	estimate: call.input(sweepInputSchema).output(z.object({ seconds: z.number(), words: z.string() })),
	/** Measures in the background; nobody chats meanwhile, and nothing else is measured. */
	start: call.input(sweepInputSchema).output(jobSchema),
	/** What was measured last, and the measuring that is under way or failed. */
	get: call.input(byId).output(z.object({ sweep: sweepSchema.nullable(), job: jobSchema.nullable() })),
};
