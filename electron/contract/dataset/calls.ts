import { z } from 'zod';
import { byId, call } from '../call.ts';
import { feedbackFilterSchema } from '../feedback/schema.ts';
import { jobSchema } from '../jobs/schema.ts';
import {
	changeSchema,
	checkInputSchema,
	checkReportSchema,
	datasetExportFormatSchema,
	datasetNameSchema,
	datasetSchema,
	exportedDatasetSchema,
	facetsSchema,
	importOptionsSchema,
	importPreviewSchema,
	importReportSchema,
	mappingSchema,
	newSampleSchema,
	personalKindSchema,
	randomSplitSchema,
	sampleEditSchema,
	sampleFilterSchema,
	sampleRowSchema,
	sampleSchema,
	sampleTagSchema,
	selectionSchema,
	splitNameSchema,
	tableOptionsSchema,
	tagChangeSchema,
	versionDiffSchema,
	versionSchema,
} from './schema.ts';

const byDataset = z.object({ datasetId: z.int() });
const byVersion = z.object({ versionId: z.int() });
const byJob = z.object({ jobId: z.string() });
const filterInput = z.object({ filter: sampleFilterSchema.prefault({}) });
const note = z.string().max(2_000).default('');

/**
 * Scanning millions of samples takes seconds; with `partial` the call returns at once with what is known, and `looked`
 * is the share scanned so far.
 */
const partial = z.boolean().default(false);

/** Target dataset for samples from conversations. */
const intoSchema = z.union([byDataset, z.object({ name: datasetNameSchema })]);

/**
 * Calls that change samples edit the dataset's draft, create one if there is none, and return when they are done; in
 * large datasets a job `dataset-change` reports their progress. During an import, changes fail with `dataset-busy`.
 */
export const datasetCalls = {
	/**
	 * Sorted by name, the user's own datasets before those that come with Assay. `deleted`: only those in the trash.
	 */
	list: call
		.input(z.object({ deleted: z.boolean().default(false) }).prefault({}))
		.output(z.object({ datasets: z.array(datasetSchema) })),
	/** Versions newest first. Fails with `dataset-unknown`. */
	get: call.input(byId).output(z.object({ dataset: datasetSchema, versions: z.array(versionSchema) })),
	/** Creates a dataset with an empty draft. Fails with `dataset-name-taken`. */
	create: call
		.input(z.object({ name: datasetNameSchema, description: z.string().max(10_000).default('') }))
		.output(datasetSchema),
	/** Fails with `dataset-name-taken`. */
	rename: call
		.input(byId.extend({ name: datasetNameSchema, description: z.string().max(10_000).optional() }))
		.output(datasetSchema),
	/**
	 * Creates a new dataset with the content of the version. This is how to change one that comes with Assay and keep
	 * the original.
	 */
	copy: call.input(byVersion.extend({ name: datasetNameSchema })).output(datasetSchema),
	/** Moves the conversation to the trash. */
	remove: call.input(byId).output(datasetSchema),
	restore: call.input(byId).output(datasetSchema),
	/** Permanently deletes items in the trash; `ids` null: all of them. Keeps those that a run used. */
	empty: call
		.input(z.object({ ids: z.array(z.int()).max(10_000).nullable() }))
		.output(z.object({ datasets: z.int(), kept: z.array(z.string()) })),

	versions: {
		get: call.input(byVersion).output(versionSchema),
		/** Returns the draft, creating it if there is none. */
		draft: call.input(byDataset).output(versionSchema),
		/**
		 * Turns the draft into a version that never changes. Returns the newest version if the draft has no changes.
		 */
		freeze: call.input(byDataset.extend({ note })).output(versionSchema),
		/** Discards the draft and returns the newest version. Fails with `no-version-left` if there is none. */
		discard: call.input(byDataset).output(versionSchema),
		/** Replaces the draft with a copy of an earlier version. */
		bringBack: call.input(byVersion).output(versionSchema),
		/**
		 * Deletes the version permanently. Fails with `version-used` if a run used it, `no-version-left` if it is the
		 * only one.
		 */
		remove: call.input(byVersion).output(z.object({})),
		/** Rows in the order of the newer version, removed ones last. */
		diff: call
			.input(
				z.object({
					fromVersionId: z.int(),
					toVersionId: z.int(),
					offset: z.int().min(0).default(0),
					limit: z.int().min(0).max(1_000).default(200),
					partial,
				}),
			)
			.output(versionDiffSchema),
	},

	samples: {
		/**
		 * Returns a window of the list. `total` counts the matches in the part scanned so far. Fails with
		 * `version-unknown`.
		 */
		list: call
			.input(
				byVersion
					.extend(filterInput.shape)
					.extend({ offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100), partial }),
			)
			.output(z.object({ rows: z.array(sampleRowSchema), total: z.int(), looked: z.number(), revision: z.int() })),
		/** Returns the whole sample. Fails with `sample-unknown`. */
		get: call.input(byVersion.extend({ sampleId: z.int() })).output(sampleSchema),
		/** Returns the sample's index in the list; null if the filter excludes it. */
		locate: call
			.input(byVersion.extend(filterInput.shape).extend({ sampleId: z.int() }))
			.output(z.object({ index: z.int().nullable() })),
		facets: call.input(byVersion).output(facetsSchema),
		/** Appends the sample. */
		add: call
			.input(byDataset.extend({ samples: z.array(newSampleSchema).min(1).max(1_000) }))
			.output(changeSchema.extend({ ids: z.array(z.int()) })),
		/**
		 * Changes the draft's sample with the same key as `sampleId`, which may be of any version. The id may change.
		 */
		edit: call
			.input(byDataset.extend({ sampleId: z.int(), edit: sampleEditSchema }))
			.output(changeSchema.extend({ sample: sampleSchema })),
		remove: call.input(byDataset.extend({ selection: selectionSchema })).output(changeSchema),
		tag: call
			.input(byDataset.extend({ selection: selectionSchema }).extend(tagChangeSchema.shape))
			.output(changeSchema),
		assignSplit: call
			.input(byDataset.extend({ selection: selectionSchema, split: splitNameSchema }))
			.output(changeSchema),
		randomSplit: call
			.input(byDataset.extend({ selection: selectionSchema.optional() }).extend(randomSplitSchema.shape))
			.output(changeSchema.extend({ splits: z.array(z.object({ split: z.string(), count: z.int() })) })),
		/** Undoes a change. Fails with `undo-unknown`. */
		undo: call.input(z.object({ undoId: z.string() })).output(versionSchema),
	},

	imports: {
		/** Previews files by path (folders too), uploads, or pasted text. Starts a job; then call `previewed`. */
		preview: call
			.input(
				z.union([
					z.object({ paths: z.array(z.string().min(1)).min(1).max(1_000) }),
					z.object({ uploadId: z.string().min(1).max(100) }),
					z.object({ text: z.string().min(1).max(20_000_000), name: z.string().max(200).default('pasted') }),
				]),
			)
			.output(jobSchema),
		/** Returns the result of a finished preview job. */
		previewed: call.input(byJob).output(importPreviewSchema),
		/**
		 * Repeats the preview with other columns or table options; also possible after a preview failed with
		 * `table-unreadable`.
		 */
		reread: call
			.input(
				byJob.extend({
					mapping: mappingSchema.nullable().default(null),
					table: tableOptionsSchema.nullable().default(null),
				}),
			)
			.output(importPreviewSchema),
		/** Imports what a preview found: all of it, or nothing if the import is cancelled, fails or is killed. */
		start: call.input(z.object({ previewId: z.string() }).extend(importOptionsSchema.shape)).output(jobSchema),
		/** Returns the report of a finished import. */
		report: call.input(byJob).output(importReportSchema),
		discard: call.input(z.object({ previewId: z.string() })).output(z.object({})),
	},

	fromConversations: {
		/**
		 * Adds an answer: its prompt path is the input; the target is its correction, or the answer itself if it was
		 * rated up or `approve`d. Fails with `no-target` otherwise.
		 */
		message: call
			.input(
				z.object({
					messageId: z.int(),
					into: intoSchema,
					approve: z.boolean().default(false),
					split: splitNameSchema.optional(),
					tags: z.array(sampleTagSchema).max(16).default([]),
				}),
			)
			.output(
				changeSchema.extend({
					dataset: datasetSchema,
					sample: sampleSchema,
					/** true: the draft already contains this exact sample, and nothing changed. */
					known: z.boolean(),
				}),
			),
		/** Adds every answer that matches the filter and has a target. */
		feedback: call
			.input(
				z.object({
					filter: feedbackFilterSchema.prefault({}),
					into: intoSchema,
					split: splitNameSchema.optional(),
					tags: z.array(sampleTagSchema).max(16).default([]),
				}),
			)
			.output(
				changeSchema.extend({
					dataset: datasetSchema,
					/** Number of samples that were already present. */
					known: z.int(),
					/** Number of answers without a target. */
					leftOut: z.int(),
				}),
			),
		/** Lists the datasets whose newest version contains a sample of these messages. */
		of: call.input(z.object({ messageIds: z.array(z.int()).max(1_000) })).output(
			z.object({
				uses: z.array(
					z.object({
						messageId: z.int(),
						datasetId: z.int(),
						datasetName: z.string(),
						versionId: z.int(),
						sampleId: z.int(),
					}),
				),
			}),
		),
	},

	checks: {
		/** Starts a job; then call `report`. */
		start: call.input(checkInputSchema).output(jobSchema),
		report: call.input(byJob).output(checkReportSchema),
		/** Removes the later sample of every pair that a check found. 'near' includes exact duplicates. */
		removeDuplicates: call
			.input(byJob.extend({ which: z.enum(['exact', 'near']), keepNumberVariants: z.boolean().default(true) }))
			.output(changeSchema),
		/**
		 * Replaces findings in every text of the samples with [email], [phone], [iban], [card], [ip]. Earlier versions
		 * still contain them until they are removed.
		 */
		redact: call
			.input(
				byDataset.extend({
					kinds: z.array(personalKindSchema).min(1),
					selection: selectionSchema.optional(),
				}),
			)
			.output(changeSchema.extend({ replaced: z.int() })),
	},

	/** Writes the samples that match the filter to a file. Starts a job; then call `exported`. */
	export: call
		.input(byVersion.extend(filterInput.shape).extend({ format: datasetExportFormatSchema }))
		.output(jobSchema),
	exported: call.input(byJob).output(exportedDatasetSchema),
};
