import type { WritableDatabase } from '../../database/database.ts';
import { appendChunk } from '../store/chunks.ts';

/**
 * Longest time that new text waits before it is written to disk, ms. The promise is that a crash loses at most 250 ms
 * of text; the rest is for the timer to fire and the disk to respond.
 */
const appendEveryMs = 200;
/**
 * From this age on, text is written as soon as more arrives: the process is awake then, which saves a timer wake-up.
 */
const appendAfterMs = 160;

/** Stores the text of one answer on disk while it is being generated. */
export interface ChunkWriter {
	add(text: string): void;
	/** Drops text that is not written yet: the caller has stored all of it elsewhere, and removed the chunks. */
	restart(): void;
	/** Stops writing. Text not written yet is in the draft. */
	stop(): void;
}

/** Calls `onFailure` once if text cannot be written. */
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
		// Half a surrogate pair has no UTF-8 form, so it waits for the other half.
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
				// Subscribers get the text first.
				since = Number.POSITIVE_INFINITY;
				setImmediate(write);
			}
		},
		restart() {
			waiting = '';
			if (timer !== null) clearTimeout(timer);
			timer = null;
		},
		stop() {
			stopped = true;
			if (timer !== null) clearTimeout(timer);
		},
	};
}
