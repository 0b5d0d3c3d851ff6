import type { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { parentPort, Worker } from 'node:worker_threads';
import { failureFacts } from '../../models/contract/failure.ts';
import { encodeFrame, FrameReader } from './frames.ts';

/** Descriptor on which a parser process sends its messages: its standard output belongs to libraries. */
export const parserDescriptor = 3;

/** Environment variable with the memory limit of a parser process, MB. */
export const parserMemoryVariable = 'ASSAY_PARSER_MB';

/** The last words of a process that ends because of its memory limit. */
export const tooMuchMemory = 'assay: the parser reached its memory limit';

/** What the application sends to any worker. */
export type ToWorker =
	| { readonly type: 'task'; readonly task: object }
	/** Stop; what was done will be undone. Threads learn it by a flag. */
	| { readonly type: 'cancel' }
	| { readonly type: 'answering'; readonly value: boolean };

/** Indices in the flags of a worker; 1 means yes. */
export const workerFlag = {
	/** Stop; what was done will be undone. */
	cancel: 0,
	/** An answer is being generated: it takes precedence over this work. */
	answering: 1,
} as const;

/** A worker's end of its channel to the application, in a thread or a parser process. */
export interface WorkerPort {
	send(message: object): void;
	/** Resolves to the next message that is neither a task nor a flag. */
	next(): Promise<object>;
}

/** A task, as its worker receives it. */
export interface ReceivedTask<Task> {
	readonly task: Task;
	/** Contents of a file that is not on disk. */
	readonly bytes: Uint8Array<ArrayBuffer> | null;
	/** See `workerFlag`. They change while other messages can arrive. */
	readonly flags: Int32Array;
	readonly port: WorkerPort;
}

/** A message to a worker is larger than this only by mistake: an attachment has 16 MB at most. */
const maxIncomingBytes = 64 * 1024 * 1024;

/** Interval at which the memory of the process is measured, ms: a parser fills some 50 MB in that time. */
const measureMs = 25;

/**
 * Serves the tasks that this worker receives, one after the other: sends `done` with the result, or `failed`. The entry
 * of every worker that parses files; whether it is a thread or a process, the application decides.
 */
export async function serveTasks<Task extends object>(
	perform: (received: ReceivedTask<Task>) => Promise<unknown>,
): Promise<never> {
	const tasks = new Inbox<Omit<ReceivedTask<Task>, 'port'> & { readonly answers: Inbox<object> }>();
	let flags = new Int32Array(2);
	let answers = new Inbox<object>();
	const send = openChannel((message, bytes) => {
		if (message.type === 'task') {
			const task = message.task as Task;
			flags = new Int32Array(2);
			answers = new Inbox();
			// A thread shares its flags with the application.
			tasks.put({ task, bytes, flags: flagsIn(task) ?? flags, answers });
		} else if (message.type === 'cancel') flags[workerFlag.cancel] = 1;
		else if (message.type === 'answering') flags[workerFlag.answering] = message.value ? 1 : 0;
		else answers.put(message);
	});
	const residentBytes = (): number => (parentPort === null ? process.memoryUsage.rss() : 0);
	for (;;) {
		const { answers: own, ...received } = await tasks.take();
		try {
			const result = await perform({ ...received, port: { send, next: () => own.take() } });
			send({ type: 'done', result, residentBytes: residentBytes() });
		} catch (error) {
			send({ type: 'failed', failure: failureFacts(error), residentBytes: residentBytes() });
		}
	}
}

function flagsIn(task: object): Int32Array | null {
	return 'flags' in task && task.flags instanceof Int32Array ? task.flags : null;
}

/** Keeps messages until somebody takes them. */
class Inbox<T> {
	readonly #waiting: T[] = [];
	#wake: (() => void) | null = null;

	put(message: T): void {
		this.#waiting.push(message);
		this.#wake?.();
	}

	async take(): Promise<T> {
		for (;;) {
			const message = this.#waiting.shift();
			if (message !== undefined) return message;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}
}

type Arrive = (message: ToWorker, bytes: Uint8Array<ArrayBuffer> | null) => void;

function openChannel(arrive: Arrive): (message: object) => void {
	if (parentPort === null) return openProcessChannel(arrive);
	const port = parentPort;
	port.on('message', (message: ToWorker) => arrive(message, null));
	return (message) => port.postMessage(message);
}

function openProcessChannel(arrive: Arrive): (message: object) => void {
	if (process.env[parserMemoryVariable] === undefined) throw new Error('a worker is started by Assay, not by hand');
	watchMemory();
	const reader = new FrameReader(maxIncomingBytes);
	process.stdin.on('data', (piece: Buffer) => {
		const frames = reader.push(piece);
		if (frames === null) throw new Error('a message to the parser process is larger than any');
		for (const { message, bytes } of frames) arrive(message as ToWorker, bytes === null ? null : new Uint8Array(bytes));
	});
	// The application has ended, or needs this process no more.
	process.stdin.on('end', () => process.exit(0));
	process.stdin.on('error', () => process.exit(0));
	const output = new Socket({ fd: parserDescriptor, readable: false, writable: true });
	output.on('error', () => process.exit(0));
	return (message) => {
		for (const part of encodeFrame(message)) output.write(part);
	};
}

/**
 * Ends this process once its memory exceeds the limit, or its parent has died. A thread does it, because a parser may
 * block the main one.
 */
function watchMemory(): void {
	const limitBytes = Number(process.env[parserMemoryVariable]) * 1024 * 1024;
	const watch = `(${watchFromThread.toString()})`;
	const thread = new Worker(
		`const { writeSync } = require('node:fs'); ${watch}(${limitBytes}, ${process.ppid}, ${measureMs}, ${JSON.stringify(tooMuchMemory)}, writeSync);`,
		{ eval: true, resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 8 } },
	);
	thread.unref();
}

/** Runs alone, without imports: its text is the code of the thread. */
function watchFromThread(
	limitBytes: number,
	parent: number,
	intervalMs: number,
	lastWords: string,
	write: typeof writeSync,
): void {
	setInterval(() => {
		if (process.memoryUsage.rss() > limitBytes) write(2, lastWords);
		else if (process.ppid === parent) return;
		process.kill(process.pid, 'SIGKILL');
	}, intervalMs);
}
