import { z } from 'zod';

export const versionSchema = z.object({
	id: z.int(),
	datasetId: z.int(),
	/** Counts from 1 within the dataset. */
	number: z.int(),
	note: z.string(),
	samples: z.int(),
	/** Over its samples in order; null: a draft, which may still change. */
	sha256: z.string().nullable(),
	createdAt: z.int(),
	frozenAt: z.int().nullable(),
	/** Raised by every change of a draft. */
	revision: z.int(),
});

export const datasetSchema = z.object({
	id: z.int(),
	name: z.string(),
	description: z.string(),
	/** One that comes with Assay; null: the person's own. */
	starterId: z.string().nullable(),
	/** How many there are, the draft included. */
	versions: z.int(),
	/** The newest version, and what the list counts: the draft where there is one. */
	latest: versionSchema,
	createdAt: z.int(),
	updatedAt: z.int(),
	/** In the trash since; null: it isn't. */
	deletedAt: z.int().nullable(),
});

/** One line, unique among the datasets that are not in the trash, whatever its case. */
export const datasetNameSchema = z.string().trim().min(1).max(200);

/** One sample that is not the same in two versions. */
export const diffRowSchema = z.object({
	key: z.string(),
	kind: z.enum(['added', 'removed', 'changed', 'moved']),
	/** Their samples; null where there is none. 'moved': only the split differs. */
	fromId: z.int().nullable(),
	toId: z.int().nullable(),
	fromSplit: z.string().nullable(),
	toSplit: z.string().nullable(),
	/** Cut to `excerptLength`; of the newer sample where there is one. */
	input: z.string(),
});

export const versionDiffSchema = z.object({
	same: z.int(),
	added: z.int(),
	removed: z.int(),
	/** Samples of the same id with another content. */
	changed: z.int(),
	/** Only to another split. */
	moved: z.int(),
	/** The part that was looked through, from 0 to 1; before that there may be more rows, and fewer that are the same. */
	looked: z.number(),
	rows: z.array(diffRowSchema),
});

export type DatasetVersion = z.infer<typeof versionSchema>;
export type Dataset = z.infer<typeof datasetSchema>;
export type DiffRow = z.infer<typeof diffRowSchema>;
export type VersionDiff = z.infer<typeof versionDiffSchema>;
