import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The file is moved aside (one is kept) when it has grown to this, bytes. */
const maxBytes = 1_000_000;

/** A log for an application without a terminal: `logs/assay.log` in the data folder. Lines never hold what people wrote. */
export function openLog(dataFolder: string): (line: string) => void {
	const path = join(dataFolder, 'logs', 'assay.log');
	return (line) => {
		try {
			mkdirSync(join(dataFolder, 'logs'), { recursive: true });
			if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) renameSync(path, `${path}.old`);
			appendFileSync(path, `${new Date().toISOString()} ${line}\n`);
		} catch {
			// A full or read-only disk is named by what had to be written; the log must not be one failure more.
		}
	};
}
