import type { EventBus, InternalEvent } from '../../events.ts';

/** What long work is under way, by what the events say. */
export interface RunningWork {
	/** One that is paused writes nothing. */
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
