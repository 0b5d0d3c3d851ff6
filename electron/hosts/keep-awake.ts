import { type ChildProcessByStdio, spawn as spawnProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { Application } from '../application/application.ts';

/** Keeps the computer from sleeping until its input ends; null: nothing is known for this system. */
interface Keeper {
	readonly command: string;
	readonly args: readonly string[];
}

/** Until the input ends: so it also ends with a host that is killed. The flag says that the system is needed, not the screen. */
const windowsScript = [
	`$kernel = Add-Type -Name Kernel -Namespace Assay -PassThru -MemberDefinition '[DllImport("kernel32.dll")] public static extern uint SetThreadExecutionState(uint flags);'`,
	'$null = $kernel::SetThreadExecutionState([uint32]"0x80000001")',
	'$null = [Console]::In.ReadToEnd()',
].join('; ');

/** What each system has for it; `cat` and ReadToEnd wait for the end of their input. */
const keepers: Partial<Record<NodeJS.Platform, Keeper>> = {
	linux: {
		command: 'systemd-inhibit',
		args: ['--what=idle:sleep', '--who=Assay', '--why=A run is being measured', '--mode=block', 'cat'],
	},
	darwin: { command: 'caffeinate', args: ['-i', 'cat'] },
	win32: { command: 'powershell.exe', args: ['-NoProfile', '-NonInteractive', '-Command', windowsScript] },
};

type Spawn = (command: string, args: readonly string[]) => ChildProcessByStdio<Writable, null, null>;

/** In a session of its own: where a system would rather ask for a password, there is no terminal to ask at. */
const start: Spawn = (command, args) =>
	spawnProcess(command, [...args], {
		stdio: ['pipe', 'ignore', 'ignore'],
		detached: process.platform !== 'win32',
		windowsHide: true,
	});

/** For tests. */
export interface AwakeOptions {
	readonly platform?: NodeJS.Platform;
	readonly spawn?: Spawn;
}

/**
 * While a run is measured the computer does not go to sleep by itself; the screen may go dark. The window has Electron's
 * own means for it; this is for the hosts without one. Where the system has none, or refuses, nothing happens: a run that
 * was asleep goes on. Returns how to stop attending.
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
		// It is not installed, or may not: then it ends by itself.
		child.on('error', () => {});
		child.stdin.on('error', () => {});
		child.unref();
		return () => child.stdin.end();
	}

	function look(): void {
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
		look();
	});
	return () => {
		unsubscribe();
		running.clear();
		look();
	};
}
