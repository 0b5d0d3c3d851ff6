/** Returns the code of a system error, such as `ENOENT`; '' of any other. */
export function errorCodeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : '';
}
