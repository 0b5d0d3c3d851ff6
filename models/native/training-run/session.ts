import { Failure } from '../../contract/failure.ts';
import {
	type FromTraining,
	fromTrainingSchema,
	type ToTraining,
	type TrainingOptionsInput,
	trainingOptionsSchema,
} from '../../contract/native/training-run.ts';
import { diedFailure, type NativeProcessOptions, startNativeProcess, stuckFailure, stuckWatch } from '../process.ts';

export type TrainingEnd = Extract<FromTraining, { type: 'ended' }>;

export interface TrainingSessionOptions extends NativeProcessOptions {
	readonly training: TrainingOptionsInput;
	/** Every frame except the last. */
	readonly onFrame: (frame: Exclude<FromTraining, { type: 'ended' | 'failed' }>) => void;
}

/** One training run in a process of its own. */
export interface TrainingSession {
	readonly processId: number;
	/**
	 * Resolves after the exit of the process. Rejects with the run's Failure, `native-process-died` or
	 * `native-stalled`, or the reason given to `kill`.
	 */
	readonly ended: Promise<TrainingEnd>;
	/** Stops computing within 200 ms while something else needs the cores, with all state in memory. */
	hold(held: boolean): void;
	/** Writes a checkpoint after the present step, and ends. */
	pause(): void;
	/** Ends as if all steps were done. */
	finish(): void;
	/** Ends the process at once: what was trained since the last checkpoint is lost. */
	kill(reason: unknown): void;
}

export type OpenTraining = (options: TrainingSessionOptions) => TrainingSession;

/**
 * Settings of glibc's allocator, which others ignore. Each pass allocates blocks of other sizes, which would
 * fragment the heap for hours; a separate mapping is returned to the system with the pass.
 */
const separateBlocks = { MALLOC_MMAP_THRESHOLD_: `${256 * 1024}`, MALLOC_ARENA_MAX: '2' } as const;

/** Starts the process of a run. */
export function openTraining({ training, onFrame, ...place }: TrainingSessionOptions): TrainingSession {
	const options = trainingOptionsSchema.parse(training);
	const { child, lastWords } = startNativeProcess({ ...place, env: { ...separateBlocks, ...place.env } });
	const watch = stuckWatch();
	let held = false;
	let reason: unknown;
	let end: TrainingEnd | null = null;
	const kill = (why: unknown): void => {
		reason ??= why;
		child.kill('SIGKILL');
	};
	const send = (frame: ToTraining): void => {
		// If the process has exited, its 'close' event gives the reason.
		if (child.connected) child.send(frame, () => {});
	};
	child.on('message', (message) => {
		const { data: frame, error } = fromTrainingSchema.safeParse(message);
		if (frame === undefined) {
			lastWords.push(`a malformed frame: ${error.message}`);
			child.kill('SIGTERM');
			return;
		}
		if (frame.type === 'ended') {
			end = frame;
			return;
		}
		if (frame.type === 'failed') {
			reason ??= new Failure(frame.failure);
			return;
		}
		if (frame.type !== 'beat' || held) watch.progress();
		else if (watch.beat(frame.beat)) kill(stuckFailure());
		onFrame(frame);
	});
	const ended = new Promise<TrainingEnd>((resolve, reject) => {
		child.on('error', (error) => {
			reason ??= error;
			// A process that never started has no 'close' to wait for.
			if (child.pid === undefined) reject(error);
		});
		child.on('close', (code, signal) => {
			if (end !== null) resolve(end);
			else reject(reason ?? diedFailure(code, signal, lastWords));
		});
	});
	// Avoids an unhandled rejection; callers who await `ended` still receive it.
	ended.catch(() => {});
	send({ type: 'train', options });
	return {
		processId: child.pid ?? 0,
		ended,
		hold(stop) {
			held = stop;
			watch.progress();
			send({ type: 'hold', held });
		},
		pause: () => send({ type: 'pause' }),
		finish: () => send({ type: 'finish' }),
		kill,
	};
}
