import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { inferenceEnvironment } from './inference-environment.ts';
import {
	type FromWorker,
	fromWorkerSchema,
	type HeartbeatFrame,
	heartbeatFrameSchema,
	type ToWorker,
} from './protocol.ts';

/** How a worker process ended. */
export interface WorkerExit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** The last lines on stderr, including llama.cpp's message before an abort. */
	readonly lastWords: readonly string[];
}

interface WorkerListener {
	frame(frame: FromWorker): void;
	beat(beat: HeartbeatFrame): void;
	/** Receives the problem of a frame that no version of the protocol has. */
	garbled(problem: string): void;
	/** Called once, after the last frame. `failure` is set if the process could not be started at all. */
	exit(exit: WorkerExit, startError?: Error): void;
}

interface WorkerProcess {
	readonly pid: number | undefined;
	send(frame: ToWorker): void;
	kill(signal: NodeJS.Signals): void;
}

/** Starts worker processes: the only interface between the supervisor and the operating system. */
export interface WorkerLauncher {
	launch(listener: WorkerListener): WorkerProcess;
}

export interface NodeLauncherOptions {
	/** A real Node binary, version 24; default: the one that runs this process. */
	readonly nodeBinary?: string;
	/** The worker's entry file; default: the one next to this file. */
	readonly workerEntry?: string;
	/** Additional environment variables. */
	readonly env?: Readonly<Record<string, string>>;
}

/** Lines of stderr kept to explain a crash. */
const keptLines = 40;

/** Finds the worker's entry file: in a checkout, this file is in models/runtime, in a bundle in dist/<host>. */
function findWorkerEntry(): string {
	const candidates = ['../worker/entry.ts', '../worker/worker.js', './worker/worker.js'].map((path) =>
		fileURLToPath(new URL(path, import.meta.url)),
	);
	const found = candidates.find((path) => existsSync(path));
	if (found === undefined) throw new Error(`no worker entry at ${candidates.join(', ')}`);
	return found;
}

function eachLine(stream: Readable | null | undefined, take: (line: string) => void): void {
	if (!stream) return;
	createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', take);
	stream.on('error', () => {});
}

function launch(nodeBinary: string, entry: string, env: NodeJS.ProcessEnv, listener: WorkerListener): WorkerProcess {
	const child = fork(entry, [], {
		execPath: nodeBinary,
		// Few of a worker's objects live long; V8's default nursery takes 20 MB more.
		execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'],
		env,
		serialization: 'json',
		stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
		windowsHide: true,
	});
	const lastWords: string[] = [];
	let startError: Error | undefined;
	let ended = false;

	eachLine(child.stderr, (line) => {
		lastWords.push(line);
		if (lastWords.length > keptLines) lastWords.shift();
	});
	eachLine(child.stdio[4] as Readable | undefined, (line) => {
		const beat = heartbeatFrameSchema.safeParse(parseJson(line));
		if (beat.success) listener.beat(beat.data);
		else listener.garbled(`a beat that is none: ${line.slice(0, 200)}`);
	});
	child.on('message', (message) => {
		const frame = fromWorkerSchema.safeParse(message);
		if (frame.success) listener.frame(frame.data);
		else listener.garbled(frame.error.message);
	});
	child.on('error', (error) => {
		startError = error;
		// A process that never started has no 'close' to wait for.
		if (child.pid === undefined) end(null, null);
	});
	// 'close' comes after 'exit', when all output of the process has been read.
	child.on('close', (code, signal) => end(code, signal));

	function end(code: number | null, signal: NodeJS.Signals | null): void {
		if (ended) return;
		ended = true;
		listener.exit({ code, signal, lastWords }, child.pid === undefined ? startError : undefined);
	}

	return {
		pid: child.pid,
		send(frame: ToWorker) {
			// A worker that is shutting down sends no more answers; its 'close' says why.
			if (child.connected) child.send(frame, () => {});
		},
		kill(signal) {
			child.kill(signal);
		},
	};
}

function parseJson(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}

/**
 * Starts workers on a real Node binary, in every host. Electron's binary is never used, because its allocator traps on
 * large allocations and its fuses forbid running it as Node.
 */
export function createNodeLauncher(options: NodeLauncherOptions = {}): WorkerLauncher {
	const env = inferenceEnvironment(options.env);
	return {
		launch: (listener) =>
			launch(options.nodeBinary ?? process.execPath, options.workerEntry ?? findWorkerEntry(), env, listener),
	};
}
