import { z } from 'zod';
import { call } from '../call.ts';
import { jobSchema } from './schema.ts';

export const byJob = z.object({ jobId: z.string() });

export const jobCalls = {
	/** Newest first; of those that ended only the last few. */
	list: call.output(z.object({ jobs: z.array(jobSchema) })),
	get: call.input(byJob).output(jobSchema),
	/** Answers when nothing of it goes on any more and what it had done is undone. */
	cancel: call.input(byJob).output(jobSchema),
};
