import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';

/** Work that takes long enough to watch and cancel. Jobs live as long as the application runs. */
export const jobSchema = z.object({
	id: z.string(),
	kind: z.enum([
		'preview',
		'import',
		'export',
		'evaluation',
		'dataset-preview',
		'dataset-import',
		'dataset-export',
		'dataset-check',
		'dataset-change',
		'scan',
		'quantise',
		'merge',
		'sweep',
		'indexing',
		'embedding-model',
	]),
	/** What the job works on, in words: "conversations.json", "312 conversations". */
	title: z.string(),
	state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
	/** Amount done, in `unit`; `total` is null until it is known. */
	done: z.number(),
	total: z.number().nullable(),
	unit: z.enum(['bytes', 'conversations', 'samples', 'files', 'tensors', 'chunks', 'tokens', 'documents']),
	/** In `unit` per second over the last seconds; null until it is known. */
	rate: z.number().nullable(),
	/** Available after 3 s at the earliest, and only if it can be estimated. */
	secondsLeft: z.number().nullable(),
	startedAt: z.int(),
	endedAt: z.int().nullable(),
	failure: failureSchema.nullable(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export type Job = z.infer<typeof jobSchema>;
