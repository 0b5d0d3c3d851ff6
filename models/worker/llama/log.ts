import type { LlamaLogLevel } from 'node-llama-cpp';

export interface LogKeeper {
	readonly logger: (level: LlamaLogLevel, message: string) => void;
	/** The newest lines, oldest first. The native log arrives by way of the event loop: this waits for what is under way. */
	lines(): Promise<readonly string[]>;
}

const keptLines = 30;

/** Keeps the newest lines of llama.cpp's log: "Failed to load model" has its reason only there. */
export function createLogKeeper(forward: (line: string) => void): LogKeeper {
	const kept: string[] = [];
	return {
		logger(_level, message) {
			for (const line of message.split('\n')) {
				if (line.trim() === '') continue;
				kept.push(line);
				if (kept.length > keptLines) kept.shift();
				forward(line);
			}
		},
		async lines() {
			await new Promise((resolve) => setTimeout(resolve, 20));
			return kept;
		},
	};
}
