/** Exit codes of commands. */
export const exitCode = {
	done: 0,
	failed: 1,
	wrongUsage: 2,
	/** A gate or check failed. */
	checkFailed: 3,
	interrupted: 130,
} as const;

/** The command line could not be understood; the message says how to write it. */
export class UsageError extends Error {}
