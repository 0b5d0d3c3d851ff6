/** Numbers and times in one format for every screen: 2,031 · 98.4 MB · 0.9 s · −0.8 · 95 %. Pure functions. */

import { dateLocale, numberLocale, pageLocale } from '../messages/page-locale.ts';
import { t } from '../messages/t.ts';
import { startOfDay } from './local-day.ts';

const numberFormats = new Map<string, Intl.NumberFormat>();

/** Formats a number with exactly these decimals, as the page's language writes it. */
export function formatNumber(value: number, digits: number): string {
	const key = `${numberLocale()} ${digits}`;
	let format = numberFormats.get(key);
	if (format === undefined) {
		format = new Intl.NumberFormat(numberLocale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
		numberFormats.set(key, format);
	}
	return format.format(value).replace('-', '−');
}

/** Formats a count: 2031 → "2,031"; negative numbers have a real minus. */
export function formatCount(value: number): string {
	return formatNumber(value, 0);
}

/** Formats a count with its noun: "1 token", "2,031 tokens". */
export function formatQuantity(value: number, noun: string, plural = `${noun}s`): string {
	return `${formatCount(value)} ${value === 1 ? noun : plural}`;
}

/** Formats a fraction from 0 to 1 as "64 %". Only a finished thing reads 100. */
export function formatPercent(fraction: number): string {
	return formatPercentage(fraction >= 1 ? 100 : Math.min(99, Math.floor(fraction * 100)));
}

/** Formats 110 as "110 %" that doesn’t wrap, with exactly these decimals, as the page's language writes it. */
export function formatPercentage(percent: number, digits = 0): string {
	if (pageLocale().tag === 'en') return `${formatNumber(percent, digits)}\u00A0%`;
	const style = { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
	return new Intl.NumberFormat(numberLocale(), style).format(percent / 100).replace('-', '−');
}

/** Formats a list: "a, b, c" in English; the page's other languages join the last two by "and". */
export function formatList(words: readonly string[]): string {
	// English lists here are short labels, which read better without the word.
	if (pageLocale().tag === 'en') return words.join(', ');
	return new Intl.ListFormat(numberLocale(), { type: 'conjunction' }).format(words);
}

/** Formats things that belong together: "a and b", "a, b and c". */
export function formatConjunction(words: readonly string[]): string {
	return new Intl.ListFormat(dateLocale(), { type: 'conjunction' }).format(words);
}

/** Formats alternatives: "a, b or c". */
export function formatAlternatives(words: readonly string[]): string {
	return new Intl.ListFormat(dateLocale(), { type: 'disjunction' }).format(words);
}

/** Returns what stands between phrases in a row: ", " or "; ". Chinese and Japanese have marks of their own. */
export function phraseSeparator(mark: 'comma' | 'semicolon'): string {
	const { tag } = pageLocale();
	if (tag === 'ja') return '、';
	if (tag === 'zh-Hans') return mark === 'comma' ? '，' : '；';
	return mark === 'comma' ? ', ' : '; ';
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Chooses the unit and the decimals that show three significant digits. */
function unitOf(bytes: number): { unit: (typeof units)[number]; size: number; scale: number; digits: number } {
	let size = bytes;
	let index = 0;
	while (size >= 999.5 && index < units.length - 1) {
		size /= 1000;
		index += 1;
	}
	const digits = index === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
	return { unit: units[index] ?? 'B', size, scale: 1000 ** index, digits };
}

/** Formats bytes in decimal units with three significant digits: 98_362_432 → "98.4 MB". */
export function formatBytes(value: number): string {
	const { unit, size, digits } = unitOf(value);
	return `${formatNumber(size, digits)} ${unit}`;
}

/** Formats a transfer rate with two significant digits: "8.4 MB/s". */
export function formatBytesPerSecond(value: number): string {
	const { unit, size } = unitOf(value);
	return `${formatNumber(size, size >= 10 || unit === 'B' ? 0 : 1)} ${unit}/s`;
}

/** Formats "62.1 of 98.4 MB": both in the unit of the total, so that they compare at a glance. */
export function formatBytesOf(done: number, total: number): string {
	const { unit, size, scale, digits } = unitOf(total);
	return t('{done} of {total} {unit}', {
		done: formatNumber(done / scale, digits),
		total: formatNumber(size, digits),
		unit,
	});
}

/** Formats a number of weights: 134_515_008 → "135 M", 7_615_616_512 → "7.62 B". */
export function formatParameterCount(value: number): string {
	if (value >= 999.5e6) return `${formatSignificant(value / 1e9)} B`;
	return value >= 999.5e3 ? `${Math.round(value / 1e6)} M` : formatCount(value);
}

/** Formats a setting with the decimals that it has, six at most: 0.1, 0.0005, 512. */
export function formatSetting(value: number): string {
	return new Intl.NumberFormat(numberLocale(), { maximumFractionDigits: 6 }).format(value);
}

/** Formats a learning rate with two significant digits: 0.00031. */
export function formatLearningRate(value: number): string {
	return new Intl.NumberFormat(numberLocale(), { maximumSignificantDigits: 2 }).format(value);
}

/** Formats with three significant digits: 7.62, 70.6, 405. */
function formatSignificant(value: number): string {
	return new Intl.NumberFormat(numberLocale(), { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }).format(
		value,
	);
}

/** Formats tokens per second: two digits from 10 up, one decimal below. */
export function formatRate(tokensPerSecond: number): string {
	return `${formatNumber(tokensPerSecond, tokensPerSecond >= 10 ? 0 : 1)} tok/s`;
}

/** Formats a measured duration: "92 ms", "0.9 s", "2 min 10 s". */
export function formatDuration(milliseconds: number): string {
	if (milliseconds < 950) return `${Math.round(milliseconds)} ms`;
	if (milliseconds < 9_950) return `${formatNumber(milliseconds / 1000, 1)} s`;
	return secondsInWords(milliseconds / 1000);
}

/** Formats a duration in seconds, however short: "0.9 s", "12 s", "2 min 10 s". */
export function formatSeconds(milliseconds: number): string {
	return milliseconds < 9_950 ? `${formatNumber(milliseconds / 1000, 1)} s` : secondsInWords(milliseconds / 1000);
}

/** Formats the time left, rounded to its precision: "5 s left", "2 min 10 s left", "1 h 5 min left". */
export function formatTimeLeft(left: number): string {
	return t('{time} left', { time: formatWait(left) });
}

/** Formats a time to come in seconds, rounded to its precision: "5 s", "2 min 10 s", "1 h 5 min". */
export function formatWait(left: number): string {
	return secondsInWords(left < 30 ? Math.ceil(left) : left < 600 ? Math.ceil(left / 5) * 5 : left);
}

function secondsInWords(exact: number): string {
	const total = Math.round(exact);
	if (total < 60) return `${total} s`;
	const minutes = Math.floor(total / 60);
	if (minutes < 60)
		return total % 60 === 0 || minutes >= 10
			? `${minutes} min`
			: t('{minutes} min {value} s', { minutes, value: total % 60 });
	return t('{floor} h {value} min', { floor: Math.floor(minutes / 60), value: minutes % 60 });
}

const day = 86_400_000;

/** Counts the calendar days between two times, in the computer's own time zone. */
export function countDaysBetween(earlier: number, later: number): number {
	return Math.round((startOfDay(later) - startOfDay(earlier)) / day);
}

/** What other programs exported without a time has 0. */
const unknownTime = (): string => t('time unknown');

/** Formats a time as short as is clear: 11:20 (today and yesterday), Mon (this week), 3 Nov, 3 Nov 2025. */
export function formatShortTime(at: number, now: number): string {
	if (at === 0) return unknownTime();
	const date = new Date(at);
	const days = countDaysBetween(at, now);
	if (days <= 1) return date.toLocaleTimeString(dateLocale(), { hour: '2-digit', minute: '2-digit' });
	if (days < 7) return date.toLocaleDateString(dateLocale(), { weekday: 'short' });
	const sameYear = date.getFullYear() === new Date(now).getFullYear();
	return date.toLocaleDateString(dateLocale(), {
		day: 'numeric',
		month: 'short',
		...(sameYear ? {} : { year: 'numeric' }),
	});
}

/** Formats a time to the minute, as short as is clear: 16:05 (today), 3 Nov, 16:05, 3 Nov 2025, 16:05. */
export function formatClockTime(at: number, now: number): string {
	if (at === 0) return unknownTime();
	const written = new Date(at);
	const today = countDaysBetween(at, now) === 0;
	const sameYear = written.getFullYear() === new Date(now).getFullYear();
	return written.toLocaleString(dateLocale(), {
		...(today ? {} : { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) }),
		hour: '2-digit',
		minute: '2-digit',
	});
}

/** "24 Nov 2026" */
export function formatDate(at: number): string {
	if (at === 0) return unknownTime();
	return new Date(at).toLocaleDateString(dateLocale(), { day: 'numeric', month: 'short', year: 'numeric' });
}

/** "24 Nov 2026, 16:05" */
export function formatFullTime(at: number): string {
	if (at === 0) return unknownTime();
	return new Date(at).toLocaleString(dateLocale(), {
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		hour: '2-digit',
		minute: '2-digit',
	});
}
