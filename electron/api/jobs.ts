import type { Jobs } from '../jobs/jobs.ts';
import type { Implementer } from './implementer.ts';

export function jobHandlers({ jobs: calls }: Implementer, jobs: Jobs) {
	return {
		list: calls.list.handler(() => ({ jobs: [...jobs.list()] })),
		get: calls.get.handler(({ input }) => jobs.get(input.jobId)),
		cancel: calls.cancel.handler(({ input }) => jobs.cancel(input.jobId)),
	};
}
