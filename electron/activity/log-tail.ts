/** The last lines of the log, whatever the host does with them. */
export interface LogTail {
	readonly log: (line: string) => void;
	/** Oldest first, each with its timestamp. */
	lines(): readonly string[];
}

/** Enough to show what led to a fault, and small enough for memory. */
const maxLines = 500;

/** Passes every line on and keeps the last ones. */
export function createLogTail(log: (line: string) => void, clock: () => number): LogTail {
	const kept: string[] = [];
	return {
		log(line) {
			kept.push(`${new Date(clock()).toISOString()} ${line}`);
			if (kept.length > maxLines) kept.shift();
			log(line);
		},
		lines: () => [...kept],
	};
}
