export interface LogKeeper {
	add(line: string): void;
	/** The newest lines, oldest first. */
	lines(): readonly string[];
}

const keptLines = 30;

/** Keeps the newest lines of llama.cpp's log: "Failed to load model" has its reason only there. */
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
