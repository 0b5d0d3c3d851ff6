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

/** A list of millions takes seconds to look through: answers at once with what is known; `looked` says how far that is. */
const partial = z.boolean().default(false);

/** Where samples from conversations go. */
const intoSchema = z.union([byDataset, z.object({ name: datasetNameSchema })]);

/**
 * Whatever changes samples works on the dataset's draft, begins one where there is none, and answers when it is done;
 * in large datasets a job `dataset-change` tells of it meanwhile. While files come in, changes fail with `dataset-busy`.
 */
export const datasetCalls = {
	/** By name, those that come with Assay after the person's own. `deleted`: only those in the trash. */
	list: call
		.input(z.object({ deleted: z.boolean().default(false) }).prefault({}))
		.output(z.object({ datasets: z.array(datasetSchema) })),
	/** Versions newest first. Fails with `dataset-unknown`. */
	get: call.input(byId).output(z.object({ dataset: datasetSchema, versions: z.array(versionSchema) })),
	/** With an empty draft. Fails with `dataset-name-taken`. */
	create: call
		.input(z.object({ name: datasetNameSchema, description: z.string().max(10_000).default('') }))
		.output(datasetSchema),
	/** Fails with `dataset-name-taken`. */
	rename: call
		.input(byId.extend({ name: datasetNameSchema, description: z.string().max(10_000).optional() }))
		.output(datasetSchema),
	/** A dataset of its own with what the version holds; the way to change one that comes with Assay and keep it, too. */
	copy: call.input(byVersion.extend({ name: datasetNameSchema })).output(datasetSchema),
	/** To the trash. */
	remove: call.input(byId).output(datasetSchema),
	restore: call.input(byId).output(datasetSchema),
	/** Deletes what is in the trash for good; `ids` null: all of it. Those that runs were made with stay. */
	empty: call
		.input(z.object({ ids: z.array(z.int()).max(10_000).nullable() }))
		.output(z.object({ datasets: z.int(), kept: z.array(z.string()) })),

	versions: {
		get: call.input(byVersion).output(versionSchema),
		/** The draft, begun where there is none. */
		draft: call.input(byDataset).output(versionSchema),
		/** The draft becomes a version that never changes. Without changes in the draft the newest version is answered. */
		freeze: call.input(byDataset.extend({ note })).output(versionSchema),
		/** Drops the draft; answers with the newest version. Fails with `no-version-left` where there is no other. */
		discard: call.input(byDataset).output(versionSchema),
		/** A draft with what an earlier version held, in the place of the present draft. */
		bringBack: call.input(byVersion).output(versionSchema),
		/** For good. Fails with `version-used` where a run was made with it, `no-version-left` for the only one. */
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
		/** A window of the list. `total` is what the filter leaves of what was looked through. Fails with `version-unknown`. */
		list: call
			.input(
				byVersion
					.extend(filterInput.shape)
					.extend({ offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100), partial }),
			)
			.output(z.object({ rows: z.array(sampleRowSchema), total: z.int(), looked: z.number(), revision: z.int() })),
		/** Whole. Fails with `sample-unknown`. */
		get: call.input(byVersion.extend({ sampleId: z.int() })).output(sampleSchema),
		/** Its index in the list; null: the filter leaves it out. */
		locate: call
			.input(byVersion.extend(filterInput.shape).extend({ sampleId: z.int() }))
			.output(z.object({ index: z.int().nullable() })),
		facets: call.input(byVersion).output(facetsSchema),
		/** At the end. */
		add: call
			.input(byDataset.extend({ samples: z.array(newSampleSchema).min(1).max(1_000) }))
			.output(changeSchema.extend({ ids: z.array(z.int()) })),
		/** `sampleId` of any version: the sample of the same key in the draft changes. Its id may be another one then. */
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
		/** Takes a change back. Fails with `undo-unknown`. */
		undo: call.input(z.object({ undoId: z.string() })).output(versionSchema),
	},

	imports: {
		/** Looks into files by their paths (folders too), uploads, or a text that was pasted. A job; then `previewed`. */
		preview: call
			.input(
				z.union([
					z.object({ paths: z.array(z.string().min(1)).min(1).max(1_000) }),
					z.object({ uploadId: z.string().min(1).max(100) }),
					z.object({ text: z.string().min(1).max(20_000_000), name: z.string().max(200).default('pasted') }),
				]),
			)
			.output(jobSchema),
		/** Of a preview job that is done. */
		previewed: call.input(byJob).output(importPreviewSchema),
		/** The same again with other columns or another cut into cells; also after a preview failed with `table-unreadable`. */
		reread: call
			.input(
				byJob.extend({
					mapping: mappingSchema.nullable().default(null),
					table: tableOptionsSchema.nullable().default(null),
				}),
			)
			.output(importPreviewSchema),
		/** Brings in what a preview found: all of it or, where it is cancelled, fails or is killed, nothing. */
		start: call.input(z.object({ previewId: z.string() }).extend(importOptionsSchema.shape)).output(jobSchema),
		/** Of an import that is done. */
		report: call.input(byJob).output(importReportSchema),
		discard: call.input(z.object({ previewId: z.string() })).output(z.object({})),
	},

	fromConversations: {
		/**
		 * An answer's prompt path as input; its correction as target, else, rated up or `approve`d, the answer itself. Fails
		 * with `no-target` where neither is known.
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
					/** The draft holds this very sample already; nothing changed. */
					known: z.boolean(),
				}),
			),
		/** Every answer that the filter leaves and that has a target. */
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
					/** Were there already. */
					known: z.int(),
					/** Answers without a target. */
					leftOut: z.int(),
				}),
			),
		/** Which datasets hold a sample of these messages in their newest version. */
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
		/** A job; then `report`. */
		start: call.input(checkInputSchema).output(jobSchema),
		report: call.input(byJob).output(checkReportSchema),
		/** Of every pair that a check found, the later sample goes. 'near' takes exact ones with it. */
		removeDuplicates: call
			.input(byJob.extend({ which: z.enum(['exact', 'near']), keepNumberVariants: z.boolean().default(true) }))
			.output(changeSchema),
		/**
		 * Puts [email], [phone], [iban], [card], [ip] in the place of what is found, in every text of the samples. Earlier
		 * versions still hold it until they are removed.
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

	/** A file of what the filter leaves; a job, then `exported`. */
	export: call
		.input(byVersion.extend(filterInput.shape).extend({ format: datasetExportFormatSchema }))
		.output(jobSchema),
	exported: call.input(byJob).output(exportedDatasetSchema),
};
