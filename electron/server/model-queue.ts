import { whenAborted } from '../../models/abort-signal.ts';

/** Longest time that requests for one model keep those for another waiting, ms. */
const longestWaitMs = 15_000;

/** What the queue needs to know of the models. */
export interface QueuedModels {
	loaded(modelFileId: number): boolean;
	/** Whether it can be loaded next to those that are loaded. */
	hasRoom(modelFileId: number): boolean;
}

/** A request's place in the queue, from its arrival to its end. */
export interface QueuePlace {
	/** The model may be loaded, if it isn't. Rejects with the signal's reason. */
	readonly admitted: Promise<void>;
	/** Place among the requests that wait, from 1; null: it is being answered. */
	place(): number | null;
	/** The model is loaded. */
	loaded(): void;
	/** The model has taken the request up. */
	started(): void;
	/** The request has ended, whatever it was waiting for. */
	leave(): void;
}

/**
 * Collates the requests that wait by model: where two models don't fit into memory together, all requests for the one in
 * memory are answered before the other is loaded, except that nobody waits longer than `longestWaitMs` for that.
 */
export interface ModelQueue {
	enter(modelFileId: number, signal: AbortSignal): QueuePlace;
	/** Number of requests that wait. */
	waiting(): number;
}

interface Entry {
	readonly modelFileId: number;
	readonly since: number;
	/** null: it waits for its model's turn. */
	admit: (() => void) | null;
	isStarted: boolean;
}

export function createModelQueue(
	models: QueuedModels,
	{ longestMs = longestWaitMs, clock = () => performance.now() }: { longestMs?: number; clock?: () => number } = {},
): ModelQueue {
	/** In order of arrival. */
	const entries = new Set<Entry>();

	const answered = (): number[] =>
		[...entries].filter(({ admit }) => admit === null).map(({ modelFileId }) => modelFileId);

	function mayEnter(modelFileId: number): boolean {
		const now = clock();
		const late = [...entries].find(({ admit, since }) => admit !== null && now - since >= longestMs);
		if (late !== undefined && late.modelFileId !== modelFileId) return false;
		const others = answered().filter((id) => id !== modelFileId);
		if (others.length === 0) return true;
		const isLoaded = models.loaded(modelFileId);
		if (!isLoaded && !models.hasRoom(modelFileId)) return false;
		// One that is being loaded for others may take this one's memory.
		return !isLoaded || others.every((id) => models.loaded(id) || models.hasRoom(id));
	}

	function pump(): void {
		for (const entry of entries) {
			if (entry.admit === null || !mayEnter(entry.modelFileId)) continue;
			const { admit } = entry;
			entry.admit = null;
			admit();
		}
	}

	return {
		enter(modelFileId, signal) {
			const { promise, resolve } = Promise.withResolvers<void>();
			const entry: Entry = { modelFileId, since: clock(), admit: resolve, isStarted: false };
			entries.add(entry);
			pump();
			async function admission(): Promise<void> {
				if (entry.admit !== null) await Promise.race([promise, whenAborted(signal)]);
				signal.throwIfAborted();
			}
			return {
				admitted: admission(),
				place() {
					if (entry.isStarted || !entries.has(entry)) return null;
					return [...entries].filter(({ isStarted }) => !isStarted).indexOf(entry) + 1;
				},
				loaded: pump,
				started() {
					entry.isStarted = true;
				},
				leave() {
					if (entries.delete(entry)) pump();
				},
			};
		},
		waiting: () => [...entries].filter(({ isStarted }) => !isStarted).length,
	};
}
