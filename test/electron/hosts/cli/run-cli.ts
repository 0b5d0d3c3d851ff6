import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Script } from '../../../../models/worker/engine-script.ts';
import { projectRoot } from '../../../../scripts/run-step.ts';
import { buildFault } from '../../../../scripts/start/build-if-changed.ts';

/** Uses the build if it matches these sources: a command then starts in half the time. */
export const cliEntry = join(
	projectRoot,
	...(buildFault(projectRoot) === null ? ['dist', 'cli', 'cli.js'] : ['electron', 'hosts', 'cli.ts']),
);

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
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
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
	function says(text: string): Promise<void> {
		return new Promise((resolve, reject) => {
			const look = () => (stdout + stderr).includes(text) && resolve();
			child.stdout.on('data', look);
			child.stderr.on('data', look);
			look();
			void end.then(() => reject(new Error(`it ended without saying ${text}:\n${stdout}\n${stderr}`)));
		});
	}
	return { child, stdout: () => stdout, stderr: () => stderr, says, interrupt, end };
}

/** Runs `assay …` to its end, with `input` piped in. */
export function runCli(
	args: readonly string[],
	surroundings: CliSurroundings & { input?: string } = {},
): Promise<CliEnd> {
	const { child, end } = startCli(args, surroundings);
	child.stdin.end(surroundings.input ?? '');
	return end;
}

/** Parses the one document on stdout. */
export function documentOf({ stdout }: CliEnd): unknown {
	return JSON.parse(stdout);
}
