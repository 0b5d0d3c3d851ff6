import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { openModels } from '../../../../electron/api/open-models.ts';
import { runCli as runCommandLine } from '../../../../electron/hosts/cli/program.ts';
import type { Script } from '../../../../models/worker/engine-script.ts';
import { projectRoot } from '../../../../scripts/run-step.ts';
import { buildFault } from '../../../../scripts/start/build-if-changed.ts';
import { builtWorkersVariable } from '../../../support/built-workers.ts';

/** `npm test` has just built; elsewhere, comparing the build with the sources takes a moment. */
const isBuilt = process.env[builtWorkersVariable] !== undefined || buildFault(projectRoot) === null;

/** Uses the build if it matches these sources: a command then starts in half the time. */
export const cliEntry = join(projectRoot, ...(isBuilt ? ['dist', 'cli', 'cli.js'] : ['electron', 'hosts', 'cli.ts']));

export interface CliEnd {
	/** null after an unhandled signal. */
	code: number | null;
	stdout: string;
	stderr: string;
}

export interface RunningCli {
	child: ChildProcessWithoutNullStreams;
	/** All of stdout so far. */
	stdout(): string;
	stderr(): string;
	/** Resolves once stdout (or stderr) contains `text`. */
	says(text: string): Promise<void>;
	/** Signals every process of the group, as a terminal does on Ctrl+C. */
	interrupt(signal?: NodeJS.Signals): void;
	end: Promise<CliEnd>;
}

export interface CliSurroundings {
	/** Script for a fake engine; without it, a real engine runs. */
	script?: Script;
	env?: Record<string, string>;
}

/** Starts `assay …` as a process in its own process group. */
export function startCli(args: readonly string[], { script, env }: CliSurroundings = {}): RunningCli {
	const child = spawn(process.execPath, [cliEntry, ...args], {
		detached: true,
		env: {
			...process.env,
			NO_COLOR: '1',
			...(script === undefined ? {} : { ASSAY_ENGINE_SCRIPT: JSON.stringify(script) }),
			...env,
		},
	});
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (piece: string) => {
		stdout += piece;
	});
	child.stderr.setEncoding('utf8').on('data', (piece: string) => {
		stderr += piece;
	});
	const end = new Promise<CliEnd>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
	function interrupt(signal: NodeJS.Signals = 'SIGINT'): void {
		try {
			process.kill(-(child.pid ?? 0), signal);
		} catch {
			// It has ended already.
		}
	}
	onTestFinished(() => interrupt('SIGKILL'));
	function says(words: string): Promise<void> {
		return new Promise((resolve, reject) => {
			const look = () => (stdout + stderr).includes(words) && resolve();
			child.stdout.on('data', look);
			child.stderr.on('data', look);
			look();
			void end.then(() => reject(new Error(`it ended without saying ${words}:\n${stdout}\n${stderr}`)));
		});
	}
	return { child, stdout: () => stdout, stderr: () => stderr, says, interrupt, end };
}

type Surroundings = CliSurroundings & { input?: string };

/** Runs `assay …` as a process to its end, with `input` piped in. */
export function runCliProcess(args: readonly string[], surroundings: Surroundings = {}): Promise<CliEnd> {
	const { child, end } = startCli(args, surroundings);
	child.stdin.end(surroundings.input ?? '');
	return end;
}

let running = false;

/**
 * Runs `assay …` to its end, with `input` piped in: in this process, because starting hundreds of processes would take
 * most of the time of the tests. It restores its process, so that test files can share one. A second command at the same
 * time is a process, as it is for a user.
 */
export async function runCli(args: readonly string[], surroundings: Surroundings = {}): Promise<CliEnd> {
	if (running) return runCliProcess(args, surroundings);
	running = true;
	const { script, env, input = '' } = surroundings;
	const variables = {
		...env,
		NO_COLOR: '1',
		...(script === undefined ? {} : { ASSAY_ENGINE_SCRIPT: JSON.stringify(script) }),
	};
	const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
	const stdout = new PassThrough();
	const stderr = new PassThrough();
	const printed = Promise.all([text(stdout), text(stderr)]);
	try {
		Object.assign(process.env, variables);
		const code = await runCommandLine(args, {
			openModels: openModels(),
			rendererFolder: join(projectRoot, 'dist', 'renderer'),
			streams: { stdin: Readable.from([Buffer.from(input)]), stdout, stderr },
		});
		stdout.end();
		stderr.end();
		const [out, err] = await printed;
		return { code, stdout: out, stderr: err };
	} finally {
		for (const [name, value] of before) {
			if (value === undefined) delete process.env[name];
			else process.env[name] = value;
		}
		running = false;
	}
}

/** Parses the one document on stdout. */
export function documentOf({ stdout }: CliEnd): unknown {
	return JSON.parse(stdout);
}
