import type { RunStatus } from '../contract/evaluation/schema.ts';
import type { EvaluationContext } from './context.ts';
import { runEvaluation } from './run-evaluation.ts';
import { manifestOf } from './run-view.ts';
import { getRun } from './store/runs.ts';
import type { RunProgress } from './time-left.ts';

type Change = 'rows' | 'status' | 'facts';

/** Runs that wait or are measured, one after the other. */
export interface RunQueue {
	begin(id: number): void;
	/** Begins at once, in a turn that the caller has; resolves when nothing of it goes on any more. */
	runInTurn(id: number, control: TurnControl): Promise<void>;
	/** Resolves when nothing of it goes on any more. */
	halt(id: number): Promise<void>;
	has(id: number): boolean;
	/** What it does right now; null: it waits, or is not under way. */
	now(id: number): RunProgress | null;
	/** Tells pages that a run changed. */
	changed(id: number, change: Change): void;
	announce(id: number, change: Change, status: RunStatus): void;
	close(): Promise<void>;
}

/** Who has the turn, and wants to know how far it is. */
export interface TurnControl {
	readonly signal: AbortSignal;
	now(now: RunProgress): void;
}

/** Two reports of one run's rows are at least this far apart, ms. */
const reportMs = 250;

interface Entry {
	readonly abort: AbortController;
	ended: Promise<void>;
	/** Whether its turn has come. */
	begun: boolean;
	now: RunProgress | null;
	later: NodeJS.Timeout | null;
}

export function createRunQueue(context: EvaluationContext): RunQueue {
	const { database, events } = context;
	const entries = new Map<number, Entry>();
	const announce = (runId: number, change: Change, status: RunStatus): void =>
		events.publish({ type: 'evaluation-changed', runId, change, status });
	const changed = (id: number, change: Change): void => announce(id, change, getRun(database, id).status);

	/** At once, or a moment later with what comes until then. */
	function rows(id: number, entry: Entry): void {
		entry.later ??= setTimeout(() => {
			entry.later = null;
			if (entries.get(id) === entry) changed(id, 'rows');
		}, reportMs);
	}

	async function work(id: number, entry: Entry, onNow?: (now: RunProgress) => void): Promise<void> {
		if (!entry.abort.signal.aborted) {
			entry.begun = true;
			await runEvaluation(context, id, {
				signal: entry.abort.signal,
				begun: () => changed(id, 'status'),
				now(now) {
					entry.now = now;
					onNow?.(now);
					rows(id, entry);
				},
				rows: () => rows(id, entry),
			});
		}
		if (entry.later !== null) clearTimeout(entry.later);
		// Paused while it waited and begun anew, it has another entry by now.
		if (entries.get(id) !== entry) return;
		entries.delete(id);
		changed(id, 'status');
	}

	async function halt(id: number): Promise<void> {
		const entry = entries.get(id);
		if (entry === undefined) return;
		entry.abort.abort(new Error('paused'));
		// One that waits for another does not wait for that one's end.
		if (entry.begun) await entry.ended;
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
			begun: false,
			now: null,
			later: null,
		};
		entries.set(id, entry);
		return entry;
	}

	return {
		begin(id) {
			const entry = enter(id);
			// What needs no model waits for none.
			entry.ended = needsTurn(id) ? context.lane(() => work(id, entry)) : work(id, entry);
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
		now: (id) => entries.get(id)?.now ?? null,
		changed,
		announce,
		async close() {
			await Promise.all([...entries.keys()].map(halt));
		},
	};
}
