import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../contract/failure.ts';
import type { ScriptStep } from './script.ts';

/** What a scripted engine does where it can't do the real thing: a worker process replaces it with a real death. */
export type Crash = (step: Extract<ScriptStep, { type: 'crash' }>) => never;

/** Every step but `text`, which speaks. */
export type SilentStep = Exclude<ScriptStep, { type: 'text' }>;

/** A crash in process ends the generation with the Failure that the supervisor of a real process would give. */
export const crashInProcess: Crash = (step) => {
	throw new Failure({
		code: 'worker-crashed',
		message: `The model process ended unexpectedly: ${'signal' in step.how ? step.how.signal : `exit code ${step.how.exitCode}`}.`,
		next: ['Send the message again: the model starts by itself'],
		...(step.lastWords === undefined ? {} : { detail: step.lastWords }),
	});
};

/** Waits, or returns early on abort. Without a time only an abort ends it. */
export async function pause(ms: number | undefined, signal: AbortSignal | undefined): Promise<void> {
	if (signal?.aborted) return;
	const longest = 2 ** 31 - 1;
	await sleep(ms ?? longest, undefined, signal ? { signal } : {}).catch(() => {});
}

export async function playStep(step: SilentStep, signal: AbortSignal | undefined, crash: Crash): Promise<void> {
	switch (step.type) {
		case 'wait':
			return await pause(step.ms, signal);
		case 'stall':
			return await pause(undefined, signal);
		case 'busy': {
			const until = performance.now() + step.ms;
			while (performance.now() < until);
			return;
		}
		case 'hang':
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, step.ms ?? Number.POSITIVE_INFINITY);
			return;
		case 'crash':
			return crash(step);
		case 'fail':
			throw new Failure(step.failure);
	}
}
