import type { DatabaseNotice } from './backups/damage.ts';
import { runFileTask } from './reader/reader.ts';
import { markSuspect } from './suspect.ts';

/**
 * Checks a database that is in use and too large to be checked at the start. Resolves to null where it is sound, else
 * to what people must know; the next start then deals with it.
 */
export async function checkInBackground(path: string, readerEntry: URL): Promise<DatabaseNotice | null> {
	const verdict = await runFileTask({ kind: 'check', path }, readerEntry);
	if (verdict === 'ok') return null;
	markSuspect(path, verdict);
	return {
		message: `A check found that the database ${path} is damaged (${verdict}).`,
		next: ['Restart Assay: it keeps the damaged file aside and opens the newest good backup'],
	};
}
