const intervalMs = 1_000;

/**
 * Calls `gone` when the process that started this one ends: a signal to npm does not reach what npm runs, and a
 * terminal that is closed may take npm with it alone.
 */
export function whenParentEnds(gone: () => void): void {
	const parent = process.ppid;
	const timer = setInterval(() => {
		if (process.ppid === parent && isAlive(parent)) return;
		clearInterval(timer);
		gone();
	}, intervalMs);
	timer.unref();
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
