import { TemplateFault } from './fault.ts';

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
	...['January', 'February', 'March', 'April', 'May', 'June'],
	...['July', 'August', 'September', 'October', 'November', 'December'],
];

const two = (value: number): string => String(value).padStart(2, '0');

function dayOfYear(date: Date): number {
	const start = Date.UTC(date.getFullYear(), 0, 1);
	return (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - start) / 86_400_000 + 1;
}

/** Returns what a letter of the format stands for. */
function partOf(date: Date, letter: string): string | null {
	const day = days[date.getDay()] ?? '';
	const month = months[date.getMonth()] ?? '';
	const hour12 = date.getHours() % 12 || 12;
	const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
	switch (letter) {
		case 'a':
			return day.slice(0, 3);
		case 'A':
			return day;
		case 'b':
			return month.slice(0, 3);
		case 'B':
			return month;
		case 'c':
			return `${day.slice(0, 3)} ${month.slice(0, 3)} ${String(date.getDate()).padStart(2)} ${time} ${date.getFullYear()}`;
		case 'd':
			return two(date.getDate());
		case 'D':
			return `${two(date.getMonth() + 1)}/${two(date.getDate())}/${two(date.getFullYear() % 100)}`;
		case 'e':
			return String(date.getDate()).padStart(2);
		case 'f':
			return String(date.getMilliseconds() * 1000).padStart(6, '0');
		case 'F':
			return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
		case 'h':
			return month.slice(0, 3);
		case 'H':
			return two(date.getHours());
		case 'I':
			return two(hour12);
		case 'j':
			return String(dayOfYear(date)).padStart(3, '0');
		case 'm':
			return two(date.getMonth() + 1);
		case 'M':
			return two(date.getMinutes());
		case 'n':
			return '\n';
		case 'p':
			return date.getHours() < 12 ? 'AM' : 'PM';
		case 'R':
			return `${two(date.getHours())}:${two(date.getMinutes())}`;
		case 'S':
			return two(date.getSeconds());
		case 't':
			return '\t';
		case 'T':
			return time;
		case 'u':
			return String(date.getDay() || 7);
		case 'U':
			return two(Math.floor((dayOfYear(date) + 6 - date.getDay()) / 7));
		case 'w':
			return String(date.getDay());
		case 'W':
			return two(Math.floor((dayOfYear(date) + 6 - ((date.getDay() + 6) % 7)) / 7));
		case 'x':
			return `${two(date.getMonth() + 1)}/${two(date.getDate())}/${two(date.getFullYear() % 100)}`;
		case 'X':
			return time;
		case 'y':
			return two(date.getFullYear() % 100);
		case 'Y':
			return String(date.getFullYear());
		case 'z':
			return '';
		case 'Z':
			return '';
		case '%':
			return '%';
		default:
			return null;
	}
}

/** Python's `strftime` in the C locale, for a local time without a zone. */
export function formatDate(date: Date, format: string): string {
	return format.replace(/%(-?)([\s\S])/g, (whole, bare: string, letter: string) => {
		const written = partOf(date, letter);
		if (written === null) throw new TemplateFault(`it asks for the date as “${whole}”, which Python does not know`);
		return bare === '' ? written : written.replace(/^[0 ]+(?=.)/, '');
	});
}
