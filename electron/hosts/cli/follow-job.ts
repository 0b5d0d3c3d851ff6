import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../../models/contract/failure.ts';
import type { Job } from '../../contract/jobs/schema.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import type { Client } from '../transport/rpc-client.ts';
import type { CommandContext } from './command.ts';

/** How often the job is polled, ms: often at first, so that a short job costs no waiting. */
const pollMs = [10, 20, 50, 100, 200];

const barLength = 24;

/** Shows a job's progress until it ends; returns null if it was interrupted and undone. Throws the job's Failure. */
export async function followJob(
	client: Client,
	started: Job,
	doing: string,
	{ output, interrupt }: CommandContext,
): Promise<Job | null> {
	let job = started;
	for (let polls = 0; job.endedAt === null; polls += 1) {
		output.progress(`${doing} ${progressLine(job)}`);
		await wait(pollMs[Math.min(polls, pollMs.length - 1)], undefined, { signal: interrupt.signal }).catch(() => {});
		job = interrupt.signal.aborted
			? await client.jobs.cancel({ jobId: job.id })
			: await client.jobs.get({ jobId: job.id });
	}
	output.progress(null);
	if (job.failure !== null) throw new Failure(job.failure);
	return job.state === 'done' ? job : null;
}

/** "████░░ 42 %, 431 MB of 1.0 GB, 24 MB/s, 24 s left" */
export function progressLine({ done, total, unit, rate, secondsLeft, state }: Job): string {
	if (state === 'queued') return 'waiting for another import or export';
	const noun = unit === 'bytes' ? '' : unit;
	const amount = (value: number) => (unit === 'bytes' ? formatBytes(value) : `${value} ${noun}`);
	if (total === null || total === 0) return amount(done);
	const part = Math.min(1, done / total);
	return [
		`${'█'.repeat(Math.round(part * barLength)).padEnd(barLength, '░')} ${Math.floor(part * 100)} %`,
		unit === 'bytes' ? `${formatBytes(done)} of ${formatBytes(total)}` : `${done} of ${total} ${noun}`,
		...(rate === null || unit !== 'bytes' ? [] : [`${formatBytes(rate)}/s`]),
		...(secondsLeft === null ? [] : [`${Math.ceil(secondsLeft)} s left`]),
	].join(', ');
}
