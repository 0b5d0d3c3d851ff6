import { randomUUID } from 'node:crypto';
import { Failure, failureFacts } from '../../models/contract/failure.ts';
import { said, spoken, type Words } from '../../models/contract/said.ts';
import type { Job } from '../contract/jobs/schema.ts';
import type { EventBus } from '../events.ts';
import { createRateMeter } from './rate-meter.ts';

export interface JobContext {
	readonly events: EventBus;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}

/** What a job's work can use. */
export interface JobControl {
	/** Aborts when the user cancels the job or the application ends. */
	readonly signal: AbortSignal;
	progress(done: number, total: number | null): void;
	/** Starts another stage of the work, counted from zero in its own unit. */
	stage(title: Words, unit: Job['unit']): void;
}

export interface NewJob {
	readonly kind: Job['kind'];
	readonly title: Words;
	readonly unit: Job['unit'];
	/** Jobs of one lane run one after the other. */
	readonly lane: string;
	/** After the signal aborts, undoes its changes and then rejects with any reason. */
	readonly work: (control: JobControl) => Promise<void>;
	/** Called when somebody cancels the job; not when it ends with the application. */
	readonly onCancel?: () => void;
}

/** Runs long work and reports its progress. */
export interface Jobs {
	start(job: NewJob): Job;
	/** Newest first. */
	list(): readonly Job[];
	/** Throws Failure `job-unknown`. */
	get(id: string): Job;
	/** Resolves once the job has ended. Throws Failure `job-unknown`. */
	cancel(id: string): Promise<Job>;
	/** Cancels every job and waits for it. */
	close(): Promise<void>;
}

interface Entry {
	job: Job;
	readonly cancel: AbortController;
	readonly onCancel: (() => void) | undefined;
	ended: Promise<void>;
}

/** Shortest time between two reports of one job, ms. */
const reportMs = 100;

/** Number of finished jobs that stay listed. */
const keptEnded = 50;

export function createJobs({ events, clock, log }: JobContext): Jobs {
	const entries = new Map<string, Entry>();
	const lanes = new Map<string, Promise<void>>();

	function update(entry: Entry, change: Partial<Job>): void {
		entry.job = { ...entry.job, ...change };
		events.publish({ type: 'job', job: entry.job });
	}

	function end(entry: Entry, change: Pick<Job, 'state'> & Partial<Job>): void {
		update(entry, { ...change, rate: null, secondsLeft: null, endedAt: clock() });
		const ended = [...entries].filter(([, { job }]) => isEnded(job));
		for (const [id] of ended.slice(0, Math.max(0, ended.length - keptEnded))) entries.delete(id);
	}

	async function run(entry: Entry, work: NewJob['work']): Promise<void> {
		if (isEnded(entry.job)) return;
		const { signal } = entry.cancel;
		let meter = createRateMeter(() => performance.now());
		let reported = Number.NEGATIVE_INFINITY;
		update(entry, { state: 'running' });
		try {
			await work({
				signal,
				stage(title, unit) {
					meter = createRateMeter(() => performance.now());
					const { said: _, ...rest } = entry.job;
					entry.job = rest;
					update(entry, spoken({ title, unit, done: 0, total: null, rate: null, secondsLeft: null }));
				},
				progress(done, total) {
					const measured = meter.update(done, total);
					const now = performance.now();
					if (now - reported < reportMs) return;
					reported = now;
					update(entry, { done, total, ...measured });
				},
			});
			// Work that finished before it noticed the cancellation counts as done.
			end(entry, { state: 'done', ...(entry.job.total === null ? {} : { done: entry.job.total }) });
		} catch (error) {
			if (signal.aborted) return end(entry, { state: 'cancelled' });
			const failure = failureFacts(error);
			if (failure.code === 'internal') log(`jobs: ${entry.job.kind} failed: ${failure.detail ?? failure.message}`);
			end(entry, { state: 'failed', failure });
		}
	}

	function find(id: string): Entry {
		const entry = entries.get(id);
		if (entry !== undefined) return entry;
		throw new Failure({
			code: 'job-unknown',
			message: said`Job ${id.slice(0, 100)} doesn’t exist. It may be from before Assay restarted.`,
			next: [said`Start again`],
		});
	}

	return {
		start({ kind, title, unit, lane, work, onCancel }) {
			const entry: Entry = {
				cancel: new AbortController(),
				onCancel,
				ended: Promise.resolve(),
				job: spoken({
					id: randomUUID(),
					kind,
					title,
					unit,
					state: 'queued',
					done: 0,
					total: null,
					rate: null,
					secondsLeft: null,
					startedAt: clock(),
					endedAt: null,
					failure: null,
				}),
			};
			entries.set(entry.job.id, entry);
			update(entry, {});
			entry.ended = (lanes.get(lane) ?? Promise.resolve()).then(() => run(entry, work));
			lanes.set(lane, entry.ended);
			return entry.job;
		},
		list: () => [...entries.values()].map(({ job }) => job).reverse(),
		get: (id) => find(id).job,
		async cancel(id) {
			const entry = find(id);
			if (!isEnded(entry.job)) entry.onCancel?.();
			entry.cancel.abort(new Error('cancelled'));
			if (entry.job.state === 'queued') end(entry, { state: 'cancelled' });
			else await entry.ended;
			return entry.job;
		},
		async close() {
			for (const { cancel } of entries.values()) cancel.abort(new Error('the application ends'));
			await Promise.all(lanes.values());
		},
	};
}

function isEnded({ state }: Job): boolean {
	return state === 'done' || state === 'failed' || state === 'cancelled';
}
