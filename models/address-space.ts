import { readFileSync } from 'node:fs';
import { Failure } from './contract/failure.ts';
import { said, size } from './contract/said.ts';

/**
 * Addresses that a host needs, bytes: Node reserves 1.3 GB for itself and 0.7 GB for each thread, used or not, and ends the
 * whole process if it can't have them.
 */
const leastBytes = 8_000_000_000;

/** What to do about the limit. */
export const liftAddressLimit = said`Lift this shell’s limit on memory before you start Assay: ulimit -v unlimited`;

/** Returns how many bytes of addresses a process may use (`ulimit -v`); null: no limit, or none that is known. */
export function addressSpaceLimit(read: () => string = readLimits): number | null {
	try {
		const [, soft] = /^Max address space +(\d+)/m.exec(read()) ?? [];
		return soft === undefined ? null : Number(soft);
	} catch {
		// Only Linux has the file, and only there is the limit in common use.
		return null;
	}
}

function readLimits(): string {
	return readFileSync('/proc/self/limits', 'utf8');
}

/** Throws Failure `address-space-limited` where a host would die at the start of one of its threads. */
export function requireAddressSpace(limit: number | null = addressSpaceLimit()): void {
	if (limit === null || limit >= leastBytes) return;
	throw new Failure({
		code: 'address-space-limited',
		message: said`This shell limits a process to ${size(limit)} of addresses (ulimit -v); Assay needs ${size(leastBytes)} to start, most of which stays unused.`,
		next: [liftAddressLimit, said`Limit memory with a container or systemd’s MemoryMax instead`],
	});
}
