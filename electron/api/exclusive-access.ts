import { Failure } from '../../models/contract/failure.ts';
import { type Said, said } from '../../models/contract/said.ts';
import type { EventBus, InternalEvent } from '../events.ts';

/** Gives one piece of work exclusive use of the database. */
export interface ExclusiveAccess {
	/** Why a call can't be answered now; null if it can. */
	refusal(path: readonly string[]): Failure | null;
	/** Refuses other calls until `work` is done; `what` is a sentence that says what is happening. */
	alone<T>(what: Said, work: () => Promise<T>): Promise<T>;
}

/** Calls that a page needs to stay connected and to hear that the work is over. */
const stillAnswered: readonly string[] = ['system.hello', 'system.status', 'system.events'];

export function createExclusiveAccess(): ExclusiveAccess {
	let doing: Said | null = null;
	function busy(what: Said): Failure {
		return new Failure({
			code: 'data-busy',
			message: said`${what}; nothing else can run until it is done.`,
			next: [said`Try again in a few seconds`],
		});
	}
	return {
		refusal: (path) => (doing === null || stillAnswered.includes(path.join('.')) ? null : busy(doing)),
		async alone(what, work) {
			if (doing !== null) throw busy(doing);
			doing = what;
			try {
				return await work();
			} finally {
				doing = null;
			}
		},
	};
}

/** Long work that is under way, according to the events. */
export interface RunningWork {
	/** A paused download does not count: it writes nothing. */
	downloads(): boolean;
	/** Imports, exports and other jobs. */
	jobs(): boolean;
}

const ended: ReadonlySet<string> = new Set(['done', 'failed', 'cancelled']);

export function followRunningWork(events: EventBus): RunningWork {
	const downloads = new Set<string>();
	const jobs = new Set<string>();
	events.subscribe((event: InternalEvent) => {
		if (event.type === 'download') {
			const { id, state } = event.download;
			note(downloads, { id, state: state === 'paused' ? 'done' : state });
		}
		if (event.type === 'job') note(jobs, event.job);
	});
	return { downloads: () => downloads.size > 0, jobs: () => jobs.size > 0 };
}

function note(running: Set<string>, { id, state }: { readonly id: string; readonly state: string }): void {
	if (ended.has(state)) running.delete(id);
	else running.add(id);
}
