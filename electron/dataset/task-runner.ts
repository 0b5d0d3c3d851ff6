import { Failure } from '../../models/contract/failure.ts';
import { said, type Words } from '../../models/contract/said.ts';
import type { Job } from '../contract/jobs/schema.ts';
import { leaveCheckpointsToWorker } from '../database/connect.ts';
import { truncateLogOnceFree } from '../database/secure-delete.ts';
import { transaction } from '../database/sql.ts';
import type { JobControl } from '../jobs/jobs.ts';
import type { DatasetContext } from './context.ts';
import { findDraft } from './store/versions.ts';
import { leftovers, needsCleanUp } from './worker/clean-up.ts';
import { createDatasetParsers, type FileTask } from './worker/parse-files.ts';
import { runToEnd } from './worker/task-context.ts';
import { createWorkerPool } from './worker/worker-pool.ts';
import type { Results, TaskInput } from './worker/worker-protocol.ts';

/** Most samples for a change on the main thread, where it takes less than 50 ms. */
export const maxInlineSamples = 2_000;

type TaskOf<Kind extends TaskInput['kind']> = TaskInput extends infer Each
	? Each extends { readonly kind: Kind }
		? Omit<Each, 'databasePath' | 'now'>
		: never
	: never;

/** Items to delete permanently. */
interface Deletion {
	readonly title: Words;
	readonly samples: number;
}

/** Runs dataset tasks: small ones at once, large ones in a worker. */
export interface TaskRunner {
	/** Throws Failure `dataset-busy`. */
	assertFree(datasetId: number): void;
	/** Runs a task in a worker: a parser process for files, else a thread. A task with a model counts tokens with `count`. */
	onWorker<Kind extends TaskInput['kind']>(
		facts: TaskOf<Kind>,
		control: JobControl,
		count?: (texts: readonly string[]) => Promise<readonly number[] | null>,
	): Promise<Results[Kind]>;
	/** Runs at once if `small`, else in the worker, reported as a job; the dataset is locked meanwhile. */
	change<Kind extends 'change' | 'draft' | 'undo' | 'freeze'>(change: {
		readonly datasetId: number;
		readonly title: Words;
		readonly small: boolean;
		readonly steps: () => Generator<number, Results[Kind]>;
		readonly facts: TaskOf<Kind>;
	}): Promise<Results[Kind]>;
	/** Locks a dataset while `work` runs; null: a dataset that does not exist yet. */
	exclusively<T>(datasetId: number | null, work: () => Promise<T>): Promise<T>;
	/**
	 * Deletes hidden data in the background; resolves when it is gone. A large deletion is reported as a job; if that
	 * is cancelled, the next clean-up deletes the rest.
	 */
	cleanUp(going?: Deletion): Promise<void>;
	/** Cleans up after a start, including the undo records of an earlier process. */
	cleanUpAtStart(): Promise<void>;
	/** Resolves when no clean-up is running. */
	settle(): Promise<void>;
	publishChange(datasetId: number | null): void;
	close(): Promise<void>;
}

export function createTaskRunner(context: DatasetContext): TaskRunner {
	const { database, databasePath, jobs, events, clock, log } = context;
	const threads = createWorkerPool(context.entry);
	const parsers = createDatasetParsers(
		{ entry: context.entry, nodeBinary: context.nodeBinary },
		context.parserLimits ?? {},
	);
	const busy = new Set<number>();
	/** Number of running imports into datasets that do not exist yet. */
	let arriving = 0;
	const closing = new AbortController();
	let cleaningUp: Promise<void> = Promise.resolve();

	function assertFree(datasetId: number): void {
		const draft = findDraft(database, datasetId);
		if (!busy.has(datasetId) && (draft === undefined || (draft.changing === null && draft.visibleTo === null))) return;
		throw new Failure({
			code: 'dataset-busy',
			message: said`Another change to this dataset is still in progress.`,
			next: [said`Wait until it finishes or cancel it, then try again`],
		});
	}

	async function onWorker<Kind extends TaskInput['kind']>(
		facts: TaskOf<Kind>,
		{ signal, progress }: JobControl,
		count: (texts: readonly string[]) => Promise<readonly number[] | null> = () => Promise.resolve(null),
	): Promise<Results[Kind]> {
		signal.throwIfAborted();
		leaveCheckpointsToWorker(database, true);
		try {
			const whole = { ...facts, databasePath, now: clock() } as unknown as Extract<TaskInput, { kind: Kind }>;
			const control = { signal, progress, answering: context.answering };
			if (!readsFiles(whole)) return await threads.run<Kind>(whole, { ...control, count });
			return (await parsers.run(whole, control)) as Results[Kind];
		} finally {
			leaveCheckpointsToWorker(database, false);
		}
	}

	async function alone<T>(datasetId: number | null, work: () => Promise<T>): Promise<T> {
		if (datasetId === null) {
			arriving += 1;
			try {
				return await work();
			} finally {
				arriving -= 1;
			}
		}
		assertFree(datasetId);
		busy.add(datasetId);
		try {
			return await work();
		} finally {
			busy.delete(datasetId);
		}
	}

	function cleanUpNow(atStart: boolean, going: Deletion | null, own: number | null): Promise<unknown> {
		// Work in progress looks like leftovers.
		const datasets = [...busy].filter((id) => id !== own);
		const versions = leftovers(database, { datasets, arriving: arriving > 0 });
		const facts = { kind: 'clean-up', atStart, versions, total: going?.samples ?? null } as const;
		if (going === null || going.samples <= maxInlineSamples) {
			return onWorker<'clean-up'>(facts, { signal: closing.signal, progress: () => {}, stage: () => {} });
		}
		const { title } = going;
		return asJob(
			(work) => jobs.start({ kind: 'dataset-change', title, unit: 'samples', lane: 'dataset-sweep', work }),
			(control) =>
				onWorker<'clean-up'>(facts, { ...control, signal: AbortSignal.any([control.signal, closing.signal]) }),
			events,
		);
	}

	/** `own`: the dataset that a failed change still holds. */
	function cleanUpAfter(atStart: boolean, going: Deletion | null, own: number | null = null): Promise<void> {
		cleaningUp = cleaningUp.then(async () => {
			try {
				if (closing.signal.aborted || !needsCleanUp(database)) return;
				await cleanUpNow(atStart, going, own);
			} catch (error) {
				if (closing.signal.aborted || (error instanceof Failure && error.code === 'cancelled')) return;
				log(`dataset: ${error instanceof Error ? error.message : String(error)}`);
			}
		});
		return cleaningUp;
	}

	const tell = (datasetId: number | null): void => events.publish({ type: 'dataset-changed', datasetId });

	return {
		assertFree,
		onWorker,
		exclusively: alone,
		async cleanUp(going) {
			const removeExports = context.staging.beginDeletion();
			await cleanUpAfter(false, going ?? null);
			if (going === undefined) return;
			await truncateLogOnceFree(database, closing.signal);
			await removeExports();
		},
		// Changes from now on can be undone: only existing records are deleted.
		cleanUpAtStart: () => (needsCleanUp(database) ? cleanUpAfter(true, null) : cleaningUp),
		async settle() {
			for (let seen: Promise<void> | null = null; seen !== cleaningUp; ) {
				seen = cleaningUp;
				await seen;
			}
		},
		publishChange: tell,
		async change({ datasetId, title, small, steps, facts }) {
			assertFree(datasetId);
			if (small) {
				const result = transaction(database, () => runToEnd(steps()));
				tell(datasetId);
				return result;
			}
			return alone(datasetId, async () => {
				try {
					return await asJob(
						(start) => jobs.start({ kind: 'dataset-change', title, unit: 'samples', lane: 'dataset', work: start }),
						(control) => onWorker(facts, control),
						events,
					);
				} catch (error) {
					await cleanUpAfter(false, null, datasetId);
					throw error;
				} finally {
					tell(datasetId);
				}
			});
		},
		async close() {
			closing.abort(new Error('the application ends'));
			await cleaningUp;
			await Promise.all([threads.close(), parsers.close()]);
		},
	};
}

function readsFiles(task: TaskInput): task is FileTask {
	return task.kind === 'preview' || task.kind === 'import';
}

/** Runs work as a job and resolves with its result when the job has ended. */
function asJob<T>(
	start: (work: (control: JobControl) => Promise<void>) => Job,
	work: (control: JobControl) => Promise<T>,
	events: DatasetContext['events'],
): Promise<T> {
	return new Promise((resolve, reject) => {
		let result: { readonly value: T } | null = null;
		const ended: Job[] = [];
		let id = '';
		const stop = events.subscribe((event) => {
			if (event.type !== 'job' || event.job.endedAt === null) return;
			ended.push(event.job);
			settle();
		});
		function settle(): void {
			const job = ended.find((each) => each.id === id);
			if (job === undefined) return;
			stop();
			if (result !== null) resolve(result.value);
			else if (job.failure !== null) reject(new Failure(job.failure));
			else reject(cancelled());
		}
		id = start(async (control) => {
			result = { value: await work(control) };
		}).id;
		settle();
	});
}

function cancelled(): Failure {
	return new Failure({
		code: 'cancelled',
		message: said`Cancelled. Nothing was changed.`,
		next: [said`Start again`],
	});
}
