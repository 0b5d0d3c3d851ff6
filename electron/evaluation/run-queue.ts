import { said } from '../../models/contract/said.ts';
import type { RunStatus } from '../contract/evaluation/schema.ts';
import type { EvaluationContext } from './context.ts';
import { runEvaluation } from './run-evaluation.ts';
import { manifestOf, type RunNow } from './run-view.ts';
import { getRun } from './store/runs.ts';
import type { RunProgress } from './time-left.ts';

type Change = 'rows' | 'status' | 'facts';

/** Runs that are waiting or being measured, one after the other. */
export interface RunQueue {
	begin(id: number): void;
	/** Starts at once, in a lane that the caller already holds; resolves once nothing of the run is active. */
	runInTurn(id: number, control: TurnControl): Promise<void>;
	/** Resolves once nothing of the run is active. */
	halt(id: number): Promise<void>;
	has(id: number): boolean;
	/** Current progress, or what the run waits for. */
	now(id: number): RunNow;
	/** Tells pages that a run has changed. */
	changed(id: number, change: Change): void;
	announce(id: number, change: Change, status: RunStatus): void;
	close(): Promise<void>;
}

/** The holder of the lane, who wants to follow the progress. */
export interface TurnControl {
	readonly signal: AbortSignal;
	now(now: RunProgress): void;
}

/** Minimum time between two reports on one run's rows, ms. */
const reportMs = 250;

interface Entry {
	readonly abort: AbortController;
	ended: Promise<void>;
	/** Whether it has started measuring. */
	hasStarted: boolean;
	now: RunProgress | null;
	later: NodeJS.Timeout | null;
}

export function createRunQueue(context: EvaluationContext): RunQueue {
	const { database, events } = context;
	const entries = new Map<number, Entry>();
	const announce = (runId: number, change: Change, status: RunStatus): void =>
		events.publish({ type: 'evaluation-changed', runId, change, status });
	const changed = (id: number, change: Change): void => announce(id, change, getRun(database, id).status);

	/** Reports rows at once, or a moment later together with those that arrive until then. */
	function rows(id: number, entry: Entry): void {
		entry.later ??= setTimeout(() => {
			entry.later = null;
			if (entries.get(id) === entry) changed(id, 'rows');
		}, reportMs);
	}

	async function work(id: number, entry: Entry, onNow?: (now: RunProgress) => void): Promise<void> {
		if (!entry.abort.signal.aborted) {
			entry.hasStarted = true;
			await runEvaluation(context, id, {
				signal: entry.abort.signal,
				started: () => changed(id, 'status'),
				now(now) {
					entry.now = now;
					onNow?.(now);
					rows(id, entry);
				},
				rows: () => rows(id, entry),
			});
		}
		if (entry.later !== null) clearTimeout(entry.later);
		// If it was paused while it waited and then resumed, it has another entry by now.
		if (entries.get(id) !== entry) return;
		entries.delete(id);
		changed(id, 'status');
	}

	async function halt(id: number): Promise<void> {
		const entry = entries.get(id);
		if (entry === undefined) return;
		entry.abort.abort(new Error('paused'));
		// A comparison that waits in the queue has no need to wait for the one ahead of it.
		if (entry.hasStarted) await entry.ended;
		if (entries.get(id) === entry) entries.delete(id);
	}

	function needsTurn(id: number): boolean {
		const { marked, scorers } = manifestOf(getRun(database, id));
		return marked === undefined || scorers.some(({ kind }) => kind === 'judge');
	}

	function enter(id: number): Entry {
		const entry: Entry = {
			abort: new AbortController(),
			ended: Promise.resolve(),
			hasStarted: false,
			now: null,
			later: null,
		};
		entries.set(id, entry);
		return entry;
	}

	return {
		begin(id) {
			const entry = enter(id);
			// A run that needs no model does not wait for one.
			entry.ended = needsTurn(id)
				? context.lane(() => work(id, entry), said`the run “${getRun(database, id).name}”`)
				: work(id, entry);
			changed(id, 'status');
		},
		async runInTurn(id, { signal, now }) {
			const entry = enter(id);
			const stop = (): void => entry.abort.abort(signal.reason);
			signal.addEventListener('abort', stop);
			if (signal.aborted) stop();
			entry.ended = work(id, entry, now);
			await entry.ended;
			signal.removeEventListener('abort', stop);
		},
		halt,
		has: (id) => entries.has(id),
		now(id) {
			const entry = entries.get(id);
			const holder = context.lane.holder();
			const waits = entry !== undefined && !entry.hasStarted;
			return { now: entry?.now ?? null, waiting: waits ? said`Waiting for ${holder ?? said`its turn`}` : null };
		},
		changed,
		announce,
		async close() {
			await Promise.all([...entries.keys()].map(halt));
		},
	};
}
