import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { builtWorkersVariable } from '../built-workers.ts';
import { addEmptyDatabase } from '../database.ts';
import { bundledProcess } from './bundle.ts';
import type { KillableTasks } from './tasks.ts';

const entry = process.env[builtWorkersVariable] ? bundledProcess : join(import.meta.dirname, 'process.ts');

export type TaskName = keyof KillableTasks;

type ArgumentsOf<Name extends TaskName> =
	Parameters<KillableTasks[Name]['run']> extends [unknown, ...infer Rest] ? Rest : never;

/** Starts a process that runs this task of `tasks.ts` on a data folder. The process is killed when the test ends. */
export function startKillable<Name extends TaskName>(
	task: Name,
	dataFolder: string,
	...args: ArgumentsOf<Name> & string[]
): ChildProcess {
	addEmptyDatabase(dataFolder);
	const child = fork(entry, [task, dataFolder, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
	onTestFinished(() => void child.kill('SIGKILL'));
	return child;
}

/** Reports of a task that continues earlier work: first what it found, then its progress. */
export interface Progress {
	readonly found?: string;
	readonly status?: string;
	readonly done?: number;
	readonly repeatable?: string;
}

/** Collects the reports of the process. */
export function collectProgress(child: ChildProcess): Progress[] {
	const reports: Progress[] = [];
	child.on('message', (message: Progress) => void reports.push(message));
	return reports;
}

/**
 * Kills the process once it reports this much progress, and returns its reports. Throws if the process ends earlier.
 */
export async function killWhenDone(child: ChildProcess, done: number): Promise<Progress[]> {
	const reports = collectProgress(child);
	while ((reports.at(-1)?.done ?? 0) < done) {
		if (child.exitCode !== null) throw new Error(`it ended by itself: ${JSON.stringify(reports.at(-1))}`);
		await sleep(5);
	}
	child.kill('SIGKILL');
	await once(child, 'exit');
	return reports;
}
