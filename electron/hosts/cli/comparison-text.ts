import { errorMeaning, notesOf } from '../../contract/comparison/notes.ts';
import type { Comparison, ComparisonRow, Verdict } from '../../contract/comparison/schema.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import { table } from './table.ts';

/** Verdict of a comparison in which nothing was measured. */
export const nothingMeasured: Verdict = {
	text: 'Nothing was measured.',
	detail: '',
	choose: null,
	confidence: 'undecided',
};

/** Formats verdict and table for a terminal. */
export function comparisonText({ rows, run, toolsRun, verdict: found, warnings }: Comparison): string {
	const verdict = found ?? nothingMeasured;
	const task =
		run === null
			? []
			: [
					`Accuracy on ${run.datasetName} v${run.versionNumber}, scored by ${run.scorer}${run.runId === null ? '' : `; every answer: assay eval export ${run.runId}`}`,
				];
	const tools =
		toolsRun === null
			? []
			: [
					`Tool calls on ${toolsRun.datasetName} v${toolsRun.versionNumber}: share of tasks with the right calls${toolsRun.runId === null ? '' : `; every answer: assay eval export ${toolsRun.runId}`}`,
				];
	return [
		verdict.text,
		...(verdict.detail === '' ? [] : [verdict.detail]),
		'',
		rowsTable(rows),
		...(rows.length === 0 ? [] : [errorMeaning]),
		...chatLatencyLines(rows),
		...notesOf(rows).notes.map(String),
		...task,
		...tools,
		...warnings.map(({ message }) => `warning: ${message}`),
	].join('\n');
}

/** "52.5 %" for the reference, "51.7 % (-0.8, -5.7 to +4.1)" for the others: the difference in points, and its interval. */
function accuracyText(accuracy: ComparisonRow['accuracy']): string {
	if (accuracy?.metric == null) return '';
	const { metric, paired } = accuracy;
	const own = `${(100 * metric.value).toFixed(1)} %`;
	if (paired === null) return own;
	const { difference, low, high } = paired;
	const points = (share: number): string => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)}`;
	return `${own} (${points(difference)}, ${points(low)} to ${points(high)})`;
}

function rowsTable(rows: readonly ComparisonRow[]): string {
	const tasked = rows.some(({ accuracy }) => accuracy !== null);
	const called = rows.some(({ toolCalls }) => toolCalls !== null);
	const some = (value: number | null | undefined, digits: number): string => value?.toFixed(digits) ?? '';
	return table(
		[
			'FILE',
			'SIZE',
			'BITS',
			'KL DIVERGENCE',
			'SAME TOP %',
			...(tasked ? ['ACCURACY'] : []),
			...(called ? ['TOOL CALLS'] : []),
			'PROMPT TOK/S',
			'GENERATION TOK/S',
			'PEAK MEMORY',
			'RESULT',
		],
		rows.map((row) => {
			const quality = row.quality.find(({ category }) => category === null);
			const divergence =
				quality === undefined
					? ''
					: `${quality.approximation === null ? '' : '≈ '}${some(quality.klDivergence, 4)} ± ${some(quality.klDivergenceError, 4)}`;
			return [
				row.name,
				row.sizeBytes === null ? '' : formatBytes(row.sizeBytes),
				some(row.bitsPerWeight, 2),
				divergence,
				quality === undefined ? '' : some(100 * quality.sameTop, 1),
				...(tasked ? [accuracyText(row.accuracy)] : []),
				...(called ? [accuracyText(row.toolCalls)] : []),
				some(row.prompt?.median, 1),
				row.generation === null ? '' : repeatedText(row.generation, 1),
				row.peakBytes === null ? '' : formatBytes(row.peakBytes),
				row.reason,
			];
		}),
	);
}

type Repeated = Pick<NonNullable<ComparisonRow['generation']>, 'median' | 'sd' | 'samples'>;

/** Formats "7.7 ± 0.2", without the spread if there was a single measurement. */
function repeatedText({ median, sd, samples }: Repeated, digits: number): string {
	const own = median.toFixed(digits);
	return samples.length < 2 ? own : `${own} ± ${sd.toFixed(digits)}`;
}

/** Formats chat latency as a separate table. */
function chatLatencyLines(rows: readonly ComparisonRow[]): string[] {
	const measured = rows.flatMap((row) => (row.felt === null ? [] : [{ name: row.name, ...row.felt }]));
	const [first] = measured;
	if (first === undefined) return [];
	const median = (repeated: Repeated): string => repeatedText(repeated, 0);
	return [
		'',
		table(
			[
				'LATENCY IN CHAT',
				...first.firstToken.map(({ promptTokens }) => `FIRST TOKEN AFTER ${promptTokens} TOKENS, MS`),
				'BETWEEN TOKENS P50, P95, P99, MS',
				'LOAD WARM, COLD, MS',
				'PEAK MEMORY',
			],
			measured.map(({ name, firstToken, between, warmLoad, coldLoadMs, peakBytes }) => [
				name,
				...firstToken.map(({ time }) => median(time)),
				between === null
					? ''
					: `${[between.p50, between.p95, between.p99].map((value) => value.toFixed(1)).join(', ')} (n ${between.n})`,
				`${median(warmLoad)}, ${coldLoadMs === null ? 'unknown' : coldLoadMs.toFixed(0)}`,
				formatBytes(peakBytes),
			]),
		),
	];
}
