import { constants } from 'node:os';

/** Ctrl+C and similar signals. The first asks the command to stop; the second ends the process at once. */
export interface Interrupt extends Disposable {
	readonly signal: AbortSignal;
	/** Exit code after an interrupt: 128 plus the number of the signal, so 130 for Ctrl+C. */
	readonly exitCode: number;
	/** For a terminal in raw mode, where Ctrl+C is a key, not a signal. */
	trigger(): void;
}

export function listenForInterrupt(): Interrupt {
	const controller = new AbortController();
	let exitCode = 130;
	function received(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
		exitCode = 128 + constants.signals[name];
		if (controller.signal.aborted) process.exit(exitCode);
		controller.abort(new Error(`interrupted by ${name}`));
	}
	const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
	for (const name of names) process.on(name, received);
	return {
		signal: controller.signal,
		get exitCode() {
			return exitCode;
		},
		trigger: () => received('SIGINT'),
		[Symbol.dispose]: () => {
			for (const name of names) process.off(name, received);
		},
	};
}
