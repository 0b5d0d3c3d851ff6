import { overallQuality } from '../../electron/contract/comparison/overall-quality.ts';
import type { ComparisonRow } from '../../electron/contract/comparison/schema.ts';
import { formatNumber, phraseSeparator } from '../design/format.ts';
import { chooseUnit, formatPlain, formatRange, formatSigned } from '../evaluation/score-format.ts';
import { t } from '../messages/t.ts';
import { isUnsteady } from './comparison-wording.ts';
import { halfWidth95, halfWidthOfRepeats } from './confidence-interval.ts';

/** The text of a cell. */
export interface Figure {
	readonly text: string;
	/** Its 95 % interval: "±1.0", or both ends if the value is not its middle. */
	readonly interval: string | null;
}

export interface Column {
	readonly key: string;
	/** Its name; the header breaks it into two lines where the text does. */
	readonly head: (reference: string) => string;
	/** Follows the name after a comma, or stands on the header's second line. */
	readonly unit?: (reference: string) => string;
	/** Value to sort by; null: not measured. */
	readonly value: (row: ComparisonRow) => number | null;
	readonly digits: number;
	/** Half the width of a 95 % interval. */
	readonly half?: (row: ComparisonRow) => number | null;
	/** Shown instead of the value. */
	readonly figure?: (row: ComparisonRow) => Figure | null;
	/** Columns without any value are left out. */
	readonly optional?: true;
	/** Hidden unless the user asks for it. */
	readonly seldom?: true;
	/** Smallest window width that shows it by default. */
	readonly from: 0 | 860 | 1020 | 1240;
}

/** All columns except the file's name and the result, in display order. */
export const columns: readonly Column[] = [
	{ key: 'bits', head: () => t('Bits per\nweight'), value: (row) => row.bitsPerWeight, digits: 1, from: 1020 },
	{
		key: 'size',
		head: () => t('Size'),
		unit: () => 'MB',
		digits: 0,
		from: 0,
		value: (row) => (row.sizeBytes === null ? null : row.sizeBytes / 1e6),
	},
	{
		key: 'divergence',
		head: (reference) => t('KL divergence\nfrom {reference}', { reference }),
		digits: 3,
		from: 0,
		value: (row) => overallQuality(row)?.klDivergence ?? null,
		half(row) {
			const quality = overallQuality(row);
			return quality === undefined ? null : halfWidth95(quality.klDivergenceError, quality.chunks);
		},
	},
	{
		key: 'top',
		head: () => t('Same next\ntoken'),
		unit: () => '%',
		digits: 1,
		from: 860,
		value: (row) => (overallQuality(row) === undefined ? null : 100 * (overallQuality(row)?.sameTop ?? 0)),
	},
	{
		key: 'ratio',
		head: (reference) => t('Perplexity\n× {reference}', { reference }),
		digits: 3,
		from: 1020,
		value: (row) => overallQuality(row)?.ratio ?? null,
	},
	{
		key: 'perplexity',
		head: () => t('Perplexity\nitself'),
		digits: 2,
		from: 1240,
		seldom: true,
		value: (row) => overallQuality(row)?.perplexity ?? null,
		half(row) {
			const quality = overallQuality(row);
			return quality === undefined ? null : halfWidth95(quality.perplexityError, quality.chunks);
		},
	},
	{
		key: 'accuracy',
		head: () => t('Accuracy'),
		unit: (reference) => t('points from {reference}', { reference }),
		digits: 3,
		from: 0,
		optional: true,
		value: (row) => row.accuracy?.metric?.value ?? null,
		figure: (row) => formatAccuracy(row.accuracy),
	},
	{
		key: 'tools',
		head: () => t('Tool calls'),
		unit: (reference) => t('points from {reference}', { reference }),
		digits: 3,
		from: 0,
		optional: true,
		value: (row) => row.toolCalls?.metric?.value ?? null,
		figure: (row) => formatAccuracy(row.toolCalls),
	},
	{
		key: 'prompt',
		head: () => t('Prompt'),
		unit: () => 'tok/s',
		digits: 0,
		from: 1240,
		value: (row) => row.prompt?.median ?? null,
		half: (row) => (row.prompt === null ? null : halfWidthOfRepeats(row.prompt)),
		figure: (row) => formatSpeed(row.prompt, 0),
	},
	{
		key: 'generation',
		head: () => t('Generation'),
		unit: () => 'tok/s',
		digits: 1,
		from: 0,
		value: (row) => row.generation?.median ?? null,
		half: (row) => (row.generation === null ? null : halfWidthOfRepeats(row.generation)),
		figure: (row) => formatSpeed(row.generation, 1),
	},
	{
		key: 'first',
		head: () => t('First token'),
		unit: () => 'ms',
		digits: 0,
		from: 1240,
		optional: true,
		value: (row) => row.felt?.firstToken[0]?.time.median ?? null,
	},
	{
		key: 'load',
		head: () => t('Load', {}, 'of a model: the noun'),
		unit: () => 'ms',
		digits: 0,
		from: 1240,
		seldom: true,
		value: (row) => row.loadMs,
	},
	{
		key: 'memory',
		head: () => t('Peak memory'),
		unit: () => 'MB',
		digits: 0,
		from: 860,
		value: (row) => (row.peakBytes === null ? null : row.peakBytes / 1e6),
	},
];

/**
 * Formats the reference's share of right answers in per cent, and for the other files the difference in points with
 * both ends of its 95 % interval: it reaches further to one side.
 */
function formatAccuracy(accuracy: ComparisonRow['accuracy']): Figure | null {
	const metric = accuracy?.metric ?? null;
	if (metric === null) return null;
	const unit = chooseUnit([metric]);
	const paired = accuracy?.paired ?? null;
	if (paired === null) {
		return { text: `${formatPlain(metric.value * unit.factor, unit.digits)}${unit.mark}`, interval: null };
	}
	const [text, low, high] = [paired.difference, paired.low, paired.high].map((one) =>
		formatSigned(one * unit.factor, unit.digits),
	) as [string, string, string];
	return { text, interval: paired.low === paired.high ? null : `(${formatRange(low, high)})` };
}

/** Formats a speed; one whose repetitions disagree has no interval that says anything. */
function formatSpeed(speed: ComparisonRow['generation'], digits: number): Figure | null {
	if (speed === null) return null;
	const text = formatNumber(speed.median, digits);
	if (isUnsteady(speed)) return { text: t('{speed} (varies)', { speed: text }), interval: null };
	const half = halfWidthOfRepeats(speed);
	return { text, interval: half === null || half === 0 ? null : `±${formatNumber(half, digits)}` };
}

/** Prefix of an approximated figure. */
const about = (key: string, row: ComparisonRow): string =>
	key === 'divergence' && overallQuality(row)?.approximation != null ? '≈' : '';

/** Formats a cell; null: not measured. */
export function formatFigure({ key, value, digits, half, figure }: Column, row: ComparisonRow): Figure | null {
	if (figure !== undefined) return figure(row);
	const number = value(row);
	if (number === null) return null;
	const error = half?.(row) ?? 0;
	return {
		text: about(key, row) + formatNumber(number, digits),
		interval: error === 0 ? null : `±${formatNumber(error, digits)}`,
	};
}

/** Joins name and unit: "KL divergence from F16", "Size, MB". */
export function formatColumnName({ head, unit }: Column, reference: string): string {
	return [head(reference).replace('\n', ' '), ...(unit === undefined ? [] : [unit(reference)])].join(
		phraseSeparator('comma'),
	);
}

/** Formats name and unit as the header's two lines: "Same next", "token, %". */
export function formatColumnHead({ head, unit }: Column, reference: string): string {
	const name = head(reference);
	if (unit === undefined) return name;
	return `${name}${name.includes('\n') ? ', ' : '\n'}${unit(reference)}`;
}

/** Columns that the user switched on or off; the others follow the window's width. */
export type ColumnChoice = Readonly<Record<string, boolean>>;

/** Returns the columns that these rows can fill, and those visible in a window as wide as `width`. */
export function chooseColumns(
	rows: readonly ComparisonRow[],
	choice: ColumnChoice,
	width: number,
): { readonly all: readonly Column[]; readonly shown: readonly Column[] } {
	const all = columns.filter(({ optional, value }) => optional !== true || rows.some((row) => value(row) !== null));
	// Two columns of answers, with both ends of their intervals, leave the result no room among the others.
	const isCrowded = ['accuracy', 'tools'].every((key) => all.some((column) => column.key === key));
	const crowded: Readonly<Record<string, number>> = {
		bits: 1500,
		ratio: 1500,
		prompt: 1500,
		top: 1020,
		memory: 1020,
		tools: 720,
	};
	const least = ({ key, from }: Column): number => (isCrowded ? (crowded[key] ?? from) : from);
	return { all, shown: all.filter((one) => choice[one.key] ?? (one.seldom !== true && width >= least(one))) };
}

/** Sorts rows by a column; rows without a value come last. */
export function sortByColumn(
	rows: readonly ComparisonRow[],
	order: { readonly key: string; readonly down: boolean } | null,
): readonly ComparisonRow[] {
	const column = columns.find(({ key }) => key === order?.key);
	if (column === undefined || order === null) return rows;
	const side = order.down ? -1 : 1;
	return rows.toSorted((a, b) => {
		const [first, second] = [column.value(a), column.value(b)];
		if (first === null || second === null) return first === second ? 0 : first === null ? 1 : -1;
		return side * (first - second);
	});
}

/** Formats a row for spreadsheets: a header line, then the values, separated by tabs. */
export function toTabSeparatedRow(row: ComparisonRow, shown: readonly Column[], reference: string): string {
	const heads = shown.map((column) => formatColumnName(column, reference));
	const cells = shown.map((column) => {
		const figure = formatFigure(column, row);
		return figure === null ? '' : [figure.text, figure.interval ?? []].flat().join(' ');
	});
	return [[t('File'), ...heads, t('Result')].join('\t'), [row.name, ...cells, row.reason].join('\t')].join('\n');
}
