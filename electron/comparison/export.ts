import { withoutMessages } from '../../models/contract/said.ts';
import { errorMeaning, notesOf } from '../contract/comparison/notes.ts';
import { overallQuality } from '../contract/comparison/overall-quality.ts';
import type { Comparison, ComparisonExport, ComparisonRow } from '../contract/comparison/schema.ts';

export type ExportFormat = 'markdown' | 'csv' | 'json';

interface Column {
	readonly head: string;
	readonly value: (row: ComparisonRow) => number | string | null;
	readonly digits?: number;
	/** Whether the value was estimated; if so, it gets a sign before it. */
	readonly about?: (row: ComparisonRow) => boolean;
	/** ± of the value, in the same unit. */
	readonly spread?: (row: ComparisonRow) => number | null;
	/** 95 % interval of the value, if the value need not be its middle. */
	readonly interval?: (row: ComparisonRow) => Interval | null;
}

interface Interval {
	readonly low: number;
	readonly high: number;
}

const megabytes = (bytes: number | null): number | null => (bytes === null ? null : bytes / 1e6);

/** Columns without any value are left out. */
const columns: readonly Column[] = [
	{ head: 'file', value: ({ name }) => name },
	{ head: 'bits per weight', value: ({ bitsPerWeight }) => bitsPerWeight, digits: 2 },
	{ head: 'size MB', value: ({ sizeBytes }) => megabytes(sizeBytes), digits: 0 },
	{
		head: 'KL divergence nats',
		value: (row) => overallQuality(row)?.klDivergence ?? null,
		spread: (row) => overallQuality(row)?.klDivergenceError ?? null,
		about: (row) => overallQuality(row)?.approximation != null,
		digits: 4,
	},
	{
		head: 'divergence estimated',
		value: (row) => {
			const quality = overallQuality(row);
			if (quality === undefined) return null;
			return quality.approximation === null ? 'no' : `from ${quality.approximation.bytes} bytes`;
		},
	},
	{
		head: 'same top token %',
		value: (row) => (overallQuality(row) === undefined ? null : 100 * overallQuality(row)!.sameTop),
		digits: 1,
	},
	{ head: 'perplexity', value: (row) => overallQuality(row)?.perplexity ?? null, digits: 3 },
	{ head: 'perplexity ratio', value: (row) => overallQuality(row)?.ratio ?? null, digits: 3 },
	{ head: 'scored tokens', value: (row) => overallQuality(row)?.tokens ?? null, digits: 0 },
	{
		head: 'prompt tok/s',
		value: ({ prompt }) => prompt?.median ?? null,
		spread: ({ prompt }) => spreadOf(prompt),
		digits: 1,
	},
	{
		head: 'generation tok/s',
		value: ({ generation }) => generation?.median ?? null,
		spread: ({ generation }) => spreadOf(generation),
		digits: 1,
	},
	{
		head: 'accuracy',
		value: ({ accuracy }) => accuracy?.metric?.value ?? null,
		interval: ({ accuracy }) => accuracy?.metric ?? null,
		digits: 3,
	},
	{
		head: 'accuracy difference',
		value: ({ accuracy }) => accuracy?.paired?.difference ?? null,
		interval: ({ accuracy }) => accuracy?.paired ?? null,
		digits: 3,
	},
	{ head: 'accuracy samples', value: ({ accuracy }) => accuracy?.metric?.n ?? null, digits: 0 },
	{
		head: 'tool calls',
		value: ({ toolCalls }) => toolCalls?.metric?.value ?? null,
		interval: ({ toolCalls }) => toolCalls?.metric ?? null,
		digits: 3,
	},
	{
		head: 'tool calls difference',
		value: ({ toolCalls }) => toolCalls?.paired?.difference ?? null,
		interval: ({ toolCalls }) => toolCalls?.paired ?? null,
		digits: 3,
	},
	{ head: 'tool tasks', value: ({ toolCalls }) => toolCalls?.metric?.n ?? null, digits: 0 },
	{ head: 'load ms', value: ({ loadMs }) => loadMs, digits: 0 },
	{ head: 'peak memory MB', value: ({ peakBytes }) => megabytes(peakBytes), digits: 0 },
	{ head: 'result', value: ({ reason }) => reason },
];

/** Measured once, a speed has no spread. */
function spreadOf(speed: ComparisonRow['prompt']): number | null {
	return speed === null || speed.samples.length < 2 ? null : speed.sd;
}

function cell({ value, spread, interval, about, digits = 0 }: Column, row: ComparisonRow): string {
	const number = value(row);
	if (number === null) return '';
	if (typeof number === 'string') return number;
	const error = spread?.(row) ?? null;
	const ends = interval?.(row) ?? null;
	const text = `${about?.(row) === true ? '≈ ' : ''}${number.toFixed(digits)}`;
	if (ends !== null) return `${text} (${ends.low.toFixed(digits)} to ${ends.high.toFixed(digits)})`;
	return error === null ? text : `${text} ± ${error.toFixed(digits)}`;
}

const halfOf = (interval: Interval | null): number | null =>
	interval === null ? null : (interval.high - interval.low) / 2;

/** Users name the files, and a bar would end the cell. */
const escapeCell = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ');

/** Keeps a spreadsheet from taking a text for a formula. */
const quoteCell = (text: string): string => `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

function columnsOf(rows: readonly ComparisonRow[]): readonly Column[] {
	return columns.filter(({ value }) => rows.length === 0 || rows.some((row) => value(row) !== null));
}

function markdown({ title, rows, verdict, conditions, run, toolsRun }: Comparison): string {
	const shown = columnsOf(rows);
	const table = [
		`| ${shown.map(({ head }) => head).join(' | ')} |`,
		`| ${shown.map(() => '---').join(' | ')} |`,
		...rows.map((row) => `| ${shown.map((column) => escapeCell(cell(column, row))).join(' | ')} |`),
	];
	const facts = Object.entries(conditions).map(([name, value]) => `${name}: ${value}`);
	const task = run === null ? [] : [`Accuracy on ${run.datasetName} v${run.versionNumber}, scorer ${run.scorer}.`, ''];
	const tools =
		toolsRun === null
			? []
			: [`Tool calls on ${toolsRun.datasetName} v${toolsRun.versionNumber}, scorer ${toolsRun.scorer}.`, ''];
	const words = verdict === null ? [] : [`${verdict.text} ${verdict.detail}`.trim(), ''];
	const notes = notesOf(rows).notes.flatMap((note) => [String(note), '']);
	return [
		`# ${title}`,
		'',
		...words,
		...table,
		'',
		errorMeaning,
		'',
		...notes,
		...task,
		...tools,
		facts.join('; '),
		'',
	].join('\n');
}

function csv({ rows }: Comparison): string {
	const parts = columnsOf(rows).flatMap(({ head, value, spread, interval }) => [
		{ head, value },
		...(spread === undefined ? [] : [{ head: `${head} ±`, value: spread }]),
		...(interval === undefined
			? []
			: [
					// Scripts read it; the ends tell more.
					{ head: `${head} ±`, value: (row: ComparisonRow) => halfOf(interval(row)) },
					{ head: `${head} low`, value: (row: ComparisonRow) => interval(row)?.low ?? null },
					{ head: `${head} high`, value: (row: ComparisonRow) => interval(row)?.high ?? null },
				]),
	]);
	const lines = rows.map((row) =>
		parts.map(({ value }) => {
			const one = value(row);
			return one === null ? '' : typeof one === 'string' ? quoteCell(one) : String(one);
		}),
	);
	return `${[parts.map(({ head }) => quoteCell(head)), ...lines].map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}

/** Exports a comparison to a file. CSV has full precision, with errors and intervals in columns of their own. */
export function exportComparison(comparison: Comparison, format: ExportFormat): { fileName: string; text: string } {
	const name = `comparison-${comparison.id}`;
	switch (format) {
		case 'markdown':
			return { fileName: `${name}.md`, text: markdown(comparison) };
		case 'csv':
			return { fileName: `${name}.csv`, text: csv(comparison) };
		case 'json': {
			const exported: ComparisonExport = { format: 'assay-comparison', version: 1, ...comparison };
			return { fileName: `${name}.json`, text: `${JSON.stringify(exported, withoutMessages, 2)}\n` };
		}
	}
}
