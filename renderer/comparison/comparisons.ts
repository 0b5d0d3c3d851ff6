import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Comparison, ComparisonPlan, ComparisonText } from '../../electron/contract/comparison/comparison.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { failureOf, isConnectionLoss } from '../connection/failure.ts';

export interface ComparisonState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** Newest first. */
	comparisons: readonly Comparison[];
	/** The one on the screen; null: the newest. */
	chosen: number | null;
	texts: readonly ComparisonText[];
}

export type PlanInput = Pick<
	ComparisonPlan,
	'referenceId' | 'candidateIds' | 'quantize' | 'texts' | 'repetitions' | 'depths' | 'prompts'
>;

export interface ComparisonStore {
	readonly state: StoreApi<ComparisonState>;
	refresh(): Promise<void>;
	/** One of them changed, or is gone. */
	apply(id: number): Promise<void>;
	choose(id: number): void;
	start(plan: PlanInput): Promise<void>;
	pause(id: number): Promise<void>;
	resume(id: number): Promise<void>;
	/** Takes it off the screen at once and deletes it half a minute later; the result brings it back until then. */
	remove(id: number): () => void;
	export(id: number, format: 'markdown' | 'csv' | 'json'): Promise<{ fileName: string; text: string }>;
}

/** Longer than a toast stands, held for a while; ms. */
export const undoMs = 30_000;

/** `fail` shows what could not be done. */
export function createComparisons({ client }: Connection, fail: (text: string) => void): ComparisonStore {
	const state = createStore<ComparisonState>(() => ({
		status: 'loading',
		failure: null,
		comparisons: [],
		chosen: null,
		texts: [],
	}));
	/** Deleted on the screen, not yet for good. */
	const leaving = new Map<number, ReturnType<typeof setTimeout>>();
	const put = (changed: Comparison): void => {
		if (leaving.has(changed.id)) return;
		state.setState(({ comparisons }) => ({
			comparisons: comparisons.some(({ id }) => id === changed.id)
				? comparisons.map((one) => (one.id === changed.id ? changed : one))
				: [changed, ...comparisons].toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id),
		}));
	};
	const drop = (id: number): void =>
		state.setState(({ comparisons, chosen }) => ({
			comparisons: comparisons.filter((one) => one.id !== id),
			chosen: chosen === id ? null : chosen,
		}));
	async function attempt(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			fail(failureOf(error).message);
		}
	}
	return {
		state,
		async refresh() {
			try {
				const [{ comparisons }, { texts }] = await Promise.all([client.comparisons.list(), client.comparisons.texts()]);
				const kept = comparisons.filter(({ id }) => !leaving.has(id));
				state.setState({ status: 'ready', failure: null, comparisons: kept, texts });
			} catch (error) {
				if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: failureOf(error) });
			}
		},
		async apply(id) {
			try {
				put(await client.comparisons.get({ id }));
			} catch (error) {
				if (!isConnectionLoss(error)) drop(id);
			}
		},
		choose: (chosen) => state.setState({ chosen }),
		async start(plan) {
			const started = await client.comparisons.start(plan);
			put(started);
			state.setState({ chosen: started.id });
		},
		pause: (id) => attempt(async () => put(await client.comparisons.pause({ id }))),
		resume: (id) => attempt(async () => put(await client.comparisons.resume({ id }))),
		remove(id) {
			const gone = state.getState().comparisons.find((one) => one.id === id);
			if (gone === undefined || leaving.has(id)) return () => {};
			const timer = setTimeout(() => {
				void attempt(async () => {
					await client.comparisons.remove({ id });
				}).finally(() => leaving.delete(id));
			}, undoMs);
			leaving.set(id, timer);
			drop(id);
			return () => {
				if (!leaving.delete(id)) return;
				clearTimeout(timer);
				put(gone);
				state.setState({ chosen: id });
			};
		},
		export: (id, format) => client.comparisons.export({ id, format }),
	};
}

/** The one on the screen. */
export function shownComparison({ comparisons, chosen }: ComparisonState): Comparison | undefined {
	return comparisons.find(({ id }) => id === chosen) ?? comparisons[0];
}
