import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { isDamage } from './database-failure.ts';

/** Where `error` says that the file at `path` is damaged, marks it for a full check at the next start. */
export function markIfDamaged(path: string, error: unknown): void {
	if (isDamage(error)) markSuspect(path, error instanceof Error ? error.message : String(error));
}

export function markSuspect(path: string, reason: string): void {
	try {
		writeFileSync(markOf(path), `${reason}\n`);
	} catch {
		// A disk that takes no mark is reported by whoever met the damage; the check at the next start may be skipped.
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
