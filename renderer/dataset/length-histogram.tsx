import type { CheckReport, Lengths } from '../../electron/contract/dataset/schema.ts';
import { formatCount, formatNumber } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';

/** Lengths of inputs and targets: a small histogram and the same numbers in a table. */
export function LengthsCard({ lengths }: { lengths: CheckReport['lengths'] }) {
	const { unit, modelName, counted: n, input, target } = lengths;
	return (
		<section aria-label={t('Lengths')}>
			<h2 className="mb-2 text-xs font-medium text-ink-2">
				{modelName === null
					? t(
							'Lengths in {unit, select, tokens {tokens} other {words}}, {n, plural, one {# sample} other {# samples}}',
							{ unit, n },
						)
					: t(
							'Lengths in {unit, select, tokens {tokens} other {words}} of {modelName}, {n, plural, one {# sample} other {# samples}}',
							{ unit, modelName, n },
						)}
			</h2>
			<div className="grid gap-x-8 gap-y-4 min-[1100px]:grid-cols-2">
				<Histogram name={t('Inputs')} unit={unit} lengths={input} />
				{target === null ? null : <Histogram name={t('Targets')} unit={unit} lengths={target} />}
			</div>
			<table className="mt-4 w-full text-xs">
				<caption className="sr-only">{t('Lengths in {unit, select, tokens {tokens} other {words}}', { unit })}</caption>
				<thead className="text-2xs text-ink-2">
					<tr>
						<th scope="col" className="py-1 text-left font-medium">
							{unit === 'tokens' ? t('Tokens') : t('Words')}
						</th>
						{[t('Shortest'), t('Median'), t('Mean'), t('95th percentile'), t('Longest'), t('Sum')].map((head) => (
							<th key={head} scope="col" className="py-1 pl-3 text-right font-medium">
								{head}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					<Row name={t('Inputs')} lengths={input} />
					{target === null ? null : <Row name={t('Targets')} lengths={target} />}
				</tbody>
			</table>
			<Longest unit={unit} lengths={input} />
		</section>
	);
}

function Row({ name, lengths }: { name: string; lengths: Lengths }) {
	const { min, median, mean, p95, max, total } = lengths;
	return (
		<tr className="h-7 border-t border-line">
			<th scope="row" className="text-left font-medium">
				{name}
			</th>
			{[min, median, mean, p95, max, total].map((value, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: columns stand in order
				<td key={index} className="pl-3 text-right font-mono tabular-nums">
					{value >= 100 || Number.isInteger(value) ? formatCount(value) : formatNumber(value, 1)}
				</td>
			))}
		</tr>
	);
}

const width = 320;
const height = 72;

function Histogram({ name, unit, lengths }: { name: string; unit: string; lengths: Lengths }) {
	const bars = toBars(lengths);
	const most = Math.max(1, ...bars.map(({ count: n }) => n));
	// With few bars, limit their width so that they don't become blocks.
	const step = Math.min(40, width / Math.max(1, bars.length));
	const summary = t(
		'{name}: {count, plural, one {# sample} other {# samples}}, {min} to {max} {unit, select, tokens {tokens} other {words}}, median {median}',
		{
			name,
			count: lengths.count,
			min: formatCount(lengths.min),
			max: formatCount(lengths.max),
			unit,
			median: formatCount(Math.round(lengths.median)),
		},
	);
	return (
		<figure>
			<figcaption className="mb-1 text-2xs text-ink-2">
				{t(
					'{name} by length in {unit, select, tokens {tokens} other {words}}; the highest bar is {most, plural, one {# sample} other {# samples}}',
					{
						name,
						unit,
						most,
					},
				)}
			</figcaption>
			<svg viewBox={`0 0 ${width} ${height + 14}`} className="w-full max-w-100" role="img" aria-label={summary}>
				{bars.map(({ from, to, count: n }, index) => (
					<rect
						key={from}
						x={index * step + 0.5}
						width={Math.max(1, step - 1)}
						y={height - (n / most) * (height - 2)}
						height={n === 0 ? 0 : Math.max(1, (n / most) * (height - 2))}
						fill="var(--ink-3)"
					>
						<title>
							{t(
								'{range} {unit, select, tokens {tokens} other {words}}: {n, plural, one {# sample} other {# samples}}',
								{ range: formatStep(from, to), unit, n },
							)}
						</title>
					</rect>
				))}
				<line x1={0} x2={width} y1={height} y2={height} stroke="var(--grid)" />
				<text x={0} y={height + 12} fontSize={10} fill="var(--ink-3)">
					{formatCount(lengths.min)}
				</text>
				<text x={Math.max(step, bars.length * step)} y={height + 12} fontSize={10} textAnchor="end" fill="var(--ink-3)">
					{lengths.max === lengths.min ? '' : formatCount(lengths.max)}
				</text>
			</svg>
		</figure>
	);
}

function Longest({ unit, lengths }: { unit: string; lengths: Lengths }) {
	const { datasets, samples } = useServices();
	const { longest } = lengths;
	if (longest.length === 0) return null;
	return (
		<p className="mt-2 text-xs text-ink-2">
			<Trans
				text="<show>Show the {count, plural, one {# longest input} other {# longest inputs}}</show>, {from} to {to} {unit, select, tokens {tokens} other {words}}."
				values={{
					count: longest.length,
					from: formatCount(longest.at(-1)?.length ?? 0),
					to: formatCount(longest[0]?.length ?? 0),
					unit,
					show: (words) => (
						<button
							type="button"
							className="link"
							onClick={() => {
								datasets.show('samples');
								samples.change({ only: { ids: longest.map(({ id }) => id), why: t('Longest inputs') } });
							}}
						>
							{words}
						</button>
					),
				}}
			/>
		</p>
	);
}

export interface Bar {
	/** Both ends inclusive. */
	readonly from: number;
	readonly to: number;
	readonly count: number;
}

/** Most bars that are useful. */
const maxBars = 24;

/**
 * Converts the report's histogram to bars of equal width in whole lengths: one length per bar if the steps are finer
 * than 1.
 */
export function toBars({ min, max, histogram }: Pick<Lengths, 'min' | 'max' | 'histogram'>): readonly Bar[] {
	const steps = histogram.length;
	if (steps === 0) return [];
	const size = (max - min) / steps;
	const lengths = Math.floor(max - min) + 1;
	if (size < 1 && lengths <= maxBars) {
		return Array.from({ length: lengths }, (_, index) => ({
			from: min + index,
			to: min + index,
			count: histogram[size === 0 ? index : Math.min(steps - 1, Math.floor(index / size))] ?? 0,
		}));
	}
	return histogram.map((n, index) => {
		const from = Math.ceil(min + index * size);
		const next = Math.ceil(min + (index + 1) * size);
		return { from, to: index === steps - 1 ? max : Math.max(from, next - 1), count: n };
	});
}

/** Formats a bar's range: "12" or "12 to 18". */
export function formatStep(from: number, to: number): string {
	return from >= to ? formatCount(from) : t('{from} to {to}', { from: formatCount(from), to: formatCount(to) });
}
