import koffi from 'koffi';
import type { NativeFunctions } from './functions.ts';

/** ggml_log_level. */
const levels = { 0: 'none', 1: 'debug', 2: 'info', 3: 'warn', 4: 'error' } as const;
type Level = (typeof levels)[keyof typeof levels];
/** ggml's level for the continuation of the previous line. */
const continued = 5;

export type LogLine = { level: Level; text: string };

const keptLines = 200;

/**
 * llama.cpp's log, assembled into whole lines: llama.cpp writes pieces, and some lines consist of several. Keeps the
 * last 200 lines for the details of a Failure; `onPiece` receives every piece as it comes, for progress.
 */
export class NativeLog {
	readonly #lines: LogLine[] = [];
	#open: LogLine | null = null;
	onPiece: ((text: string) => void) | null = null;
	onLine: ((line: LogLine) => void) | null = null;

	/** Receives one call of the C callback. */
	append(level: number, text: string): void {
		this.onPiece?.(text);
		const name = levels[level as keyof typeof levels] ?? (level === continued ? (this.#open?.level ?? 'info') : 'info');
		let rest = text;
		for (;;) {
			const end = rest.indexOf('\n');
			if (end === -1) break;
			this.#finish(name, rest.slice(0, end));
			rest = rest.slice(end + 1);
		}
		if (rest !== '') this.#open = { level: this.#open?.level ?? name, text: (this.#open?.text ?? '') + rest };
	}

	#finish(level: Level, text: string): void {
		const line = { level: this.#open?.level ?? level, text: (this.#open?.text ?? '') + text };
		this.#open = null;
		if (line.text.trim() === '') return;
		this.#lines.push(line);
		if (this.#lines.length > keptLines) this.#lines.shift();
		this.onLine?.(line);
	}

	/** Returns the last `count` lines of at least warning level, or of any level if there are none. */
	tail(count = 8): string {
		const serious = this.#lines.filter(({ level }) => level === 'warn' || level === 'error');
		return (serious.length > 0 ? serious : this.#lines)
			.slice(-count)
			.map(({ text }) => text.trim())
			.join('\n');
	}

	/** Drops the lines so far, so that a failure shows only its own. */
	clear(): void {
		this.#lines.length = 0;
		this.#open = null;
	}
}

let logType: ReturnType<typeof koffi.pointer> | undefined;

/** Creates ggml_log_callback; koffi allows a prototype to be declared only once. */
function logCallback() {
	logType ??= koffi.pointer(koffi.proto('void', ['int32_t', 'str', 'void *']));
	return logType;
}

/** Sends llama.cpp's log to `log` for the life of the process instead of stderr. */
export function captureLog(functions: NativeFunctions, log: NativeLog): void {
	const callback = koffi.register((level: number, text: string | null) => {
		if (text !== null) log.append(level, text);
	}, logCallback());
	functions.llama_log_set(callback, null);
}
