/** The command was written in a way that it can't be understood; the message says how to write it. */
export class UsageError extends Error {}
