/** Returns the code of a system error, such as `ENOENT`, or '' for any other error. */
export function errorCodeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : '';
}
