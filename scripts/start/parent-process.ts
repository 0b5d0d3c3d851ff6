import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const intervalMs = 1_000;

/**
 * Calls `gone` when npm ends, because npm does not pass on the signals that end it. npm runs a shell that runs this
 * process, and once npm has ended another process adopts the shell: so this watches both links.
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
	// On other systems each check costs a process, and ended processes don't linger there as they do in some
	// containers.
	return process.platform === 'linux' ? parentOf(child) === parent : isAlive(parent);
}

/** Parent of a process; null if this system does not say. */
function parentOf(pid: number): number | null {
	try {
		if (process.platform === 'linux') {
			// The name in parentheses may itself hold parentheses and spaces.
			const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
				.replace(/^.*\) /s, '')
				.split(' ');
			return Number(fields[1]);
		}
		if (process.platform === 'darwin') {
			return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
		}
	} catch {
		// It ended in the meantime; the watch on `shell` itself notices that.
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
