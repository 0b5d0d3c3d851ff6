import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { encodeFrame, FrameReader } from '../../parsing/frames.ts';
import type { ParserProgram } from '../../parsing/parser-process.ts';
import {
	type FromServerProcess,
	longestMessage,
	type ServerRequest,
	type SignInState,
	serverDescriptor,
	type ToServerProcess,
	tookTooLong,
} from './server-protocol.ts';

/** A process that speaks with one server. */
export interface ServerConnection {
	/**
	 * Rejects with a Failure: what the server answered, `tool-server-timeout`, `tool-server-died`; with the signal's
	 * reason when it is aborted. A process that doesn't answer in time is ended with its server.
	 */
	request<Result>(request: ServerRequest, signal?: AbortSignal): Promise<Result>;
	setBlocked(blocked: boolean): void;
	/** Ends the process and its server. */
	close(): Promise<void>;
}

export interface ConnectionEvents {
	readonly onToolsChanged: () => void;
	readonly onStderr: (text: string) => void;
	readonly onSignedIn: (state: SignInState) => void;
	readonly onRequest: (request: { readonly host: string; readonly outcome: string; readonly bytes: number }) => void;
	/** Called once, when the process or its server is gone. */
	readonly onEnded: () => void;
}

/**
 * What the process gets of this one's environment: the few variables that a program needs to start. A server gets some of
 * them, and those that are configured for it.
 */
const passedVariables = [
	...['PATH', 'HOME', 'LOGNAME', 'USER', 'SHELL', 'TERM', 'TZ', 'LANG', 'LC_ALL', 'TMPDIR', 'NODE_COMPILE_CACHE'],
	...[
		'APPDATA',
		'COMSPEC',
		'HOMEDRIVE',
		'HOMEPATH',
		'LOCALAPPDATA',
		'PATHEXT',
		'PROCESSOR_ARCHITECTURE',
		'PROGRAMDATA',
	],
	...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'PROGRAMW6432', 'SYSTEMDRIVE', 'SYSTEMROOT', 'TEMP', 'TMP', 'USERNAME'],
	...['USERPROFILE', 'WINDIR'],
];

/** Memory of the process, without the server, MB. */
const memoryMb = 256;

/** How long after its time limit an answer may still come, ms: the process itself reports most of them. */
const graceMs = 1_500;

/** How long a process has to end once it is told, ms. */
const endMs = 2_500;

/** The code of the process: next to this file, as TypeScript in a checkout or under the name that a build gives it. */
export const defaultServerEntry = new URL(
	import.meta.url.endsWith('.ts') ? './server-process-worker.ts' : './server-process-worker.js',
	import.meta.url,
);

interface Waiting {
	readonly resolve: (result: never) => void;
	readonly reject: (error: Error) => void;
}

/** Starts the process; `connect` is its first request. */
export function openConnection(
	{ entry = defaultServerEntry, nodeBinary = process.execPath }: Partial<ParserProgram>,
	events: ConnectionEvents,
): ServerConnection {
	const child = spawn(
		nodeBinary,
		['--disable-warning=ExperimentalWarning', `--max-old-space-size=${memoryMb}`, fileURLToPath(entry)],
		{
			// It leads a group of its own, in which its server lives: ended together, whatever the server does.
			detached: process.platform !== 'win32',
			env: Object.fromEntries(
				passedVariables.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
			),
			stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
			windowsHide: true,
		},
	);
	const input = child.stdin as Writable;
	const errors = child.stderr as Readable;
	const output = child.stdio[serverDescriptor] as Readable;
	const waiting = new Map<number, Waiting>();
	const reader = new FrameReader(longestMessage);
	const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>();
	let lastId = 0;
	let isEnded = false;

	function send(message: ToServerProcess): void {
		for (const part of encodeFrame(message)) input.write(part);
	}
	function kill(): void {
		if (child.pid === undefined) return;
		if (process.platform === 'win32') {
			spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on(
				'error',
				() => void child.kill(),
			);
			return;
		}
		try {
			// The group outlives its leader while a server is left in it.
			process.kill(-child.pid, 'SIGKILL');
		} catch {
			// Nothing of it is left.
		}
	}
	function end(failure: Failure): void {
		if (isEnded) return;
		isEnded = true;
		kill();
		for (const { reject } of waiting.values()) reject(failure);
		waiting.clear();
		events.onEnded();
		resolveEnded();
	}
	function receive(message: FromServerProcess): void {
		switch (message.type) {
			case 'answer':
				settle(message.id)?.resolve(message.result as never);
				break;
			case 'failed':
				settle(message.id)?.reject(new Failure(message.failure as FailureFacts));
				break;
			case 'tools-changed':
				events.onToolsChanged();
				break;
			case 'request-sent':
				events.onRequest({ host: message.host, outcome: message.outcome, bytes: message.bytes });
				break;
			case 'signed-in':
				events.onSignedIn(message.state);
				break;
			case 'stderr':
				events.onStderr(message.text);
				break;
			case 'closed':
				end(died());
		}
	}
	function settle(id: number): Waiting | undefined {
		const one = waiting.get(id);
		waiting.delete(id);
		return one;
	}
	output.on('data', (piece: Buffer) => {
		const frames = reader.push(piece);
		if (frames === null) end(died());
		for (const { message } of frames ?? []) receive(message as FromServerProcess);
	});
	errors.on('data', (piece: Buffer) => events.onStderr(piece.toString('utf8').slice(-4_000)));
	for (const stream of [input, output, errors]) stream.on('error', () => {});
	child.on('error', () => end(died()));
	child.on('exit', () => setImmediate(() => end(died())));

	return {
		request(request, signal) {
			return new Promise((resolve, reject) => {
				if (isEnded) return reject(died());
				if (signal?.aborted) return reject(asError(signal.reason));
				lastId += 1;
				const id = lastId;
				const late = setTimeout(() => end(tookTooLong(request.timeoutMs)), request.timeoutMs + graceMs);
				const abort = (): void => {
					send({ type: 'cancel', id });
					settle(id)?.reject(asError(signal?.reason));
				};
				signal?.addEventListener('abort', abort, { once: true });
				const finish = (): void => {
					clearTimeout(late);
					signal?.removeEventListener('abort', abort);
				};
				waiting.set(id, {
					resolve(result) {
						finish();
						resolve(result);
					},
					reject(error) {
						finish();
						reject(error);
					},
				});
				send({ type: 'request', id, request });
			});
		},
		setBlocked(blocked) {
			if (!isEnded) send({ type: 'blocked', blocked });
		},
		async close() {
			if (isEnded) return;
			input.end();
			const timer = setTimeout(() => end(died()), endMs);
			await ended;
			clearTimeout(timer);
		},
	};
}

function asError(reason: unknown): Error {
	return reason instanceof Error ? reason : new Error('stopped');
}

function died(): Failure {
	return new Failure({
		code: 'tool-server-died',
		message: said`The tool server ended unexpectedly.`,
		next: [said`Connect again in Settings, Tools`, said`Read its error output (stderr)`],
	});
}
