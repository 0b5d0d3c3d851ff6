export interface LogKeeper {
	add(line: string): void;
	/** Returns the newest lines, oldest first. */
	lines(): readonly string[];
}

const keptLines = 30;

/** Keeps the newest lines of llama.cpp's log: they are the only reason behind "Failed to load model". */
export function createLogKeeper(forward: (line: string) => void): LogKeeper {
	const kept: string[] = [];
	return {
		add(line) {
			kept.push(line);
			if (kept.length > keptLines) kept.shift();
			forward(line);
		},
		lines: () => kept,
	};
}
