import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Failure } from '../contract/failure.ts';
import {
	type FromNative,
	fromNativeSchema,
	type NativeBeat,
	type NativeProgress,
	type NativeResults,
	type NativeTask,
	type NativeTaskInput,
	nativeResultSchemas,
	nativeTaskSchema,
	type ToNative,
} from '../contract/native.ts';
import { inferenceEnvironment } from '../runtime/environment.ts';
import { partPath } from './target.ts';

export type NativeRunOptions = {
	/** A real Node binary, version 24; the one that runs this process where it is left out. */
	nodeBinary?: string;
	/** The process's entry file; found beside this file where it is left out. */
	entry?: string;
	/** Added to the environment. */
	env?: Readonly<Record<string, string>>;
	/** Ends the process; the run rejects with the signal's reason. */
	signal?: AbortSignal;
	onProgress?: (progress: NativeProgress) => void;
	/** Once a second: processor time and memory, for peaks and for telling slow from stuck. */
	onBeat?: (beat: NativeBeat) => void;
};

export type NativeRun<Kind extends NativeTask['kind']> = {
	result: NativeResults[Kind];
	/** The most memory the process ever had, bytes. */
	peakResidentBytes: number;
	cpuMs: number;
};

/** Time given to a process to stop between two decodes before it is ended, ms. */
const graceMs = 500;
/** A process that neither reports nor uses the processor for this long is stuck, ms. */
const stuckMs = 120_000;
/** Processor time below which a process counts as idle, as a share of real time. */
const idleShare = 0.01;
const keptLines = 40;

/** In a checkout this file lies in models/native, in a bundle in dist/<host>. */
function findEntry(): string {
	const candidates = ['./entry.ts', '../native/native.js', './native/native.js'].map((path) =>
		fileURLToPath(new URL(path, import.meta.url)),
	);
	const found = candidates.find((path) => existsSync(path));
	if (found === undefined) throw new Error(`no native entry at ${candidates.join(', ')}`);
	return found;
}

/** Files that a task may have left half written. */
function partsOf(task: NativeTask): string[] {
	if (task.kind === 'quantize') return task.outputs.map(({ path }) => partPath(path));
	return task.kind === 'imatrix' ? [partPath(task.output)] : [];
}

function diedFailure(code: number | null, signal: NodeJS.Signals | null, lastWords: readonly string[]): Failure {
	const memory = signal === 'SIGKILL';
	const assertion = /GGML_ASSERT\(.*\) failed/.exec(lastWords.join('\n'))?.[0];
	const why = [signal ?? `code ${code}`, ...(assertion === undefined ? [] : [assertion])].join(', ');
	return new Failure({
		code: 'native-process-died',
		message: memory
			? 'The measuring process was ended from outside, most likely because memory ran out.'
			: `The measuring process ended unexpectedly (${why}): the engine can't cope with this file or setting.`,
		next: memory
			? ['Close other programs', 'Choose a smaller context or a smaller model']
			: ['Check the file with “Inspect”', 'Try another file or a smaller context'],
		detail: lastWords.join('\n'),
	});
}

function stuckFailure(): Failure {
	return new Failure({
		code: 'native-stalled',
		message: `The measuring process did nothing for ${stuckMs / 1000} s and was ended.`,
		next: ['Try again', 'Use fewer threads'],
	});
}

/** Watches beats: true once the process has been idle and silent for too long. */
function stuckWatch(): { progress(): void; beat(beat: NativeBeat): boolean } {
	let since = performance.now();
	let cpuMs = 0;
	return {
		progress() {
			since = performance.now();
		},
		beat(beat) {
			const elapsed = performance.now() - since;
			if (beat.cpuMs - cpuMs > elapsed * idleShare) {
				since = performance.now();
				cpuMs = beat.cpuMs;
				return false;
			}
			return elapsed > stuckMs;
		},
	};
}

type Ending = { frame: Extract<FromNative, { type: 'done' | 'failed' }> } | { failure: Failure };

/** Lets the process do its task; resolves when it is gone. */
function converse(child: ChildProcess, task: NativeTask, options: NativeRunOptions): Promise<Ending> {
	const lastWords: string[] = [];
	const watch = stuckWatch();
	let ending: Ending | null = null;
	child.stderr?.on('data', (chunk: Buffer) => {
		lastWords.push(...chunk.toString('utf8').split('\n').filter(Boolean));
		lastWords.splice(0, lastWords.length - keptLines);
	});
	child.on('message', (message) => {
		const { data: frame, error } = fromNativeSchema.safeParse(message);
		if (frame === undefined) {
			lastWords.push(`a frame that is none: ${error.message}`);
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

/** On an abort asks the process to stop, and ends it when it doesn't in time. Returns its own end. */
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
 * Does one task of models/native in a process of its own and cleans up after it, also when it is aborted or dies.
 * Throws the task's Failure, `native-process-died`, `native-stalled`, or the signal's reason.
 */
export async function runNativeTask<Kind extends NativeTask['kind']>(
	input: Extract<NativeTaskInput, { kind: Kind }>,
	options: NativeRunOptions = {},
): Promise<NativeRun<Kind>> {
	options.signal?.throwIfAborted();
	const task = nativeTaskSchema.parse(input);
	const child = fork(options.entry ?? findEntry(), [], {
		execPath: options.nodeBinary ?? process.execPath,
		execArgv: ['--disable-warning=ExperimentalWarning'],
		env: inferenceEnvironment(options.env),
		// Log-probabilities may be infinite, which JSON doesn't have.
		serialization: 'advanced',
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		windowsHide: true,
	});
	const release = stopOn(options.signal, child);
	try {
		const ending = await converse(child, task, options);
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
		await Promise.all(partsOf(task).map((part) => rm(part, { force: true })));
	}
}
