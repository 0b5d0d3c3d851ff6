import { type ChildProcessByStdio, spawn as spawnProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { Application } from '../application/application.ts';

/** Command that keeps the computer awake until its input ends. */
interface Keeper {
	readonly command: string;
	readonly args: readonly string[];
}

/**
 * Runs until its input ends, so it also ends with a host that is killed. The flag keeps the system awake, not the
 * screen.
 */
const windowsScript = [
	`$kernel = Add-Type -Name Kernel -Namespace Assay -PassThru -MemberDefinition '[DllImport("kernel32.dll")] public static extern uint SetThreadExecutionState(uint flags);'`,
	'$null = $kernel::SetThreadExecutionState([uint32]"0x80000001")',
	'$null = [Console]::In.ReadToEnd()',
].join('; ');

/** The command of each system; `cat` and ReadToEnd wait for the end of their input. */
const keepers: Partial<Record<NodeJS.Platform, Keeper>> = {
	linux: {
		command: 'systemd-inhibit',
		args: ['--what=idle:sleep', '--who=Assay', '--why=A run is being measured', '--mode=block', 'cat'],
	},
	darwin: { command: 'caffeinate', args: ['-i', 'cat'] },
	win32: { command: 'powershell.exe', args: ['-NoProfile', '-NonInteractive', '-Command', windowsScript] },
};

type Spawn = (command: string, args: readonly string[]) => ChildProcessByStdio<Writable, null, null>;

/** Detached in its own session: a system that would ask for a password then has no terminal to ask at. */
const start: Spawn = (command, args) =>
	spawnProcess(command, [...args], {
		stdio: ['pipe', 'ignore', 'ignore'],
		detached: process.platform !== 'win32',
		windowsHide: true,
	});

/** Replaced by tests. */
export interface AwakeOptions {
	readonly platform?: NodeJS.Platform;
	readonly spawn?: Spawn;
}

/**
 * Keeps the computer from sleeping while a run is measured; the screen may go dark. The window uses Electron's own way;
 * this is for the other hosts. If the system has no such command or refuses, nothing happens: a run continues after
 * sleep. Returns the function that stops it.
 */
export function keepAwake(
	{ events }: Pick<Application, 'events'>,
	{ platform = process.platform, spawn = start }: AwakeOptions = {},
): () => void {
	const keeper = keepers[platform];
	if (keeper === undefined) return () => {};
	const running = new Set<number>();
	let release: (() => void) | null = null;

	function hold({ command, args }: Keeper): () => void {
		const child = spawn(command, args);
		// The command is not installed or not permitted: then it ends by itself.
		child.on('error', () => {});
		child.stdin.on('error', () => {});
		child.unref();
		return () => child.stdin.end();
	}

	function update(): void {
		if (running.size > 0) release ??= hold(keeper as Keeper);
		else {
			release?.();
			release = null;
		}
	}

	const unsubscribe = events.subscribe((event) => {
		if (event.type !== 'evaluation-changed' || event.change !== 'status') return;
		if (event.status === 'running') running.add(event.runId);
		else running.delete(event.runId);
		update();
	});
	return () => {
		unsubscribe();
		running.clear();
		update();
	};
}
