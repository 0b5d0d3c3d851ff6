import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { byId, call } from '../call.ts';
import { jobSchema } from '../jobs/schema.ts';
import { configFileLimit, configFileSchema } from './config-file.ts';
import { runConfigSchema } from './run-config.ts';
import {
	chatUseSchema,
	estimateSchema,
	handScoreInputSchema,
	handScoreSchema,
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

/** A config file as resolved on this computer: a config without the parts that this library does not have. */
export const resolvedConfigSchema = z.object({
	config: runConfigSchema.extend({
		dataset: runConfigSchema.shape.dataset.extend({ datasetId: z.int().nullable() }),
		promptVersionIds: z.array(z.int()),
		modelFileIds: z.array(z.int()),
	}),
	/** What is missing, and why; empty: the config can run. A judge whose model is missing has the model 0. */
	problems: z.array(failureSchema),
	/** What reading the file changed, for people: "Prompt “Triage” version 2 added". */
	notes: z.array(z.string()),
});

const configFileCalls = {
	/** The config as a file for `assay eval run`. */
	write: call.input(runConfigSchema).output(z.object({ fileName: z.string(), text: z.string() })),
	/** Reads the text of a file and adds the prompts in it to the library. Throws Failure `config-invalid`. */
	read: call
		.input(z.object({ text: z.string().max(configFileLimit), name: z.string().max(500) }))
		.output(resolvedConfigSchema),
	/** Like `read`, for a file that is parsed already. */
	resolve: call.input(z.object({ file: configFileSchema })).output(resolvedConfigSchema),
};

export type ResolvedConfig = z.infer<typeof resolvedConfigSchema>;

export const evaluationExportSchema = z.enum(['json', 'csv', 'junit', 'inspect', 'promptfoo', 'config']);
export type EvaluationExport = z.infer<typeof evaluationExportSchema>;

const armIds = z.array(z.int()).min(2).max(8);

/** Every call on one run throws Failure `run-unknown` if there is no such run. */
export const evaluationCalls = {
	/** Also reports what is wrong with a config: missing variables, examples that are among the tested rows, …. */
	estimate: call.input(runConfigSchema).output(estimateSchema),
	configFile: configFileCalls,
	/** The prompt that a model would get for one sample, including examples. */
	preview: call.input(planPreviewInputSchema).output(planPreviewSchema),
	/**
	 * Tries the technique's extraction rule on the newest outputs of the dataset's runs. Throws Failure
	 * `pattern-invalid`.
	 */
	tryExtraction: call
		.input(z.object({ datasetId: z.int(), technique: techniqueSchema, source: trialSourceSchema.default(null) }))
		.output(extractionTrialSchema),
	/** Freezes the dataset version, writes the manifest and starts the run. */
	start: call.input(runConfigSchema).output(runSchema),
	/**
	 * Newest first: the newest 500 and every marked baseline; runs in the trash only on request. `before`: the 500 that
	 * are older than the `next` of the previous answer, which is null if there are no more.
	 */
	list: call
		.input(z.object({ trash: z.boolean().default(false), before: z.int().nullable().default(null) }))
		.output(z.object({ runs: z.array(runSummarySchema), next: z.int().nullable() })),
	get: call.input(byId).output(runSchema),
	rename: call.input(byId.extend({ name: z.string().min(1).max(500) })).output(runSummarySchema),
	rows: call.input(rowsInputSchema).output(rowPageSchema),
	/** Returns an arm's settings for use in chat, and how they differ from the measured ones. */
	chatUse: call.input(z.object({ armId: z.int() })).output(chatUseSchema),
	/** A sample with each arm's full answer; the first arm gives the position. */
	row: call
		.input(
			z.object({ arms: z.array(z.int()).min(1).max(8), position: z.int().min(0), epoch: z.int().min(0).default(0) }),
		)
		.output(rowDetailSchema),
	/**
	 * Stores a person's score of an output next to those of the run's scorers. Returns the score before, to undo it.
	 * Throws Failure `arm-unknown`, `row-unknown`, `scorer-name-taken`.
	 */
	scoreByHand: call.input(handScoreInputSchema).output(z.object({ before: handScoreSchema.nullable() })),
	/**
	 * Resolves once nothing is being measured for the run. Rows are kept; the current shard is measured again later.
	 */
	pause: call.input(byId).output(runSchema),
	/** Continues with what is not measured yet, also after a failure or a cancellation. */
	resume: call.input(byId).output(runSchema),
	/** Measures the shards of failed rows again, and checks that the other rows come out the same. */
	retry: call.input(byId).output(runSchema),
	/** Ends the run for good and keeps its measurements. */
	cancel: call.input(byId).output(runSchema),
	/** Pauses the run and moves it to the trash. */
	remove: call.input(byId).output(runSummarySchema),
	restore: call.input(byId).output(runSummarySchema),
	/** Erases a run for good; only from the trash. */
	erase: call.input(byId).output(z.object({})),
	/** Estimates re-scoring the outputs of a run. Throws what `mark` throws. */
	planMark: call.input(rescoreInputSchema).output(rescorePlanSchema),
	/**
	 * Starts a new run that re-scores the outputs of this one, with other scorers or another extraction rule; generates
	 * nothing. Throws Failure `run-under-way`, `run-without-outputs`, `scorer-fits-nothing`, `extraction-fits-nothing`.
	 */
	mark: call.input(rescoreInputSchema).output(runSchema),
	/**
	 * Starts a new run of the same manifest. Throws Failure `run-not-repeatable`, which names what has changed, or
	 * `run-marked` for a run that generated nothing.
	 */
	repeat: call.input(byId).output(runSchema),
	/**
	 * Starts a job that measures a shard in a fresh process, kills another midway, measures again, and compares token
	 * by token with the run's answers. Sets `repeatable` and its note.
	 */
	selfTest: call.input(byId).output(jobSchema),
	/** The run that others on its dataset are compared with; one per dataset. */
	setBaseline: call.input(byId.extend({ baseline: z.boolean() })).output(runSummarySchema),
	/** The others are compared with the first arm. */
	compare: call
		.input(z.object({ arms: armIds, scorer: z.string().nullable().default(null) }))
		.output(runComparisonSchema),
	/** Exports in pieces, to be joined in order until `next` is null. */
	export: call
		.input(
			byId.extend({
				format: evaluationExportSchema,
				/** null: every arm; an Inspect log holds one. */
				armId: z.int().nullable().default(null),
				after: z.int().nullable().default(null),
			}),
		)
		.output(z.object({ fileName: z.string(), text: z.string(), next: z.int().nullable() })),
};

export const judgeCalls = {
	/**
	 * Lets a judge score rated chat answers and reports its agreement with the ratings. Ends with `done`; leaving the
	 * stream stops it. Fails with `too-few-ratings`.
	 */
	check: call.input(judgeCheckInputSchema).output(eventIterator(judgeCheckUpdateSchema)),
};
