/**
 * A period that the user typed. Bounds are ms since 1970, the first inclusive; days are in the computer's time zone.
 */
export interface Period {
	readonly from: number;
	readonly to: number;
	/** "24 Nov 2026", "November 2026", "2026", "the last 7 days" */
	readonly name: string;
}

const calendar = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/;
const back = /^(\d{1,4})([dwmy])$/;

/**
 * Parses 2026, 2026-11, 2026-11-24, today, yesterday, and 7d, 4w, 3m, 1y (that long ago until now). null: none of
 * these.
 */
export function parsePeriod(typed: string, now: number): Period | null {
	const text = typed.toLowerCase();
	if (text === 'today') return { ...dayOf(now, 0), name: 'today' };
	if (text === 'yesterday') return { ...dayOf(now, -1), name: 'yesterday' };
	const ago = back.exec(text);
	if (ago !== null) return backFrom(now, Number(ago[1]), ago[2] ?? 'd');
	const [, year, month, day] = calendar.exec(text) ?? [];
	return year === undefined ? null : onCalendar(Number(year), toNumber(month), toNumber(day));
}

function toNumber(text: string | undefined): number | null {
	return text === undefined ? null : Number(text);
}

function dayOf(now: number, offset: number): { from: number; to: number } {
	const date = new Date(now);
	const at = (days: number) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
	return { from: at(offset), to: at(offset + 1) };
}

const units: Record<string, string> = { d: 'day', w: 'week', m: 'month', y: 'year' };

function backFrom(now: number, count: number, unit: string): Period {
	const date = new Date(now);
	const [years, months, days] = [unit === 'y' ? count : 0, unit === 'm' ? count : 0, unit === 'w' ? 7 * count : count];
	const from = new Date(
		date.getFullYear() - years,
		date.getMonth() - months,
		date.getDate() - (unit === 'd' || unit === 'w' ? days : 0),
	).getTime();
	const word = units[unit] ?? '';
	return { from, to: now + 1, name: count === 1 ? `the last ${word}` : `the last ${count} ${word}s` };
}

/** Returns null if the calendar has no such day or month. */
function onCalendar(year: number, month: number | null, day: number | null): Period | null {
	const from = new Date(year, (month ?? 1) - 1, day ?? 1);
	const exists = from.getFullYear() === year && from.getMonth() === (month ?? 1) - 1 && from.getDate() === (day ?? 1);
	if (!exists) return null;
	const to =
		month === null
			? new Date(year + 1, 0, 1)
			: day === null
				? new Date(year, month, 1)
				: new Date(year, month - 1, day + 1);
	return { from: from.getTime(), to: to.getTime(), name: nameOf(from, month, day) };
}

function nameOf(date: Date, month: number | null, day: number | null): string {
	if (month === null) return String(date.getFullYear());
	if (day === null) return date.toLocaleDateString('en-GB', { month: 'long', year: 'numeric' });
	return dayName(date.getTime());
}

/** "24 Nov 2026" */
export function dayName(at: number): string {
	return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}
