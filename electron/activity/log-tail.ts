/** The last lines of the log, wherever the host sends them. */
export interface LogTail {
	readonly log: (line: string) => void;
	/** Oldest first, each with its time. */
	lines(): readonly string[];
}

/** Enough to see what led to a fault, in memory. */
const maxLines = 500;

/** Passes every line on and remembers the last ones. */
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
