import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const intervalMs = 1_000;

/**
 * Calls `gone` when npm ends, which does not pass on the signals that end it. npm runs a shell that runs this process,
 * and a shell whose npm was ended is adopted by another process: so both links are watched.
 */
export function whenParentEnds(gone: () => void): void {
	const shell = process.ppid;
	const npm = process.env.npm_lifecycle_event === undefined ? null : parentOf(shell);
	const timer = setInterval(() => {
		if (process.ppid === shell && isAlive(shell) && (npm === null || isParent(npm, shell))) return;
		clearInterval(timer);
		gone();
	}, intervalMs);
	timer.unref();
}

function isParent(parent: number, child: number): boolean {
	// Elsewhere asking costs a process each time, and ended processes don't linger as they do in some containers.
	return process.platform === 'linux' ? parentOf(child) === parent : isAlive(parent);
}

/** Of a process; null where this system does not say. */
function parentOf(pid: number): number | null {
	try {
		if (process.platform === 'linux') {
			// The name in brackets may itself hold brackets and spaces.
			const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
				.replace(/^.*\) /s, '')
				.split(' ');
			return Number(fields[1]);
		}
		if (process.platform === 'darwin') {
			return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
		}
	} catch {
		// It ended in between: what watches `shell` itself finds out.
	}
	return null;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
