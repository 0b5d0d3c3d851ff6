import type { FromWorker, HeartbeatFrame, ToWorker } from './protocol.ts';

/** How a worker process ended. */
export interface WorkerExit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** What it last wrote to stderr: llama.cpp's words before an abort are among them. */
	readonly lastWords: readonly string[];
}

export interface WorkerListener {
	frame(frame: FromWorker): void;
	beat(beat: HeartbeatFrame): void;
	/** A frame that no version of the protocol has. */
	garbled(problem: string): void;
	/** Comes once, after the last frame. `failure` is set when the process could not be started at all. */
	exit(exit: WorkerExit, startError?: Error): void;
}

export interface WorkerProcess {
	readonly pid: number | undefined;
	send(frame: ToWorker): void;
	kill(signal: NodeJS.Signals): void;
}

/** Starts worker processes: the one seam between the supervisor and the operating system. */
export interface WorkerLauncher {
	launch(listener: WorkerListener): WorkerProcess;
}
