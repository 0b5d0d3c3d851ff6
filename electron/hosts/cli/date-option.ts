import { InvalidArgumentError } from 'commander';

/** Returns the first millisecond of a day in the computer's own time zone. */
export function dayStart(text: string): number {
	const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
	const date = new Date(year ?? Number.NaN, (month ?? 0) - 1, day ?? 0);
	if (date.getMonth() === (month ?? 0) - 1 && date.getDate() === day) return date.getTime();
	throw new InvalidArgumentError('Must be a date such as 2026-11-24.');
}

export function dayEnd(text: string): number {
	const next = new Date(dayStart(text));
	next.setDate(next.getDate() + 1);
	return next.getTime() - 1;
}
