/** What a command ends with. */
export const exitCode = {
	done: 0,
	failed: 1,
	wrongUsage: 2,
	/** A gate or check did not hold. */
	notHeld: 3,
	interrupted: 130,
} as const;
