import { z } from 'zod';
import { byId, call } from '../call.ts';
import {
	trainingCheckSchema,
	trainingConfigSchema,
	trainingExportFormatSchema,
	trainingPointsSchema,
	trainingRunSchema,
	trainingSummarySchema,
} from './schema.ts';

/** Every call on one run throws Failure `training-unknown` if there is no such run. */
export const trainingCalls = {
	/** Reads the samples and says what they are like, how long it takes and whether it fits. Trains nothing. */
	check: call.input(trainingConfigSchema).output(trainingCheckSchema),
	/** Freezes the dataset version, writes the manifest and starts the run. */
	start: call.input(trainingConfigSchema).output(trainingRunSchema),
	/** Newest first. */
	list: call.output(z.object({ runs: z.array(trainingSummarySchema) })),
	get: call.input(byId).output(trainingRunSchema),
	/** The loss curve after a step. */
	points: call.input(byId.extend({ after: z.int().default(0) })).output(trainingPointsSchema),
	rename: call.input(byId.extend({ name: z.string().trim().min(1).max(200) })).output(trainingSummarySchema),
	/** Writes a checkpoint; resolves once nothing is being computed for the run. */
	pause: call.input(byId).output(trainingRunSchema),
	/** Continues from the last checkpoint, also after a failure. */
	resume: call.input(byId).output(trainingRunSchema),
	/** Ends the run and keeps the best weights so far as its adapter. */
	stop: call.input(byId).output(trainingRunSchema),
	/** Ends the run and erases it with its checkpoints; an adapter in the library stays. */
	remove: call.input(byId).output(z.object({})),
	/**
	 * Measures base and adapter on the held-out samples and on other datasets, as evaluation runs. `datasetIds`: the
	 * others; null: those of the person. Throws Failure `training-without-adapter`.
	 */
	compare: call
		.input(byId.extend({ datasetIds: z.array(z.int()).max(20).nullable().default(null) }))
		.output(trainingRunSchema),
	/** New conversations use the base with this adapter. Throws Failure `training-not-compared`. */
	use: call.input(byId).output(trainingRunSchema),
	/** Writes the samples with a ready config for a program that trains elsewhere. */
	export: call
		.input(trainingConfigSchema.extend({ format: trainingExportFormatSchema, folder: z.string().min(1) }))
		.output(z.object({ files: z.array(z.string()), train: z.int(), validation: z.int() })),
};
