import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Sweep, SweepChoices, SweepInput } from '../../electron/contract/comparison/sweep.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import type { ModelOptions } from '../../electron/contract/library/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

export interface SweepState {
	/** Id of the model being swept; null: the dialog is closed. */
	modelId: number | null;
	/** null until loaded, as is `choices`. */
	choices: SweepChoices | null;
	input: Omit<SweepInput, 'id'> | null;
	/** "About 2 min, …"; '': unknown. */
	estimate: string;
	/** The running job. */
	job: Job | null;
	failure: FailureFacts | null;
	/** The latest result; null: there is none, or the settings are being chosen again. */
	sweep: Sweep | null;
	/** Increases whenever a sweep changes a model's settings. */
	applied: number;
}

export interface SweepStore {
	readonly state: StoreApi<SweepState>;
	open(modelId: number): Promise<void>;
	/** Closes the dialog; a running sweep continues. */
	close(): void;
	change(input: Partial<Omit<SweepInput, 'id'>>): Promise<void>;
	/** Returns to the choice of settings. */
	again(): void;
	start(): Promise<void>;
	cancel(): Promise<void>;
	/** Applies a job that an event reported. */
	applyJob(job: Job): void;
	/** Fetches again after a reconnect. */
	refresh(): Promise<void>;
	/**
	 * Saves the measurably fastest settings for the model; returns a function that undoes this. Rejects if they can't
	 * be saved.
	 */
	use(): Promise<() => Promise<void>>;
}

const closed = { modelId: null, input: null, estimate: '', job: null, failure: null, sweep: null };

/** `onEnd` is called when a sweep ends, done or failed, while its dialog is closed. */
export function createSweepStore(
	{ client }: Connection,
	onEnd: (modelId: number, job: Job) => void = () => {},
): SweepStore {
	const state = createStore<SweepState>(() => ({ ...closed, choices: null, applied: 0 }));
	const set = state.setState;
	/** Model of each sweep started or seen here, by job id. */
	const modelOf = new Map<string, number>();
	/** Counts estimates; only the latest one is shown. */
	let estimated = 0;

	async function estimate(): Promise<void> {
		const { modelId, input } = state.getState();
		estimated += 1;
		const mine = estimated;
		if (modelId === null || input === null || !isComplete(input)) return set({ estimate: '' });
		const answer = await client.sweeps.estimate({ ...input, id: modelId }).catch(() => null);
		if (mine === estimated) set({ estimate: answer?.words ?? '' });
	}

	/** Loads the current sweep and job of the model. */
	async function look(id: number): Promise<void> {
		try {
			const { sweep, job } = await client.sweeps.get({ id });
			if (state.getState().modelId !== id) return;
			if (job !== null) modelOf.set(job.id, id);
			set({ sweep, job: job?.endedAt === null ? job : null, failure: job?.failure ?? null });
		} catch (error) {
			if (!isConnectionLoss(error)) set({ job: null, failure: toFailure(error) });
		}
	}

	async function save(id: number, options: ModelOptions): Promise<void> {
		await client.models.setOptions({ id, options });
		set(({ applied }) => ({ applied: applied + 1 }));
	}

	function applyJob(job: Job): void {
		const { job: mine, modelId } = state.getState();
		const its = modelOf.get(job.id);
		if (its === undefined) return;
		const shown = modelId === its && mine?.id === job.id;
		if (job.endedAt === null) {
			if (shown) set({ job });
			return;
		}
		modelOf.delete(job.id);
		if (!shown && job.state !== 'cancelled') onEnd(its, job);
		else if (shown && job.state === 'done') void look(its);
		else if (shown) set({ job: null, failure: job.failure });
	}

	return {
		state,
		async open(modelId) {
			set({ ...closed, modelId });
			try {
				const choices = await client.sweeps.choices();
				set({ choices, input: choices.chosen });
			} catch (error) {
				set({ failure: toFailure(error) });
			}
			await Promise.all([look(modelId), estimate()]);
		},
		close: () => set(closed),
		async change(changed) {
			const { input } = state.getState();
			if (input === null) return;
			set({ input: { ...input, ...changed } });
			await estimate();
		},
		again: () => set({ sweep: null, failure: null }),
		async start() {
			const { modelId, input } = state.getState();
			if (modelId === null || input === null) return;
			set({ failure: null, sweep: null });
			try {
				const job = await client.sweeps.start({ ...input, id: modelId });
				modelOf.set(job.id, modelId);
				set({ job });
				// The job may have ended before its id was known here.
				applyJob(await client.jobs.get({ jobId: job.id }));
			} catch (error) {
				set({ failure: toFailure(error) });
			}
		},
		async cancel() {
			const { job } = state.getState();
			if (job === null) return;
			try {
				await client.jobs.cancel({ jobId: job.id });
				set({ job: null });
			} catch (error) {
				set({ failure: toFailure(error) });
			}
		},
		applyJob,
		async refresh() {
			const { modelId, job } = state.getState();
			if (modelId !== null && job !== null) await look(modelId);
		},
		async use() {
			const { modelId, sweep } = state.getState();
			if (modelId === null || sweep === null) throw new Error('nothing was measured');
			const { options } = await client.models.options({ id: modelId });
			const { threads, batchSize, cacheType } = sweep.choose;
			await save(modelId, {
				...options,
				...(threads === null ? {} : { threads }),
				...(batchSize === null ? {} : { batchSize }),
				...(cacheType === null ? {} : { keyType: cacheType, valueType: cacheType }),
			});
			return () => save(modelId, options);
		},
	};
}

/** Whether at least one value of each setting is chosen. */
export function isComplete({ threads, batchSizes, cacheTypes }: Omit<SweepInput, 'id'>): boolean {
	return threads.length > 0 && batchSizes.length > 0 && cacheTypes.length > 0;
}
