/** What a command ends with. */
export const exitCode = {
	done: 0,
	failed: 1,
	wrongUsage: 2,
	/** A gate or check did not hold. */
	notHeld: 3,
	interrupted: 130,
} as const;

/** The command was written in a way that it can't be understood; the message says how to write it. */
export class UsageError extends Error {}
