import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EvaluationExport } from '../../electron/contract/evaluation/calls.ts';
import type { RunConfigInput } from '../../electron/contract/evaluation/run-config.ts';
import type { RescoreInputGiven, Run, RunSummary } from '../../electron/contract/evaluation/schema.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { phrase } from '../../models/contract/message-syntax.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import type { RunDraft } from './plan/run-draft.ts';
import { createRateMeter, fetchNewestRows, type NewestRow } from './run-progress.ts';
import { isLive } from './run-wording.ts';

export interface EvaluationState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** Newest first, without runs in the trash. */
	runs: readonly RunSummary[];
	/** Start of the older runs that are not in the list; null: there are none. */
	older: number | null;
	/** Full details of the runs that were opened. */
	details: Readonly<Record<number, Run>>;
	/** Current action on each run, as text for its button. */
	busy: Readonly<Record<number, string>>;
	/** Rows per second of active runs, over the last half minute. */
	rates: Readonly<Record<number, number>>;
	/** Latest rows of active runs, newest first. */
	newest: Readonly<Record<number, readonly NewestRow[]>>;
	/** Running self-tests, by run. */
	tests: Readonly<Record<number, Job>>;
	/** Name of a run that ended while the page was hidden. */
	ended: string | null;
	/** What was chosen in the form of a run that was left before its start; null: nothing. */
	unstarted: UnstartedRun | null;
}

/** The form of a run that was not started yet. */
export interface UnstartedRun {
	/** The address that opened the form: another address starts a new draft. */
	readonly place: string;
	readonly draft: RunDraft;
	/** The person's own choices, which stay when the dataset changes. */
	readonly touched: readonly (keyof RunDraft)[];
}

export interface EvaluationStore {
	readonly state: StoreApi<EvaluationState>;
	refresh(): Promise<void>;
	/** Fetches more of the older runs. */
	fetchOlder(): Promise<void>;
	/** Fetches the full details of a run. */
	open(id: number): Promise<void>;
	/** Handles a change of a run; rows arrive in bursts and are fetched only as fast as possible. */
	apply(id: number): void;
	applyJob(job: Job): void;
	/** Throws a failure that names the errors in the config. */
	start(config: RunConfigInput): Promise<Run>;
	/** Throws a failure that names the errors in the rules. */
	mark(input: RescoreInputGiven): Promise<Run>;
	pause(id: number): Promise<void>;
	resume(id: number): Promise<void>;
	retry(id: number): Promise<void>;
	cancel(id: number): Promise<void>;
	/** Repeats a run and returns the new one; null if it could not start, which is shown. */
	repeat(id: number): Promise<Run | null>;
	selfTest(id: number): Promise<void>;
	rename(id: number, name: string): Promise<void>;
	setBaseline(id: number, baseline: boolean): Promise<void>;
	remove(id: number): Promise<boolean>;
	restore(id: number): Promise<void>;
	/** Returns the parts of the file as they arrive. */
	export(id: number, format: EvaluationExport): Promise<{ fileName: string; parts: readonly string[] }>;
	/** The user looks at the page. */
	seen(): void;
	/** Keeps the form of a run while other screens are open; null: it was started or closed. */
	keepUnstarted(run: UnstartedRun | null): void;
}

/** Shortest pause between fetches of a run, in ms; fetching takes at most a fifth of the time. */
const leastPauseMs = 400;

/** More rows than one fetch returns, so that rows seen before are recognised. */
const rowsKept = 64;

/** Merges runs without duplicates, newest first. */
function mergeRuns(runs: readonly RunSummary[], others: readonly RunSummary[]): RunSummary[] {
	const known = new Set(runs.map(({ id }) => id));
	return [...runs, ...others.filter(({ id }) => !known.has(id))].toSorted(
		(a, b) => b.createdAt - a.createdAt || b.id - a.id,
	);
}

/** `fail` shows failed actions; `ended` is called for runs that ended by themselves. */
export function createEvaluationStore(
	{ client }: Connection,
	fail: (text: string) => void,
	ended: (run: Run) => void,
): EvaluationStore {
	const state = createStore<EvaluationState>(() => ({
		status: 'loading',
		failure: null,
		runs: [],
		older: null,
		details: {},
		busy: {},
		rates: {},
		newest: {},
		tests: {},
		ended: null,
		unstarted: null,
	}));
	const rateMeter = createRateMeter();
	/** Runs being fetched, and whether they changed in the meantime. */
	const fetching = new Map<number, boolean>();

	function putSummary(run: RunSummary): void {
		state.setState(({ runs }) => ({
			runs:
				run.deletedAt !== null
					? runs.filter(({ id }) => id !== run.id)
					: runs.some(({ id }) => id === run.id)
						? runs.map((one) => (one.id === run.id ? run : one))
						: mergeRuns(runs, [run]),
		}));
	}
	function put(run: Run): void {
		const before = state.getState().runs.find(({ id }) => id === run.id);
		putSummary(run);
		state.setState(({ details, rates }) => ({
			details: { ...details, [run.id]: run },
			rates: { ...rates, [run.id]: rateMeter.note(run.id, run.progress.done, run.status === 'running') },
		}));
		if (before === undefined || !isLive(before.status)) return;
		if (run.status !== 'done' && run.status !== 'failed') return;
		if (document.hidden) state.setState({ ended: run.name });
		ended(run);
	}
	function forget(id: number): void {
		state.setState(({ runs, details }) => {
			const { [id]: _gone, ...rest } = details;
			return { runs: runs.filter((one) => one.id !== id), details: rest };
		});
	}
	async function fetchRun(id: number): Promise<void> {
		if (fetching.has(id)) {
			fetching.set(id, true);
			return;
		}
		fetching.set(id, false);
		const begun = performance.now();
		try {
			const before = state.getState().details[id];
			const run = await client.evaluations.get({ id });
			put(run);
			if (run.status === 'running') {
				const found = await fetchNewestRows(client, before, run);
				state.setState(({ newest }) => ({ newest: { ...newest, [id]: mergeRows(found, newest[id] ?? []) } }));
			}
		} catch (error) {
			if (!isConnectionLoss(error)) forget(id);
		}
		const took = performance.now() - begun;
		setTimeout(
			() => {
				const again = fetching.get(id) ?? false;
				fetching.delete(id);
				if (again) void fetchRun(id);
			},
			Math.max(leastPauseMs, took * 4),
		);
	}
	/** Runs `work` and shows `words` on the run's button; returns false on failure, which is shown. */
	async function attempt(id: number, words: string, work: () => Promise<void>): Promise<boolean> {
		state.setState(({ busy }) => ({ busy: { ...busy, [id]: words } }));
		try {
			await work();
			return true;
		} catch (error) {
			fail(toFailure(error).message);
			return false;
		} finally {
			state.setState(({ busy }) => {
				const { [id]: _done, ...rest } = busy;
				return { busy: rest };
			});
		}
	}
	const { evaluations } = client;
	return {
		state,
		async refresh() {
			try {
				const { runs, next } = await evaluations.list({});
				state.setState({ status: 'ready', failure: null, runs, older: next });
				for (const id of Object.keys(state.getState().details)) void fetchRun(Number(id));
			} catch (error) {
				if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
			}
		},
		async fetchOlder() {
			const { older } = state.getState();
			if (older === null) return;
			try {
				const { runs: found, next } = await evaluations.list({ before: older });
				state.setState(({ runs }) => ({ runs: mergeRuns(runs, found), older: next }));
			} catch (error) {
				if (!isConnectionLoss(error)) fail(toFailure(error).message);
			}
		},
		open: fetchRun,
		apply: (id) => void fetchRun(id),
		async start(config) {
			const run = await evaluations.start(config);
			put(run);
			return run;
		},
		async mark(input) {
			const run = await evaluations.mark(input);
			put(run);
			return run;
		},
		pause: async (id) => void (await attempt(id, phrase('Pausing'), async () => put(await evaluations.pause({ id })))),
		resume: async (id) =>
			void (await attempt(id, phrase('Resuming'), async () => put(await evaluations.resume({ id })))),
		retry: async (id) => void (await attempt(id, phrase('Retrying'), async () => put(await evaluations.retry({ id })))),
		cancel: async (id) =>
			void (await attempt(id, phrase('Stopping'), async () => put(await evaluations.cancel({ id })))),
		async repeat(id) {
			let repeated: Run | null = null;
			await attempt(id, phrase('Starting'), async () => {
				repeated = await evaluations.repeat({ id });
				put(repeated);
			});
			return repeated;
		},
		async selfTest(id) {
			await attempt(id, phrase('Checking'), async () => {
				const job = await evaluations.selfTest({ id });
				if (job.endedAt === null) state.setState(({ tests }) => ({ tests: { ...tests, [id]: job } }));
			});
		},
		applyJob(job) {
			for (const [key, known] of Object.entries(state.getState().tests)) {
				if (known.id !== job.id) continue;
				const id = Number(key);
				state.setState(({ tests }) => {
					const { [id]: _ended, ...rest } = tests;
					return { tests: job.endedAt === null ? { ...rest, [id]: job } : rest };
				});
				if (job.endedAt === null) continue;
				if (job.failure !== null) fail(job.failure.message);
				void fetchRun(id);
			}
		},
		async rename(id, name) {
			const done = await attempt(id, phrase('Renaming'), async () =>
				putSummary(await evaluations.rename({ id, name })),
			);
			if (done) void fetchRun(id);
		},
		async setBaseline(id, baseline) {
			await attempt(id, phrase('Setting the baseline'), async () =>
				putSummary(await evaluations.setBaseline({ id, baseline })),
			);
			const { runs, next } = await evaluations.list({});
			state.setState({ runs, older: next });
			void fetchRun(id);
		},
		remove: (id) =>
			attempt(id, phrase('Deleting'), async () => {
				await evaluations.remove({ id });
				forget(id);
			}),
		restore: async (id) =>
			void (await attempt(id, phrase('Restoring'), async () => putSummary(await evaluations.restore({ id })))),
		async export(id, format) {
			const parts: string[] = [];
			let after: number | null = null;
			for (;;) {
				const piece: { fileName: string; text: string; next: number | null } = await evaluations.export({
					id,
					format,
					after,
				});
				parts.push(piece.text);
				if (piece.next === null) return { fileName: piece.fileName, parts };
				after = piece.next;
			}
		},
		seen: () => state.setState({ ended: null }),
		keepUnstarted: (unstarted) => state.setState({ unstarted }),
	};
}

function mergeRows(found: readonly NewestRow[], known: readonly NewestRow[]): readonly NewestRow[] {
	const seen = new Set(known.map(({ key }) => key));
	return [...found.filter(({ key }) => !seen.has(key)), ...known].slice(0, rowsKept);
}

/** Lists active runs, with the one being measured first. */
export function listLiveRuns({ runs }: Pick<EvaluationState, 'runs'>): readonly RunSummary[] {
	return runs
		.filter(({ status }) => isLive(status))
		.toSorted((a, b) => Number(b.status === 'running') - Number(a.status === 'running') || a.createdAt - b.createdAt);
}
