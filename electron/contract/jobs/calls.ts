import { z } from 'zod';
import { call } from '../call.ts';
import { jobSchema } from './schema.ts';

export const byJob = z.object({ jobId: z.string() });

export const jobCalls = {
	/** Newest first; only the last few of those that ended. */
	list: call.output(z.object({ jobs: z.array(jobSchema) })),
	get: call.input(byJob).output(jobSchema),
	/** Cancels the job. Returns once it has stopped and undone its changes. */
	cancel: call.input(byJob).output(jobSchema),
};
