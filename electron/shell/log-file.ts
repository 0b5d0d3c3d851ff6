import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withoutQuotes } from '../activity/redact.ts';

/** Size at which the file is moved aside (one is kept), bytes. */
const maxBytes = 1_000_000;

/**
 * Opens the log of an application without a terminal: `logs/assay.log` in the data folder. Lines never contain what
 * users wrote, nor links, which may come from a conversation: deleting that for good must leave nothing of it.
 */
export function openLog(dataFolder: string): (line: string) => void {
	const path = join(dataFolder, 'logs', 'assay.log');
	return (line) => {
		try {
			mkdirSync(join(dataFolder, 'logs'), { recursive: true, mode: 0o700 });
			if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) renameSync(path, `${path}.old`);
			appendFileSync(path, `${new Date().toISOString()} ${withoutQuotes(line)}\n`, { mode: 0o600 });
		} catch {
			// Other writes report a full or read-only disk; the log must not add a failure.
		}
	};
}
