import { z } from 'zod';

/**
 * 'jsonl': everything of each sample, to import again. 'messages': input and target as turns, for fine-tuning.
 * 'preference': prompt, chosen, rejected, of samples that know a worse answer. 'promptfoo': tests in YAML.
 * 'inspect': samples of Inspect AI in JSON Lines.
 */
export const datasetExportFormatSchema = z.enum(['jsonl', 'messages', 'preference', 'csv', 'promptfoo', 'inspect']);

/** A file that was made and waits to be fetched. */
export const exportedDatasetSchema = z.object({
	fileName: z.string(),
	sizeBytes: z.int(),
	samples: z.int(),
	/** Samples that say nothing in this format, such as one without a target in 'messages'. */
	leftOut: z.int(),
	/** Where it lies now; whoever takes it away may move it. */
	path: z.string(),
	/** For one download within a minute, as `download/<ticket>` of the browser host. */
	ticket: z.string(),
});

export type DatasetExportFormat = z.infer<typeof datasetExportFormatSchema>;
export type ExportedDataset = z.infer<typeof exportedDatasetSchema>;
