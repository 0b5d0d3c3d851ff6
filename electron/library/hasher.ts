import type { Failure } from '../../models/contract/failure.ts';
import { sha256OfFiles } from '../../models/file-hash.ts';
import { checkFileOnDisk, fileChangedFailure, pathsOf } from './file-check.ts';
import type { LibrarySeam } from './model-service.ts';
import { findModelFile, setSha256 } from './store/model-files.ts';

/** Computes hashes in the background, one file at a time. */
export interface Hasher {
	/** Schedules a file's hash, to compute it or to compare it if known. Scheduling twice changes nothing. */
	schedule(modelFileId: number): void;
	/** Resolves once no work is left. */
	idle(): Promise<void>;
	/** Stops; the next start does the rest. */
	close(): Promise<void>;
}

/**
 * Called for every hashed file: null, or how it differs from the one that was added; `modifiedAt` is the time of the
 * file that was hashed.
 */
export type OnHashed = (id: number, failure: Failure | null, modifiedAt: number) => void;

/** Shortest time between two reports of one file, ms. */
const reportMs = 250;

export function createHasher(seam: LibrarySeam, onHashed: OnHashed): Hasher {
	const waiting = new Set<number>();
	const closing = new AbortController();
	let running: Promise<void> | null = null;

	async function hash(id: number): Promise<void> {
		const row = findModelFile(seam.database, id);
		if (row === undefined) return;
		const before = await checkFileOnDisk(row);
		// Still being written, or missing: the next check of the file schedules it again.
		if (before.kind === 'problem') return;
		let reportedAt = performance.now();
		const sha256 = await sha256OfFiles(pathsOf(row), {
			signal: closing.signal,
			onProgress(doneBytes) {
				if (performance.now() - reportedAt < reportMs) return;
				reportedAt = performance.now();
				const { sizeBytes: totalBytes } = row;
				seam.events.publish({ type: 'model-hash', modelFileId: id, doneBytes, totalBytes });
			},
		});
		const after = await checkFileOnDisk(row);
		if (after.kind === 'problem') return;
		const modifiedAt = after.kind === 'touched' ? after.modifiedAt : row.modifiedAt;
		if (modifiedAt !== (before.kind === 'touched' ? before.modifiedAt : row.modifiedAt)) return;
		if (row.sha256 !== null && row.sha256 !== sha256) {
			const hashes = `its SHA-256 was ${row.sha256.slice(0, 12)}… and is ${sha256.slice(0, 12)}…`;
			onHashed(id, fileChangedFailure(row.path, hashes), modifiedAt);
			return;
		}
		setSha256(seam.database, row, sha256, modifiedAt);
		onHashed(id, null, modifiedAt);
	}

	async function work(): Promise<void> {
		for (const id of waiting) {
			if (closing.signal.aborted) return;
			await hash(id).catch((error: unknown) => {
				// If a file disappeared meanwhile, the library's own check reports it.
				if (!closing.signal.aborted) seam.log(`library: hash of file ${id} not computed: ${String(error)}`);
			});
			waiting.delete(id);
		}
	}

	function start(): void {
		running ??= work().finally(() => {
			running = null;
			// Scheduled between the last check and here.
			if (waiting.size > 0 && !closing.signal.aborted) start();
		});
	}

	return {
		schedule(id) {
			waiting.add(id);
			start();
		},
		async idle() {
			await running;
		},
		async close() {
			closing.abort();
			await running;
		},
	};
}
