import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	Comparison,
	ComparisonEstimate,
	ComparisonPlanInput,
	ComparisonPreset,
	ComparisonSummary,
	ComparisonText,
	Extension,
	SideBySide,
} from '../../electron/contract/comparison/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { sentence } from '../messages/sentences.ts';
import type { SettingsStore } from '../settings/settings-store.ts';

export interface ComparisonState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** Newest first. */
	comparisons: readonly ComparisonSummary[];
	/** Id of the chosen comparison; null: the newest. */
	chosen: number | null;
	/** The comparison on the screen, complete; null until it has loaded, or if there is none. */
	shown: Comparison | null;
	texts: readonly ComparisonText[];
	/** Initial content of the form for a new comparison; null: the form is closed. */
	planning: Proposal | null;
}

/** A preselected reference and files for a plan; empty: chosen to suit the library. */
export interface Proposal {
	readonly referenceId: number | null;
	readonly candidateIds: readonly number[];
}

export type PlanInput = Pick<
	ComparisonPlanInput,
	| 'referenceId'
	| 'candidateIds'
	| 'quantize'
	| 'adapted'
	| 'imatrixText'
	| 'texts'
	| 'chunks'
	| 'repetitions'
	| 'depths'
	| 'felt'
	| 'prompts'
	| 'task'
	| 'tools'
>;

export interface ComparisonStore {
	readonly state: StoreApi<ComparisonState>;
	refresh(): Promise<void>;
	/** A comparison changed or was deleted. */
	apply(id: number): Promise<void>;
	choose(id: number): Promise<void>;
	start(plan: PlanInput): Promise<void>;
	/** Quick, normal and thorough plans for these files. */
	presets(
		files: Pick<PlanInput, 'referenceId' | 'candidateIds' | 'quantize' | 'adapted'>,
	): Promise<readonly ComparisonPreset[]>;
	/** The duration estimate. */
	estimate(plan: PlanInput): Promise<ComparisonEstimate>;
	pause(id: number): Promise<void>;
	resume(id: number): Promise<void>;
	/**
	 * Removes it from the screen at once and deletes it half a minute later; until then the returned function restores
	 * it.
	 */
	remove(id: number): () => void;
	/** Imports a comparison exported on another computer, and shows it. Rejects with the reason if it is not one. */
	import(text: string): Promise<void>;
	/** Show the changed comparison; reject with the reason if they can't. */
	grow(growth: Extension): Promise<void>;
	drop(choice: { id: number; candidateId: number; dropped: boolean }): Promise<void>;
	again(id: number): Promise<void>;
	/** Shows or hides a column; `null` shows as many as the window has room for. */
	showColumn(key: string | null, shown: boolean): void;
	/** Opens the form for a new comparison. */
	plan(proposal?: Proposal | null): void;
	/** Proposes the same files with a different reference. */
	propose(referenceId: number, comparison: Comparison): void;
	sideBySide(id: number, otherId: number | null): Promise<SideBySide>;
	export(id: number, format: 'markdown' | 'csv' | 'json'): Promise<{ fileName: string; text: string }>;
}

/** Longer than a toast is shown while held, in ms. */
export const undoMs = 30_000;

/** `fail` shows what failed. */
export function createComparisonStore(
	{ client }: Connection,
	settings: Pick<SettingsStore, 'state' | 'change'>,
	fail: (text: string) => void,
): ComparisonStore {
	const state = createStore<ComparisonState>(() => ({
		status: 'loading',
		failure: null,
		comparisons: [],
		chosen: null,
		shown: null,
		texts: [],
		planning: null,
	}));
	/** Removed from the screen but not yet deleted for good. */
	const leaving = new Map<number, ReturnType<typeof setTimeout>>();
	const newestFirst = (a: ComparisonSummary, b: ComparisonSummary): number => b.createdAt - a.createdAt || b.id - a.id;
	const put = (changed: Comparison): void => {
		if (leaving.has(changed.id)) return;
		const summary = toSummary(changed);
		state.setState(({ comparisons, shown }) => ({
			comparisons: [...comparisons.filter(({ id }) => id !== changed.id), summary].toSorted(newestFirst),
			shown: shown?.id === changed.id ? changed : shown,
		}));
	};
	/** Selects a new comparison. */
	const bring = (comparison: Comparison): void => {
		put(comparison);
		state.setState({ chosen: comparison.id, shown: comparison });
	};
	const drop = (id: number): void => {
		state.setState(({ comparisons, chosen, shown }) => ({
			comparisons: comparisons.filter((one) => one.id !== id),
			chosen: chosen === id ? null : chosen,
			shown: shown?.id === id ? null : shown,
		}));
	};
	/** Loads the comparison that belongs on the screen if another one is shown. */
	async function show(): Promise<void> {
		const wanted = findWanted(state.getState());
		if (wanted === undefined || state.getState().shown?.id === wanted) return;
		const read = await client.comparisons.get({ id: wanted });
		if (findWanted(state.getState()) === wanted) state.setState({ shown: read });
	}
	async function readList(): Promise<void> {
		const { comparisons } = await client.comparisons.list();
		state.setState({ comparisons: comparisons.filter(({ id }) => !leaving.has(id)) });
	}
	async function attempt(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			const { message, next } = toFailure(error);
			fail([message, ...next.slice(0, 1).map(sentence)].join(' '));
		}
	}
	return {
		state,
		async refresh() {
			try {
				const [, { texts }] = await Promise.all([readList(), client.comparisons.texts()]);
				// Reload what may have changed while the connection was down.
				state.setState({ texts, shown: null });
				await show();
				state.setState({ status: 'ready', failure: null });
			} catch (error) {
				if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
			}
		},
		async apply(id) {
			try {
				if (state.getState().shown?.id === id) put(await client.comparisons.get({ id }));
				else await readList();
				await show();
			} catch (error) {
				if (isConnectionLoss(error)) return;
				// It was removed elsewhere.
				drop(id);
				await attempt(show);
			}
		},
		choose(chosen) {
			state.setState({ chosen });
			return attempt(show);
		},
		estimate: (plan) => client.comparisons.estimate(plan),
		presets: async (files) => (await client.comparisons.presets(files)).presets,
		async start(plan) {
			bring(await client.comparisons.start(plan));
			state.setState({ planning: null });
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
			void attempt(show);
			return () => {
				if (!leaving.delete(id)) return;
				clearTimeout(timer);
				state.setState(({ comparisons }) => ({
					comparisons: [...comparisons, gone].toSorted(newestFirst),
					chosen: id,
				}));
				void attempt(show);
			};
		},
		async import(text) {
			bring(await client.comparisons.import({ text }));
		},
		async grow(growth) {
			put(await client.comparisons.grow(growth));
		},
		async drop(choice) {
			put(await client.comparisons.drop(choice));
		},
		async again(id) {
			bring(await client.comparisons.again({ id }));
		},
		showColumn(key, shown) {
			const { comparisonColumns } = settings.state.getState();
			settings.change({ comparisonColumns: key === null ? {} : { ...comparisonColumns, [key]: shown } });
		},
		plan: (planning = { referenceId: null, candidateIds: [] }) => state.setState({ planning }),
		propose(referenceId, { rows }) {
			const others = rows.flatMap(({ modelFileId, adapters }) =>
				modelFileId === null || adapters.length > 0 ? [] : [modelFileId],
			);
			state.setState({ planning: { referenceId, candidateIds: others.filter((id) => id !== referenceId) } });
		},
		async sideBySide(id, otherId) {
			const found = await client.comparisons.beside({ id, otherId });
			if (!found.partners.some((partner) => leaving.has(partner.id))) return found;
			// A comparison that was removed from the screen is no longer offered for side by side.
			const partners = found.partners.filter((partner) => !leaving.has(partner.id));
			const [next] = partners;
			if (found.pair === null || !leaving.has(found.pair.otherId)) return { ...found, partners };
			return next === undefined
				? { partners, pair: null }
				: { ...(await client.comparisons.beside({ id, otherId: next.id })), partners };
		},
		export: (id, format) => client.comparisons.export({ id, format }),
	};
}

/** Finds the comparison that belongs on the screen; undefined if there is none. */
function findWanted({ comparisons, chosen }: ComparisonState): number | undefined {
	return (comparisons.find(({ id }) => id === chosen) ?? comparisons[0])?.id;
}

function toSummary(comparison: Comparison): ComparisonSummary {
	const { id, title, status, done, total, run, createdAt, endedAt, importedFrom } = comparison;
	return { id, title, status, done, total, runId: run?.runId ?? null, createdAt, endedAt, importedFrom };
}
