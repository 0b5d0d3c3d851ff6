import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { figure, said } from '../../models/contract/said.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import { type ParserLimits, ParserStopped } from './parser-stopped.ts';
import { parserDescriptor, parserMemoryVariable, tooMuchMemory } from './worker-port.ts';

/** What a parser process runs. */
export interface ParserProgram {
	/** Its code. */
	readonly entry: URL;
	/** A real Node binary; default: the one that runs this process. */
	readonly nodeBinary?: string | undefined;
}

/** A parser process that runs. */
export interface ParserProcess {
	readonly pid: number | undefined;
	/** `bytes` are a file that is not on disk. */
	send(message: object, bytes?: Uint8Array): void;
	/** Ends it; `ended` then resolves with the reason that is given here. */
	stop(reason: ParserStopped): void;
	/** Lets this process end, or not, while the parser still runs. */
	hold(isNeeded: boolean): void;
	/** Resolves once it has ended, with what ended it. */
	readonly ended: Promise<ParserStopped>;
}

/**
 * Memory that Node reserves without using it: stacks of its threads, V8's spaces; MB. The operating system's limit
 * counts it.
 */
const reservedMb = 768;

/**
 * As much as a thread has, KB: what parses and writes nested values recurses. Windows gives the main thread less, and
 * Node takes the most of it already.
 */
const stackKb = 3_900;

/** Variables that a parser needs: none of them is a secret. */
const passedVariables = ['PATH', 'NODE_COMPILE_CACHE', 'TZ', 'LANG', 'LC_ALL', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];

/** Lines on stderr that are kept, and the longest of them. */
const lastWordsKept = { lines: 20, characters: 400 };

/** Sets the limits, then becomes the program. A system that refuses a limit keeps the others. */
const launcher = 'ulimit -c 0 2>/dev/null; ulimit -d "$0" 2>/dev/null; exec "$@"';

/**
 * Starts a parser process. Its memory is limited twice: by itself, measured forty times a second by a thread that no
 * parser can block, and on Linux by the operating system (RLIMIT_DATA), because a single allocation may be faster.
 * V8's limit alone counts neither the contents of buffers nor native memory.
 */
export function startParser(
	{ entry, nodeBinary = process.execPath }: ParserProgram,
	{ memoryMb, outputBytes }: ParserLimits,
	onMessage: (message: unknown) => void,
): ParserProcess {
	const node = [
		nodeBinary,
		'--disable-warning=ExperimentalWarning',
		`--max-old-space-size=${memoryMb}`,
		'--max-semi-space-size=8',
		...(process.platform === 'win32' ? [] : [`--stack-size=${stackKb}`]),
		fileURLToPath(entry),
	];
	const limited = process.platform === 'linux' && existsSync('/bin/sh');
	const [command = '', ...args] = limited
		? ['/bin/sh', '-c', launcher, String((reservedMb + memoryMb) * 1024), ...node]
		: node;
	const child = spawn(command, args, {
		env: {
			...Object.fromEntries(passedVariables.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
			[parserMemoryVariable]: String(memoryMb),
		},
		stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
		windowsHide: true,
	});
	const input = child.stdin as Writable;
	const errors = child.stderr as Readable;
	const output = child.stdio[parserDescriptor] as Readable;
	const reader = new FrameReader(outputBytes);
	const { promise: ended, resolve } = Promise.withResolvers<ParserStopped>();
	let stopped: ParserStopped | null = null;
	let lastWords = '';

	function stop(reason: ParserStopped): void {
		stopped ??= reason;
		child.kill('SIGKILL');
	}

	output.on('data', (piece: Buffer) => {
		if (stopped !== null) return;
		const frames = reader.push(piece);
		if (frames === null) {
			return stop(new ParserStopped('output', said`yields more than ${Math.round(outputBytes / 1e6)} MB`));
		}
		for (const { message } of frames) onMessage(message);
	});
	errors.on('data', (piece: Buffer) => {
		lastWords = `${lastWords}${piece.toString('utf8')}`.slice(-lastWordsKept.lines * lastWordsKept.characters);
	});
	// A process that ends closes its pipes in any order; 'close' says how it ended.
	for (const stream of [input, output, errors]) stream.on('error', () => {});
	child.on('error', (error) => {
		if (child.pid === undefined) resolve(new ParserStopped('died', error.message));
	});
	child.on('close', (code, signal) => {
		const lines = lastWords.split('\n').slice(-lastWordsKept.lines);
		const memory = lastWords.includes(tooMuchMemory) || /out of memory|allocation failed/i.test(lastWords);
		resolve(
			stopped ??
				(memory
					? new ParserStopped('memory', said`takes more than ${figure(memoryMb)} MB of memory to read`)
					: new ParserStopped('died', signal ?? `code ${code}`, lines)),
		);
	});
	return {
		pid: child.pid,
		send(message, bytes) {
			for (const part of encodeFrame(message, bytes)) input.write(part);
		},
		stop,
		hold(isNeeded) {
			for (const handle of [child, input, output, errors] as { ref?: () => void; unref?: () => void }[]) {
				if (isNeeded) handle.ref?.();
				else handle.unref?.();
			}
		},
		ended,
	};
}
