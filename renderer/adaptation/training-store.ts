import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	TrainingCheck,
	TrainingConfig,
	TrainingConfigInput,
	TrainingData,
	TrainingPoint,
	TrainingRun,
	TrainingSummary,
} from '../../electron/contract/adaptation/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

export interface TrainingState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** Newest first. */
	runs: readonly TrainingSummary[];
	/** Id of the chosen run; null: the newest. */
	chosen: number | null;
	/** The run on the screen, complete; null until it has loaded, or if there is none. */
	shown: TrainingRun | null;
	/** The loss curve of the run on the screen. */
	points: readonly TrainingPoint[];
	/** What the form for a new run starts with; null: the form is closed. */
	planning: TrainingProposal | null;
}

/** Preselected data and base; null: chosen by the form. */
export interface TrainingProposal {
	readonly data: TrainingData | null;
	readonly modelFileId: number | null;
}

/** Training runs, the one on the screen with its loss curve, and the form for a new one. */
export interface TrainingStore {
	readonly state: StoreApi<TrainingState>;
	refresh(): Promise<void>;
	/** Fetches what an event says has changed. */
	apply(id: number, change: 'points' | 'status'): Promise<void>;
	/** Fetches the run on the screen again if an evaluation run of its comparison has changed. */
	applyEvaluation(runId: number): void;
	/** A comparison changed, which may be the one on neutral texts. */
	applyComparison(comparisonId: number): void;
	choose(id: number): Promise<void>;
	/** Opens the form for a new run. */
	plan(proposal?: TrainingProposal | null): void;
	check(config: TrainingConfigInput, signal: AbortSignal): Promise<TrainingCheck>;
	/** Rejects with the reason if it can't start. */
	start(config: TrainingConfigInput): Promise<void>;
	pause(id: number): Promise<void>;
	resume(id: number): Promise<void>;
	stop(id: number): Promise<void>;
	rename(id: number, name: string): Promise<void>;
	/** Removes it from the screen at once and deletes it half a minute later; the returned function undoes it. */
	remove(id: number): () => void;
	/** Starts the comparison of base and adapter. */
	compare(id: number): Promise<void>;
	/** New conversations use the base with the adapter. Returns what undoes it; null: it failed. */
	use(id: number): Promise<(() => void) | null>;
}

/** Longer than a toast is shown while held, ms. */
const undoMs = 30_000;

/** `fail` shows what failed; `onEnd` hears of a run that ended by itself. */
export function createTrainingStore(
	{ client }: Connection,
	fail: (text: string) => void,
	onEnd: (run: TrainingSummary) => void = () => {},
): TrainingStore {
	const state = createStore<TrainingState>(() => ({
		status: 'loading',
		failure: null,
		runs: [],
		chosen: null,
		shown: null,
		points: [],
		planning: null,
	}));
	const leaving = new Map<number, ReturnType<typeof setTimeout>>();

	function put(run: TrainingRun): void {
		if (leaving.has(run.id)) return;
		state.setState(({ runs, shown }) => ({
			runs: [...runs.filter(({ id }) => id !== run.id), run].toSorted((a, b) => b.id - a.id),
			shown: shown?.id === run.id ? run : shown,
		}));
	}

	/** Tells of a run that was under way and has ended. */
	function tellEnd(before: TrainingSummary | undefined, now: TrainingSummary | undefined): void {
		if (before?.status !== 'running' || now === undefined) return;
		if (now.status === 'done' || now.status === 'failed') onEnd(now);
	}

	/** Loads the run that belongs on the screen, with its curve from the beginning. */
	async function show(): Promise<void> {
		const wanted = findWanted(state.getState());
		if (wanted === undefined) {
			state.setState({ shown: null, points: [] });
			return;
		}
		const [run, { points }] = await Promise.all([
			client.training.get({ id: wanted }),
			client.training.points({ id: wanted }),
		]);
		if (findWanted(state.getState()) === wanted) state.setState({ shown: run, points });
	}

	async function readList(): Promise<void> {
		const { runs } = await client.training.list();
		state.setState({ runs: runs.filter(({ id }) => !leaving.has(id)) });
	}

	async function attempt(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			if (!isConnectionLoss(error)) fail(toFailure(error).message);
		}
	}

	return {
		state,
		async refresh() {
			try {
				await readList();
				await show();
				state.setState({ status: 'ready', failure: null });
			} catch (error) {
				if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
			}
		},
		apply: (id, change) =>
			attempt(async () => {
				const { shown, points, runs } = state.getState();
				const before = runs.find((run) => run.id === id);
				if (shown?.id !== id) {
					await readList();
					tellEnd(
						before,
						state.getState().runs.find((run) => run.id === id),
					);
					if (shown === null) await show();
					return;
				}
				const after = points.at(-1)?.step ?? 0;
				const [run, fresh] = await Promise.all([
					client.training.get({ id }),
					// A run that continues from a checkpoint takes its last steps again.
					client.training.points({ id, after: change === 'status' ? 0 : after }),
				]);
				put(run);
				tellEnd(before, run);
				if (state.getState().shown?.id !== id) return;
				state.setState(({ points: now }) => ({
					points: change === 'status' ? fresh.points : [...now.filter(({ step }) => step <= after), ...fresh.points],
				}));
			}),
		applyComparison(comparisonId) {
			const { shown } = state.getState();
			if (shown?.effects?.comparisonId === comparisonId) {
				void attempt(async () => put(await client.training.get({ id: shown.id })));
			}
		},
		applyEvaluation(runId) {
			const { shown } = state.getState();
			if (shown?.comparisons.some((comparison) => comparison.runId === runId)) {
				void attempt(async () => put(await client.training.get({ id: shown.id })));
			}
		},
		choose(chosen) {
			state.setState({ chosen });
			return attempt(show);
		},
		plan: (planning = { data: null, modelFileId: null }) => state.setState({ planning }),
		check: (config, signal) => client.training.check(config as TrainingConfig, { signal }),
		async start(config) {
			const run = await client.training.start(config as TrainingConfig);
			put(run);
			state.setState({ chosen: run.id, shown: run, points: [], planning: null });
		},
		pause: (id) => attempt(async () => put(await client.training.pause({ id }))),
		resume: (id) => attempt(async () => put(await client.training.resume({ id }))),
		stop: (id) => attempt(async () => put(await client.training.stop({ id }))),
		async rename(id, name) {
			await client.training.rename({ id, name });
			put(await client.training.get({ id }));
		},
		remove(id) {
			const gone = state.getState().runs.find((run) => run.id === id);
			if (gone === undefined || leaving.has(id)) return () => {};
			const timer = setTimeout(() => {
				void attempt(async () => {
					await client.training.remove({ id });
				}).finally(() => leaving.delete(id));
			}, undoMs);
			leaving.set(id, timer);
			state.setState(({ runs, chosen }) => ({
				runs: runs.filter((run) => run.id !== id),
				chosen: chosen === id ? null : chosen,
			}));
			void attempt(show);
			return () => {
				if (!leaving.delete(id)) return;
				clearTimeout(timer);
				state.setState(({ runs }) => ({ runs: [...runs, gone].toSorted((a, b) => b.id - a.id), chosen: id }));
				void attempt(show);
			};
		},
		compare: (id) => attempt(async () => put(await client.training.compare({ id }))),
		async use(id) {
			let undo: (() => void) | null = null;
			await attempt(async () => {
				const [run, { models }] = await Promise.all([client.training.get({ id }), client.models.list()]);
				const baseId = run.base.modelFileId;
				const before = baseId === null ? null : await client.models.options({ id: baseId });
				put(await client.training.use({ id }));
				const usual = models.find((one) => one.default)?.id;
				undo = () =>
					void attempt(async () => {
						if (baseId === null || before === null) return;
						await client.models.setOptions({ id: baseId, options: before.options });
						if (usual !== undefined && usual !== baseId) await client.models.setDefault({ id: usual });
						put(await client.training.get({ id }));
					});
			});
			return undo;
		},
	};
}

function findWanted({ runs, chosen }: TrainingState): number | undefined {
	return (runs.find(({ id }) => id === chosen) ?? runs[0])?.id;
}
