import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** What a process of a kill test tells: what it found of an earlier one, then how far it is. */
export interface Said {
	readonly found?: string;
	readonly status?: string;
	readonly done?: number;
	readonly repeatable?: string;
}

/** Starts `entry` and notes what it tells. */
export function startTelling(entry: string, args: readonly string[]): { child: ChildProcess; said: Said[] } {
	const child = fork(entry, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
	onTestFinished(() => void child.kill('SIGKILL'));
	const said: Said[] = [];
	child.on('message', (message: Said) => void said.push(message));
	return { child, said };
}

/** The same, killed as soon as it has told that so much is done. Throws where it ends before. */
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
