import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import type { Job } from '../contract/jobs/schema.ts';
import type { ToolCall } from './tool.ts';

/** How often long work is looked at, ms. */
const pollMs = 200;

/**
 * Looks at long work until it ends. When the call is cancelled, it is stopped, and the signal's reason thrown.
 */
export async function untilEnded<Work>(
	{ signal }: Pick<ToolCall, 'signal'>,
	started: Work,
	{
		isRunning,
		look,
		stop,
		tell,
	}: {
		readonly isRunning: (work: Work) => boolean;
		readonly look: () => Promise<Work>;
		readonly stop: () => Promise<unknown>;
		readonly tell: (work: Work) => void;
	},
): Promise<Work> {
	let work = started;
	while (isRunning(work)) {
		tell(work);
		await sleep(pollMs, undefined, { signal }).catch(() => {});
		if (signal.aborted) {
			await stop();
			signal.throwIfAborted();
		}
		work = await look();
	}
	return work;
}

/** Waits for a job. Throws its Failure. */
export async function untilJobEnded(call: ToolCall, started: Job, words: string): Promise<Job> {
	const { client, report } = call;
	const jobId = started.id;
	const job = await untilEnded(call, started, {
		isRunning: ({ endedAt }) => endedAt === null,
		look: () => client.jobs.get({ jobId }),
		stop: () => client.jobs.cancel({ jobId }),
		tell: ({ done, total, unit }) => report(done, total, `${words}: ${done} ${unit}`),
	});
	if (job.failure !== null) throw new Failure(job.failure);
	return job;
}
