/** Returns the start of the day `offset` days after `at`, in the computer's own time zone, ms since 1970. */
export function startOfDay(at: number | Date, offset = 0): number {
	const date = new Date(at);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate() + offset).getTime();
}
