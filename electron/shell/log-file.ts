import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Size at which the file is moved aside (one is kept), bytes. */
const maxBytes = 1_000_000;

/**
 * Opens the log of an application without a terminal: `logs/assay.log` in the data folder. Lines never contain what
 * users wrote.
 */
export function openLog(dataFolder: string): (line: string) => void {
	const path = join(dataFolder, 'logs', 'assay.log');
	return (line) => {
		try {
			mkdirSync(join(dataFolder, 'logs'), { recursive: true });
			if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) renameSync(path, `${path}.old`);
			appendFileSync(path, `${new Date().toISOString()} ${line}\n`);
		} catch {
			// Other writes report a full or read-only disk; the log must not add a failure.
		}
	};
}
