import { writeSync } from 'node:fs';

/** Writes to stderr at once: a line that is still in a buffer is lost when the process aborts. */
export function writeToStderrNow(line: string): void {
	try {
		writeSync(2, `${line}\n`);
	} catch {
		// Nobody reads it, or the pipe is full: an explanation is lost, nothing else.
	}
}
