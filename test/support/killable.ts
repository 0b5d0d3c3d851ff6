import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Reports of a process in a kill test: what it found of an earlier process, then its progress. */
export interface Said {
	readonly found?: string;
	readonly status?: string;
	readonly done?: number;
	readonly repeatable?: string;
}

/** Starts `entry` and records its reports. */
export function startTelling(entry: string, args: readonly string[]): { child: ChildProcess; said: Said[] } {
	const child = fork(entry, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
	onTestFinished(() => void child.kill('SIGKILL'));
	const said: Said[] = [];
	child.on('message', (message: Said) => void said.push(message));
	return { child, said };
}

/** The same, but kills the process once its reported progress reaches `done`. Throws if it ends before. */
export async function killedAfter(entry: string, args: readonly string[], done: number): Promise<Said[]> {
	const { child, said } = startTelling(entry, args);
	while ((said.at(-1)?.done ?? 0) < done) {
		if (child.exitCode !== null) throw new Error(`it ended by itself: ${JSON.stringify(said.at(-1))}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	child.kill('SIGKILL');
	await once(child, 'exit');
	return said;
}
