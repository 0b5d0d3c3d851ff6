import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import { Failure } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss } from '../connection/failure.ts';
import { formatBytesOf, formatCount, formatTimeLeft } from '../design/format.ts';
import { t } from '../messages/t.ts';

/** Follows long jobs on datasets and waits for their end. */
export interface JobWatch {
	/** Running jobs on datasets. */
	readonly state: StoreApi<Readonly<Record<string, Job>>>;
	/** Applies a job that an event reported. */
	apply(job: Job): void;
	/** Fetches again after a reconnect. */
	refresh(): Promise<void>;
	/** Resolves to true when the job is done and to false when it was cancelled; rejects with its failure. */
	end(job: Job): Promise<boolean>;
	cancel(jobId: string): Promise<void>;
}

type Waiting = { readonly resolve: (done: boolean) => void; readonly reject: (failure: unknown) => void };

export function createJobWatch({ client }: Connection): JobWatch {
	const state = createStore<Readonly<Record<string, Job>>>(() => ({}));
	const waiting = new Map<string, Waiting>();

	function settle(id: string, how: (one: Waiting) => void): void {
		const one = waiting.get(id);
		waiting.delete(id);
		const { [id]: _, ...rest } = state.getState();
		state.setState(rest, true);
		if (one !== undefined) how(one);
	}

	function apply(job: Job): void {
		// Also show jobs started by another page, or by this one before a reload.
		if (!job.kind.startsWith('dataset-')) return;
		if (job.endedAt === null) {
			state.setState({ [job.id]: job });
			return;
		}
		settle(job.id, ({ resolve, reject }) => {
			if (job.state === 'failed' && job.failure !== null) reject(new Failure(job.failure));
			else resolve(job.state === 'done');
		});
	}

	async function ask(id: string): Promise<void> {
		try {
			apply(await client.jobs.get({ jobId: id }));
		} catch (error) {
			// A lost connection asks again after the reconnect; a restarted application does not know the job.
			if (!isConnectionLoss(error)) settle(id, ({ reject }) => reject(error));
		}
	}

	return {
		state,
		apply,
		async refresh() {
			try {
				for (const job of (await client.jobs.list()).jobs) apply(job);
			} catch {
				// The next connection asks again.
			}
			await Promise.all([...waiting.keys()].map(ask));
		},
		end(job) {
			return new Promise<boolean>((resolve, reject) => {
				waiting.set(job.id, { resolve, reject });
				apply(job);
				// The job may have ended before its id was known here.
				if (waiting.has(job.id)) void ask(job.id);
			});
		},
		async cancel(jobId) {
			apply(await client.jobs.cancel({ jobId }));
		},
	};
}

/** Describes progress: "12,000 of 480,000 · 25 s left"; "Starting" until there is a number. */
export function describeDatasetJob({ state, done, total, unit, rate, secondsLeft }: Job): string {
	if (state === 'queued') return t('Waiting for other work');
	if (total === null) return t('Starting');
	return [
		unit === 'bytes'
			? formatBytesOf(done, total)
			: t('{done} of {total}', { done: formatCount(done), total: formatCount(total) }),
		rate === null || unit === 'bytes' ? null : `${formatCount(Math.round(rate))}/s`,
		secondsLeft === null ? null : formatTimeLeft(secondsLeft),
	]
		.filter((part) => part !== null)
		.join(' · ');
}
