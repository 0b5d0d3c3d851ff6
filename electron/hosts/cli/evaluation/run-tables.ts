import type { Metric, Run, RunSummary } from '../../../contract/evaluation/schema.ts';
import { moment, oneLine, table } from '../table.ts';

/**
 * Whether a metric is written in percent and its differences in points. With a handful of samples, the interval may
 * extend beyond.
 */
export function isShare({ value, low, high }: Metric): boolean {
	return value >= 0 && value <= 1 && low >= -0.5 && high <= 1.5;
}

/** "90.0 % (85.1 to 93.3)" for shares, whose intervals end at 0 and 100; other scores as they are. */
export function metricText(metric: Metric): string {
	const { value, low, high, n, decided } = metric;
	if (decided === 0) return `tied on all ${n}`;
	const share = isShare(metric);
	const number = (one: number): string =>
		(share ? (100 * Math.min(1, Math.max(0, one))).toFixed(1) : one.toFixed(3)).replace('-', '−');
	const ties = decided === undefined ? '' : `, ${decided} of ${n} decided`;
	return `${number(value)}${share ? ' %' : ''} (${number(low)} to ${number(high)})${ties}`;
}

/** One line per combination. */
export function armsTable({ arms, scorers }: Pick<RunSummary, 'arms' | 'scorers'>): string {
	return table(
		[
			'ID',
			'COMBINATION',
			'ROWS',
			'FAILED',
			...scorers.map((name) => `${name.toUpperCase()} (95 %)`),
			'P95 LATENCY',
			'TOK/S',
		],
		arms.map((arm) => [
			String(arm.id),
			arm.label,
			`${arm.n} of ${arm.total}`,
			String(arm.errors),
			...scorers.map((name) => {
				const metric = arm.metrics[name];
				if (metric === undefined) return arm.n === 0 ? '' : arm.errors < arm.n ? 'none scored' : 'all failed';
				return `${metricText(metric)}${metric.unscored === 0 ? '' : `, ${metric.unscored} unscored`}`;
			}),
			arm.latency === null ? '' : `${arm.latency.p95.toFixed(2)} s`,
			arm.tokensPerSecond?.toFixed(1) ?? '',
		]),
	);
}

/** Describes a run for people: its setup, its results, and whether it meets its criteria. */
export function runText(run: Run): string {
	const repeatable = run.repeatable === 'unknown' ? '' : `Repeatable: ${run.repeatable}. ${run.repeatableNote}.`;
	return [
		`Run ${run.id}: ${run.name}`,
		`${run.dataset.name} v${run.dataset.number}, ${run.dataset.samples.toLocaleString('en')} samples${partText(run)}; ${run.status}; manifest ${run.manifestHash.slice(0, 12)}`,
		...(run.manifest.marked === undefined ? [] : [markedText(run.manifest.marked)]),
		...(run.failure === null ? [] : [run.failure.message]),
		...run.warnings.map(({ message }) => `Careful: ${message}`),
		'',
		armsTable(run),
		...(run.failures ?? []).map(({ armId, failure }) => `${labelOf(run, armId)}${failure.message}`),
		...notScored(run).map((words) => `${words}; the export says why: assay eval export ${run.id}`),
		...run.givenUp.map(
			({ armId, first, last, failure }) =>
				`${labelOf(run, armId)}samples ${first + 1} to ${last + 1} were given up: ${failure.message}`,
		),
		...(run.repeats.length === 0 ? [] : ['', repeatsTable(run)]),
		...(run.criteria.length === 0
			? []
			: ['', ...run.criteria.map(({ words, armId }) => `${labelOf(run, armId)}${words}`)]),
		...(repeatable === '' ? [] : ['', repeatable]),
		...(run.arms.length > 1 && run.status === 'done'
			? ['', `Which combination is better: assay eval compare ${run.id}`]
			: []),
	].join('\n');
}

/** Names the run that the outputs come from. */
function markedText({ runId, name }: NonNullable<Run['manifest']['marked']>): string {
	return `The outputs of run ${runId} (${name}), re-scored; no answer was generated`;
}

/** pass@k and majority@k, one line per combination and scorer. */
function repeatsTable(run: Run): string {
	const names = [...new Set(run.repeats.map(({ name }) => name))];
	const lines = run.arms.flatMap(({ id, label }) =>
		run.scorers.flatMap((scorer) => {
			const own = run.repeats.filter((one) => one.armId === id && one.scorer === scorer);
			const cell = (name: string): string => {
				const metric = own.find((one) => one.name === name);
				return metric === undefined ? '' : metricText(metric);
			};
			return own.length === 0 ? [] : [[String(id), label, scorer, ...names.map(cell)]];
		}),
	);
	return table(['ID', 'COMBINATION', 'SCORER', ...names.map((name) => `${name.toUpperCase()} (95 %)`)], lines);
}

/** One line per tag, combination and scorer. */
export function tagsTable(run: Run): string {
	if (run.byTag.length === 0) return 'No sample has a tag';
	return table(
		['TAG', 'ID', 'COMBINATION', 'SCORER', 'SAMPLES', 'MEAN (95 %)'],
		run.byTag
			.toSorted((a, b) => a.tag.localeCompare(b.tag, 'en'))
			.map((one) => [
				...[one.tag, String(one.armId), run.arms.find(({ id }) => id === one.armId)?.label ?? '', one.scorer],
				...[String(one.n), metricText(one)],
			]),
	);
}

/** Scorers without a figure although there are rows: more often the scorer's fault than the answers'. */
export function notScored({ arms, scorers }: Pick<Run, 'arms' | 'scorers'>): string[] {
	const measured = arms.filter(({ n, errors }) => n > errors);
	return scorers.flatMap((name) => {
		const without = measured.filter(({ metrics }) => metrics[name] === undefined);
		const of = without.length === measured.length ? '' : ` of ${without.map(({ label }) => label).join(', ')}`;
		return without.length === 0 ? [] : [`“${name}” could score no answer${of}`];
	});
}

/** " of the split “test”, tagged “easy”"; '' for the whole dataset. */
function partText({ manifest: { dataset } }: Pick<Run, 'manifest'>): string {
	const split = dataset.split === null ? '' : ` of the split “${dataset.split}”`;
	const tags = dataset.tags === undefined ? '' : `, tagged ${dataset.tags.map((tag) => `“${tag}”`).join(' and ')}`;
	return `${split}${tags}`;
}

export function labelOf({ arms }: Pick<Run, 'arms'>, armId: number): string {
	return arms.length === 1 ? '' : `${arms.find(({ id }) => id === armId)?.label ?? ''}: `;
}

export function runsTable(runs: readonly RunSummary[]): string {
	return table(
		['ID', 'STARTED', 'STATUS', 'NAME', 'ROWS', 'RESULT'],
		runs.map((run) => {
			const [scorer = ''] = run.scorers;
			const best = run.arms
				.flatMap((arm) => (arm.metrics[scorer] === undefined ? [] : [{ arm, metric: arm.metrics[scorer] }]))
				.toSorted((a, b) => b.metric.value - a.metric.value)[0];
			const result =
				best === undefined
					? ''
					: `${scorer} ${metricText(best.metric)}${run.arms.length > 1 ? ` by ${best.arm.label}` : ''}`;
			return [
				String(run.id),
				moment(run.createdAt),
				run.baseline ? `${run.status}, baseline` : run.status,
				oneLine(run.name, 50),
				`${run.progress.done} of ${run.progress.total}`,
				result,
			];
		}),
	);
}
