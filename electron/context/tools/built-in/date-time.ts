import { ArithmeticProblem } from './rational.ts';

const dayMs = 86_400_000;

/** Tells the date and time in a time zone; default: this computer's. Throws `ArithmeticProblem` for an unknown one. */
export function tellTime(now: number, timeZone: string | undefined): string {
	let format: Intl.DateTimeFormat;
	try {
		format = new Intl.DateTimeFormat('en-GB', {
			...{ weekday: 'long', year: 'numeric', month: '2-digit', day: '2-digit' },
			...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'longOffset' },
			...(timeZone === undefined ? {} : { timeZone }),
		});
	} catch {
		throw new ArithmeticProblem(`“${timeZone?.slice(0, 50)}” is no time zone; write it as in Europe/Paris`);
	}
	const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
	const { weekday, year, month, day, hour, minute, second, timeZoneName = '' } = parts;
	const offset = timeZoneName === 'GMT' ? '+00:00' : timeZoneName.replace('GMT', '');
	const zone = format.resolvedOptions().timeZone;
	return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset} (${weekday}, ${zone}), week ${isoWeek(`${year}-${month}-${day}`)}`;
}

/** Days from one date to another, as a number and in words. Throws `ArithmeticProblem`. */
export function daysBetween(from: string, to: string): string {
	const days = (dateOf(to) - dateOf(from)) / dayMs;
	const weeks = Math.trunc(days / 7);
	const rest = days % 7;
	const size = Math.abs(days) < 7 ? '' : ` (${weeks} weeks and ${rest} days)`;
	return `${days} days${size} from ${from} (${weekday(from)}) to ${to} (${weekday(to)})`;
}

/** The date so many years, months and days after another. The last day of a shorter month stays the last day. */
export function addToDate(
	date: string,
	{
		years = 0,
		months = 0,
		days = 0,
	}: { years?: number | undefined; months?: number | undefined; days?: number | undefined },
): string {
	const start = new Date(dateOf(date));
	const month = start.getUTCMonth() + months + 12 * years;
	const first = new Date(0);
	first.setUTCFullYear(start.getUTCFullYear(), month, 1);
	const lastDay = new Date(0);
	lastDay.setUTCFullYear(start.getUTCFullYear(), month + 1, 0);
	first.setUTCDate(Math.min(start.getUTCDate(), lastDay.getUTCDate()));
	const result = new Date(first.getTime() + days * dayMs);
	if (Number.isNaN(result.getTime())) throw new ArithmeticProblem('that date is too far away');
	const text = result.toISOString().slice(0, 10);
	return `${text} (${weekday(text)})`;
}

/** Midnight UTC of a date, so that every day has 24 hours. */
function dateOf(text: string): number {
	const match = /^(\d{4})-(\d{2})-(\d{2})(?:T.*)?$/.exec(text.trim());
	const [, year, month, day] = match ?? [];
	const time = Date.UTC(Number(year), Number(month) - 1, Number(day));
	if (match === null || new Date(time).toISOString().slice(0, 10) !== `${year}-${month}-${day}`)
		throw new ArithmeticProblem(`“${text.slice(0, 50)}” is no date; write it as in 2026-03-01`);
	return time;
}

function weekday(date: string): string {
	return new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' }).format(dateOf(date));
}

/** Week of the year by ISO 8601: the week with the year's first Thursday is the first. */
function isoWeek(date: string): number {
	const day = new Date(dateOf(date));
	const thursday = day.getTime() + (4 - (day.getUTCDay() || 7)) * dayMs;
	return Math.floor((thursday - Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1)) / dayMs / 7) + 1;
}
