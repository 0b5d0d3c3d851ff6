import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { byId, call } from '../call.ts';
import { jobSchema } from '../jobs/schema.ts';
import { configFileLimit, configFileSchema } from './config-file.ts';
import { runConfigSchema } from './run-config.ts';
import {
	estimateSchema,
	judgeCheckInputSchema,
	judgeCheckUpdateSchema,
	planPreviewInputSchema,
	planPreviewSchema,
	rescoreInputSchema,
	rescorePlanSchema,
	rowDetailSchema,
	rowPageSchema,
	rowsInputSchema,
	runComparisonSchema,
	runSchema,
	runSummarySchema,
} from './schema.ts';
import { extractionTrialSchema, techniqueSchema, trialSourceSchema } from './technique.ts';

/** What a config file means here: a config in which that is missing which this library does not have. */
export const resolvedConfigSchema = z.object({
	config: runConfigSchema.extend({
		dataset: runConfigSchema.shape.dataset.extend({ datasetId: z.int().nullable() }),
		promptVersionIds: z.array(z.int()),
		modelFileIds: z.array(z.int()),
	}),
	/** What is missing, and why; none: the config can run. A judge whose model is missing has the model 0. */
	problems: z.array(failureSchema),
	/** What was done for it, for people: "Prompt “Triage” version 2 added". */
	notes: z.array(z.string()),
});

const configFileCalls = {
	/** The config as a file that `assay eval run` reads. */
	write: call.input(runConfigSchema).output(z.object({ fileName: z.string(), text: z.string() })),
	/** Reads a file's text; prompts written in it are added to the library. Throws Failure `config-invalid`. */
	read: call
		.input(z.object({ text: z.string().max(configFileLimit), name: z.string().max(500) }))
		.output(resolvedConfigSchema),
	/** As `read`, of a file that is read already. */
	resolve: call.input(z.object({ file: configFileSchema })).output(resolvedConfigSchema),
};

export type ResolvedConfig = z.infer<typeof resolvedConfigSchema>;

export const evaluationExportSchema = z.enum(['json', 'csv', 'junit', 'inspect', 'promptfoo', 'config']);
export type EvaluationExport = z.infer<typeof evaluationExportSchema>;

const armIds = z.array(z.int()).min(2).max(8);

/** Every call on one run throws Failure `run-unknown` where there is none. */
export const evaluationCalls = {
	/** Also says what is wrong with a config: variables that are missing, examples that are tested rows, …. */
	estimate: call.input(runConfigSchema).output(estimateSchema),
	configFile: configFileCalls,
	/** What a model would be asked for one sample, examples included. */
	preview: call.input(planPreviewInputSchema).output(planPreviewSchema),
	/** What the technique's rule finds in the newest outputs of the dataset's runs. Throws Failure `pattern-invalid`. */
	tryExtraction: call
		.input(z.object({ datasetId: z.int(), technique: techniqueSchema, source: trialSourceSchema.default(null) }))
		.output(extractionTrialSchema),
	/** Freezes what it uses, writes the manifest and begins. */
	start: call.input(runConfigSchema).output(runSchema),
	/**
	 * Newest first, the newest 500 and every marked baseline; those in the trash only where asked for. `before`: the
	 * 500 that are older than `next` of the answer before, which is null where there are no more.
	 */
	list: call
		.input(z.object({ trash: z.boolean().default(false), before: z.int().nullable().default(null) }))
		.output(z.object({ runs: z.array(runSummarySchema), next: z.int().nullable() })),
	get: call.input(byId).output(runSchema),
	rename: call.input(byId.extend({ name: z.string().min(1).max(500) })).output(runSummarySchema),
	rows: call.input(rowsInputSchema).output(rowPageSchema),
	/** A sample with everything that each of the arms answered; the first arm gives the position. */
	row: call
		.input(
			z.object({ arms: z.array(z.int()).min(1).max(8), position: z.int().min(0), epoch: z.int().min(0).default(0) }),
		)
		.output(rowDetailSchema),
	/** Resolves when nothing is measured for it any more; rows are kept, the shard under way is done again later. */
	pause: call.input(byId).output(runSchema),
	/** Goes on with what is not measured yet, also after a failure or a cancelling. */
	resume: call.input(byId).output(runSchema),
	/** Measures the shards of failed rows once more, and checks that the others come out the same. */
	retry: call.input(byId).output(runSchema),
	/** Ends it for good; what is measured is kept. */
	cancel: call.input(byId).output(runSchema),
	/** Into the trash, pausing it first. */
	remove: call.input(byId).output(runSummarySchema),
	restore: call.input(byId).output(runSummarySchema),
	/** For ever; only what is in the trash. */
	erase: call.input(byId).output(z.object({})),
	/** What marking the outputs of a run again would take. Throws what `mark` throws. */
	planMark: call.input(rescoreInputSchema).output(rescorePlanSchema),
	/**
	 * A new run with the outputs of this one, marked by other scorers or after another rule found the answer; nothing is
	 * generated. Throws Failure `run-under-way`, `run-without-outputs`, `scorer-fits-nothing`, `extraction-fits-nothing`.
	 */
	mark: call.input(rescoreInputSchema).output(runSchema),
	/**
	 * A new run of the same manifest. Throws Failure `run-not-repeatable` naming what is no longer the same, `run-marked`
	 * where there is nothing that it generated.
	 */
	repeat: call.input(byId).output(runSchema),
	/**
	 * A job: measures a shard in a fresh process, kills another midway, measures again and compares token by token with what
	 * the run has. Sets `repeatable` and its note.
	 */
	selfTest: call.input(byId).output(jobSchema),
	/** The run that others of its dataset are shown against; one a dataset. */
	setBaseline: call.input(byId.extend({ baseline: z.boolean() })).output(runSummarySchema),
	/** The first arm is what the others are compared with. */
	compare: call
		.input(z.object({ arms: armIds, scorer: z.string().nullable().default(null) }))
		.output(runComparisonSchema),
	/** In pieces, to be put one after the other until `next` is null. */
	export: call
		.input(
			byId.extend({
				format: evaluationExportSchema,
				/** null: every arm; a log of Inspect holds one. */
				armId: z.int().nullable().default(null),
				after: z.int().nullable().default(null),
			}),
		)
		.output(z.object({ fileName: z.string(), text: z.string(), next: z.int().nullable() })),
};

export const judgeCalls = {
	/**
	 * Lets a judge mark chat answers that were rated, and says how far it agrees. Ends with `done`; leaving the stream stops
	 * it. Fails with `too-few-ratings`.
	 */
	check: call.input(judgeCheckInputSchema).output(eventIterator(judgeCheckUpdateSchema)),
};
