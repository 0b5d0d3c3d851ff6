import { z } from 'zod';
import { call } from '../call.ts';
import { jobSchema } from '../jobs/schema.ts';
import { exportedFileSchema, exportFormatSchema, importReportSchema } from './schema.ts';

export const byJob = z.object({ jobId: z.string() });

export const importExportCalls = {
	/** Looks through files and changes nothing: files or folders by their paths, or what was uploaded. */
	preview: call
		.input(
			z
				.object({ paths: z.array(z.string().min(1)).min(1).max(10_000) })
				.or(z.object({ uploadId: z.string().min(1).max(100) })),
		)
		.output(jobSchema),
	/** Brings in what a preview found. All of it or, where it is cancelled or fails, nothing. */
	import: call.input(z.object({ previewId: z.string() })).output(jobSchema),
	/** Of a preview or import that is done. */
	report: call.input(byJob).output(importReportSchema),
	/** Lets go of a preview and of what was uploaded for it. */
	discard: call.input(z.object({ previewId: z.string() })).output(z.object({})),
	/** Writes conversations to a file. `ids` null: all that are not in the trash. */
	export: call
		.input(z.object({ ids: z.array(z.int()).min(1).max(1_000_000).nullable(), format: exportFormatSchema }))
		.output(jobSchema),
	/** Of an export that is done. */
	exported: call.input(byJob).output(exportedFileSchema),
};
