import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

export interface ChildEnd {
	/** null after a signal, or if it did not start. */
	code: number | null;
	/** Why it ended, in words for people; null after code 0. */
	problem: string | null;
}

/** How long a child may take to end on request before it is killed, ms. */
const graceMs = 12_000;

/** Starts a program and waits until it ends. An abort asks it to end and kills it after a while. Never rejects. */
export function runChild(
	command: string,
	args: readonly string[],
	options: SpawnOptions & { signal: AbortSignal; onStart?: (child: ChildProcess) => void },
): Promise<ChildEnd> {
	const { signal, onStart, ...rest } = options;
	return new Promise((resolve) => {
		const child = spawn(command, args, { ...rest, windowsHide: true });
		let force: NodeJS.Timeout | undefined;
		function end(): void {
			child.kill('SIGTERM');
			force = setTimeout(() => child.kill('SIGKILL'), graceMs);
		}
		function settle(result: ChildEnd): void {
			clearTimeout(force);
			signal.removeEventListener('abort', end);
			resolve(result);
		}
		child.once('error', (error) => settle({ code: null, problem: error.message }));
		child.once('close', (code, by) => {
			settle({ code, problem: code === 0 ? null : by ? `ended by ${by}` : `exit code ${code}` });
		});
		if (signal.aborted) end();
		else signal.addEventListener('abort', end, { once: true });
		onStart?.(child);
	});
}
