import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { isDamage } from './database-failure.ts';

/** Marks the file at `path` for a full check at the next start if `error` says that it is damaged. */
export function markIfDamaged(path: string, error: unknown): void {
	if (isDamage(error)) markSuspect(path, error instanceof Error ? error.message : String(error));
}

export function markSuspect(path: string, reason: string): void {
	try {
		writeFileSync(markOf(path), `${reason}\n`);
	} catch {
		// If the disk accepts no mark, the caller still reports the damage; only the check at the next start may be
		// skipped.
	}
}

export function isSuspect(path: string): boolean {
	return existsSync(markOf(path));
}

export function clearSuspect(path: string): void {
	rmSync(markOf(path), { force: true });
}

function markOf(path: string): string {
	return `${path}-suspect`;
}
