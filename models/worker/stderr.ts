import { writeSync } from 'node:fs';

/** Writes to stderr synchronously: a line still in a buffer is lost when the process aborts. */
export function writeToStderrNow(line: string): void {
	try {
		writeSync(2, `${line}\n`);
	} catch {
		// Nobody reads it, or the pipe is full: only an explanation is lost.
	}
}
