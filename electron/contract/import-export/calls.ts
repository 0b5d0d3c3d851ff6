import { z } from 'zod';
import { call } from '../call.ts';
import { jobSchema } from '../jobs/schema.ts';
import { exportedFileSchema, exportFormatSchema, importReportSchema } from './schema.ts';

export const byJob = z.object({ jobId: z.string() });

export const importExportCalls = {
	/** Scans files without changing anything: files or folders by path, or an upload. */
	preview: call
		.input(
			z
				.object({ paths: z.array(z.string().min(1)).min(1).max(10_000) })
				.or(z.object({ uploadId: z.string().min(1).max(100) })),
		)
		.output(jobSchema),
	/** Imports what a preview found: all of it, or nothing if the import is cancelled or fails. */
	import: call.input(z.object({ previewId: z.string() })).output(jobSchema),
	/** Returns the report of a finished preview or import. */
	report: call.input(byJob).output(importReportSchema),
	/** Discards a preview and its upload. */
	discard: call.input(z.object({ previewId: z.string() })).output(z.object({})),
	/** Writes conversations to a file. `ids` null: all outside the trash. */
	export: call
		.input(z.object({ ids: z.array(z.int()).min(1).max(1_000_000).nullable(), format: exportFormatSchema }))
		.output(jobSchema),
	/** Returns the file of a finished export. */
	exported: call.input(byJob).output(exportedFileSchema),
};
