import { overallQuality } from '../../electron/contract/comparison/overall-quality.ts';
import type { ComparisonRow, Quality } from '../../electron/contract/comparison/schema.ts';
import { formatNumber } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { formatCategory } from './comparison-wording.ts';

/** Upper bounds of the heat steps, in nats: each about twice the one before. */
const steps = [0.005, 0.02, 0.05, 0.1, 0.2, 0.4];

function findHeatStep(divergence: number): number {
	const index = steps.findIndex((step) => divergence <= step);
	return index === -1 ? steps.length : index;
}

const inks = [
	'var(--on-heat)',
	'var(--on-heat)',
	'var(--on-heat)',
	'var(--on-heat)',
	'var(--on-heat)',
	'var(--on-heat-5)',
	'var(--on-heat-6)',
];

/** Shows which kinds of text suffer: mean KL divergence by file and kind of text. */
export function DamageTable({ rows }: { rows: readonly ComparisonRow[] }) {
	const base = rows.find(({ reference }) => reference);
	const files = rows.filter(({ reference }) => !reference);
	const kinds = (files[0]?.quality ?? []).flatMap(({ category }) => (category === null ? [] : [category]));
	return (
		<section aria-label={t('Quality loss by kind of text')}>
			<h2 className="text-xs font-semibold">
				{t('Quality loss by kind of text')}{' '}
				<span className="font-normal text-ink-2">
					{base === undefined
						? t('mean KL divergence from the reference')
						: t('mean KL divergence from {name}', { name: base.name })}
				</span>
			</h2>
			<div className="relative mt-1 overflow-x-auto">
				<table className="w-full border-separate border-spacing-0.5 text-xs">
					<thead>
						<tr className="text-2xs text-ink-2">
							<th scope="col" className="text-left font-medium">
								<span className="sr-only">{t('File')}</span>
							</th>
							{kinds.map((kind) => (
								<th key={kind} scope="col" className="max-w-24 truncate px-1 font-medium">
									{formatCategory(kind)}
								</th>
							))}
							<th scope="col" className="px-1 text-right font-medium">
								{t('All')}
							</th>
						</tr>
					</thead>
					<tbody>
						{files.map((row) => (
							<tr key={row.candidateId}>
								<th
									scope="row"
									className={`pr-2 text-left font-mono font-semibold whitespace-nowrap ${row.outcome === 'recommended' ? 'text-accent-ink' : ''}`}
								>
									{row.name}
								</th>
								{kinds.map((kind) => (
									<Heat key={kind} quality={row.quality.find(({ category }) => category === kind)} />
								))}
								<td className="px-1 text-right font-mono font-semibold tabular-nums">
									{formatDivergence(overallQuality(row))}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<p className="mt-2 text-xs text-ink-2">{describeMostDamaged(files, kinds)}</p>
		</section>
	);
}

function Heat({ quality }: { quality: Quality | undefined }) {
	if (quality === undefined) return <td className="text-center text-ink-3">–</td>;
	const heat = findHeatStep(quality.klDivergence);
	return (
		<td
			className="h-6 rounded-xs px-1 text-center font-mono tabular-nums"
			style={{ background: `var(--heat-${heat})`, color: inks[heat] }}
		>
			{formatDivergence(quality)}
		</td>
	);
}

const formatDivergence = (quality: Quality | undefined): string =>
	quality === undefined ? '–' : formatNumber(quality.klDivergence, 3);

/** Least ratio of the kind that loses most to the mean at which the two are told apart. */
const tellingRatio = 1.1;

/**
 * Names the kinds of text that suffer most and least over all files; empty as long as a file lacks a kind, which would
 * compare different files, and if the kinds hardly differ.
 */
export function describeMostDamaged(rows: readonly Pick<ComparisonRow, 'quality'>[], kinds: readonly string[]): string {
	if (kinds.length < 2) return '';
	const means = kinds.map((kind) => {
		const values = rows.flatMap(({ quality }) => quality.filter(({ category }) => category === kind));
		const mean = values.reduce((sum, { klDivergence }) => sum + klDivergence, 0) / values.length;
		return { kind, mean, complete: values.length === rows.length };
	});
	const order = means.toSorted((a, b) => b.mean - a.mean);
	const [worst] = order;
	const best = order.at(-1);
	if (worst === undefined || best === undefined || !means.every(({ complete }) => complete)) return '';
	const all = means.reduce((sum, { mean }) => sum + mean, 0) / means.length;
	if (all <= 0 || worst.mean / all < tellingRatio) return '';
	return t('{worst} loses most, {times} times the mean of all kinds. {best} loses least.', {
		worst: formatCategory(worst.kind),
		times: formatNumber(worst.mean / all, 1),
		best: formatCategory(best.kind),
	});
}
