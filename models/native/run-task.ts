import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { Failure } from '../contract/failure.ts';
import {
	type FromNative,
	fromNativeSchema,
	type NativeHeartbeat,
	type NativeProgress,
	type NativeResults,
	type NativeTask,
	type NativeTaskInput,
	nativeResultSchemas,
	nativeTaskSchema,
	type ToNative,
} from '../contract/native/tasks.ts';
import { partPath } from './output-file.ts';
import { diedFailure, type NativeProcessOptions, startNativeProcess, stuckFailure, stuckWatch } from './process.ts';

export type NativeRunOptions = NativeProcessOptions & {
	/** Ends the process; the run rejects with the signal's reason. */
	signal?: AbortSignal;
	onProgress?: (progress: NativeProgress) => void;
	/** Receives CPU time and memory once a second, to know peaks and to tell slow from stuck. */
	onBeat?: (beat: NativeHeartbeat) => void;
};

export type NativeRun<Kind extends NativeTask['kind']> = {
	result: NativeResults[Kind];
	/** Peak memory of the process, bytes. */
	peakResidentBytes: number;
	cpuMs: number;
};

/** Time for a process to stop between two decodes before it is ended, ms. */
const graceMs = 500;

/** Returns files that a task may have left half-written. */
function partsOf(task: NativeTask): string[] {
	if (task.kind === 'quantize') return task.outputs.map(({ path }) => partPath(path));
	if (task.kind === 'perplexity') return task.store === null ? [] : [partPath(task.store.path)];
	return 'output' in task ? [partPath(task.output)] : [];
}

type Ending = { frame: Extract<FromNative, { type: 'done' | 'failed' }> } | { failure: Failure };

/** Makes the process perform its task; resolves after its exit. */
function converse(
	child: ChildProcess,
	lastWords: string[],
	task: NativeTask,
	options: NativeRunOptions,
): Promise<Ending> {
	const watch = stuckWatch();
	let ending: Ending | null = null;
	child.on('message', (message) => {
		const { data: frame, error } = fromNativeSchema.safeParse(message);
		if (frame === undefined) {
			lastWords.push(`a malformed frame: ${error.message}`);
			child.kill('SIGTERM');
		} else if (frame.type === 'progress') {
			watch.progress();
			options.onProgress?.(frame.progress);
		} else if (frame.type === 'beat') {
			options.onBeat?.(frame.beat);
			if (!watch.beat(frame.beat)) return;
			ending = { failure: stuckFailure() };
			child.kill('SIGKILL');
		} else ending = { frame };
	});
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code, signal) => resolve(ending ?? { failure: diedFailure(code, signal, lastWords) }));
		child.send({ type: 'run', task } satisfies ToNative, (error) => {
			// A process that died at once says why in its 'close'.
			if (error !== null) lastWords.push(String(error));
		});
	});
}

/**
 * Asks the process to stop after an abort, and ends it if it doesn't in time. Returns a function that removes the
 * listener.
 */
function stopOn(signal: AbortSignal | undefined, child: ChildProcess): () => void {
	let timer: NodeJS.Timeout | undefined;
	const stop = (): void => {
		if (child.connected) child.send({ type: 'abort' } satisfies ToNative, () => undefined);
		timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
	};
	signal?.addEventListener('abort', stop, { once: true });
	return () => {
		clearTimeout(timer);
		signal?.removeEventListener('abort', stop);
	};
}

/**
 * Performs one task of models/native in a separate process and cleans up after it, even if it is aborted or dies.
 * Throws the task's Failure, `native-process-died`, `native-stalled`, or the signal's reason.
 */
export async function runNativeTask<Kind extends NativeTask['kind']>(
	input: Extract<NativeTaskInput, { kind: Kind }>,
	options: NativeRunOptions = {},
): Promise<NativeRun<Kind>> {
	options.signal?.throwIfAborted();
	const task = nativeTaskSchema.parse(input);
	const { child, lastWords } = startNativeProcess(options);
	const release = stopOn(options.signal, child);
	try {
		const ending = await converse(child, lastWords, task, options);
		options.signal?.throwIfAborted();
		if ('failure' in ending) throw ending.failure;
		if (ending.frame.type === 'failed') throw new Failure(ending.frame.failure);
		const { result, beat } = ending.frame;
		return {
			result: nativeResultSchemas[task.kind].parse(result) as NativeResults[Kind],
			peakResidentBytes: beat.peakResidentBytes,
			cpuMs: beat.cpuMs,
		};
	} finally {
		release();
		await Promise.all(partsOf(task).map((part) => rm(part, { recursive: true, force: true })));
	}
}
