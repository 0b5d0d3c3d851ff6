import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addressSpaceLimit, liftAddressLimit } from '../address-space.ts';
import { Failure } from '../contract/failure.ts';
import type { NativeHeartbeat } from '../contract/native/tasks.ts';
import { said } from '../contract/said.ts';
import { inferenceEnvironment } from '../runtime/inference-environment.ts';

export interface NativeProcessOptions {
	/** A real Node binary, version 24; default: the one that runs this process. */
	nodeBinary?: string;
	/** The process's entry file; default: the one next to this file. */
	entry?: string;
	/** Additional environment variables. */
	env?: Readonly<Record<string, string>>;
}

/** A process that neither reports progress nor uses the CPU for this long is stuck, ms. */
const stuckMs = 120_000;
/** Time that counts between two heartbeats, at most, ms: the computer may have slept, or both processes were stopped. */
const longestGapMs = 10_000;
/** Fraction of real time below which the CPU time of a process counts as idle: ten times that of its heartbeats. */
const idleShare = 0.002;
const keptLines = 40;

/** Finds the entry file: in a checkout, this file is in models/native, in a bundle in dist/<host>. */
function findEntry(): string {
	const candidates = ['./entry.ts', '../native/native.js', './native/native.js'].map((path) =>
		fileURLToPath(new URL(path, import.meta.url)),
	);
	const found = candidates.find((path) => existsSync(path));
	if (found === undefined) throw new Error(`no native entry at ${candidates.join(', ')}`);
	return found;
}

/** Starts a process of `entry.ts`. `lastWords` are its newest lines on stderr, oldest first. */
export function startNativeProcess(options: NativeProcessOptions): { child: ChildProcess; lastWords: string[] } {
	const child = fork(options.entry ?? findEntry(), [], {
		execPath: options.nodeBinary ?? process.execPath,
		execArgv: ['--disable-warning=ExperimentalWarning'],
		env: inferenceEnvironment(options.env),
		// Log-probabilities may be infinite, which JSON can't express.
		serialization: 'advanced',
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		windowsHide: true,
	});
	const lastWords: string[] = [];
	child.stderr?.on('data', (chunk: Buffer) => {
		lastWords.push(...chunk.toString('utf8').split('\n').filter(Boolean));
		lastWords.splice(0, lastWords.length - keptLines);
	});
	return { child, lastWords };
}

/** Explains why a process exited before its work was done. */
export function diedFailure(code: number | null, signal: NodeJS.Signals | null, lastWords: readonly string[]): Failure {
	const refused = /bad_alloc|failed to allocate|cannot allocate memory|out of memory/i.test(lastWords.join('\n'));
	const memory = signal === 'SIGKILL' || refused;
	const assertion = /GGML_ASSERT\(.*\) failed/.exec(lastWords.join('\n'))?.[0];
	const why = [signal ?? `code ${code}`, ...(assertion === undefined ? [] : [assertion])].join(', ');
	return new Failure({
		code: 'native-process-died',
		message: refused
			? said`The measuring process ended because it ran out of memory.`
			: memory
				? said`The measuring process was ended from outside, most likely because memory ran out.`
				: said`The measuring process ended unexpectedly (${why}): the engine can’t cope with this file or setting.`,
		next: memory
			? [
					addressSpaceLimit() === null ? said`Close other programs` : liftAddressLimit,
					said`Choose a smaller context or a smaller model`,
				]
			: [said`Check the file: assay models inspect <file>`, said`Try another file or a smaller context`],
		detail: lastWords.join('\n'),
	});
}

export function stuckFailure(): Failure {
	return new Failure({
		code: 'native-stalled',
		message: said`The measuring process hung for ${stuckMs / 1000} s and was stopped.`,
		next: [said`Try again`, said`Use fewer threads`],
	});
}

/** Watches heartbeats; `beat` returns true once the process has been idle without progress for too long. */
export function stuckWatch(): { progress(): void; beat(beat: NativeHeartbeat): boolean } {
	let idleMs = 0;
	let lastBeat = performance.now();
	let cpuMs = 0;
	return {
		progress() {
			idleMs = 0;
		},
		beat(beat) {
			const now = performance.now();
			idleMs += Math.min(now - lastBeat, longestGapMs);
			lastBeat = now;
			if (beat.cpuMs - cpuMs > idleMs * idleShare) {
				idleMs = 0;
				cpuMs = beat.cpuMs;
				return false;
			}
			return idleMs > stuckMs;
		},
	};
}
