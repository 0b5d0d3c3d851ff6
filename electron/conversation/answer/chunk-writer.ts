import type { WritableDatabase } from '../../database/database.ts';
import { appendChunk } from '../store/chunks.ts';

/**
 * How long new text may wait before it is on the disk, ms. The promise is that a crash loses at most 250 ms of text;
 * the rest of that time is for the timer to fire and the disk to answer.
 */
const appendEveryMs = 200;
/** From then on it is written as soon as more text comes: the process is awake then, and needs no waking of its own. */
const appendAfterMs = 160;

/** Keeps the text of one answer on the disk while it grows. */
export interface ChunkWriter {
	add(text: string): void;
	/** Writes nothing more. What isn't written yet is in the draft. */
	stop(): void;
}

/** `onFailure` is called once, when text could not be written. */
export function createChunkWriter(
	database: WritableDatabase,
	messageId: number,
	onFailure: (error: unknown) => void,
): ChunkWriter {
	let waiting = '';
	let sequence = 0;
	let timer: NodeJS.Timeout | null = null;
	let since = 0;
	let stopped = false;

	function write(): void {
		if (timer !== null) clearTimeout(timer);
		timer = null;
		// Half a surrogate pair has no UTF-8 form; it waits for its other half.
		const length = /[\uD800-\uDBFF]$/.test(waiting) ? waiting.length - 1 : waiting.length;
		if (stopped || length === 0) return;
		try {
			sequence += 1;
			appendChunk(database, messageId, sequence, waiting.slice(0, length));
			waiting = waiting.slice(length);
		} catch (error) {
			stopped = true;
			onFailure(error);
		}
	}

	return {
		add(text) {
			if (stopped) return;
			waiting += text;
			if (timer === null) {
				since = performance.now();
				timer = setTimeout(write, appendEveryMs);
			} else if (performance.now() - since >= appendAfterMs) {
				// Whoever watches gets the text first.
				since = Number.POSITIVE_INFINITY;
				setImmediate(write);
			}
		},
		stop() {
			stopped = true;
			if (timer !== null) clearTimeout(timer);
		},
	};
}
