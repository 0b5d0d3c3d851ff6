import type { Pair, RunComparison } from '../../../electron/contract/evaluation/schema.ts';
import { phraseSeparator } from '../../design/format.ts';
import { t } from '../../messages/t.ts';
import { formatSigned, type Unit } from '../score-format.ts';
import { type ArmPair, firstPair, toDifferenceMark } from './arm-pairs.ts';
import { DifferenceChart } from './difference-chart.tsx';

/** The difference of every pair as a chart with a line at zero. */
export function Difference({
	armPairs,
	comparisons,
	unit,
	selected,
	unfinished = false,
	onSelect,
}: {
	armPairs: readonly ArmPair[];
	comparisons: ReadonlyMap<string, RunComparison>;
	unit: Unit;
	selected: string | null;
	/** Rows are missing, so no difference is drawn as a finding. */
	unfinished?: boolean;
	onSelect: (armPair: ArmPair) => void;
}) {
	const known = armPairs.flatMap((armPair) => {
		const pair = firstPair(comparisons.get(armPair.key));
		return pair === undefined || pair.n === 0 ? [] : [{ armPair, pair }];
	});
	const leftOut = Math.max(0, ...armPairs.map(({ key }) => comparisons.get(key)?.leftOut ?? 0));
	if (known.length === 0) return null;
	return (
		<section aria-label={t('Differences')} className="min-w-0">
			<div className="max-w-130">
				<DifferenceChart
					marks={known.map(({ armPair, pair }) => {
						const mark = toDifferenceMark(armPair, pair, unit);
						return unfinished ? { ...mark, clear: false } : mark;
					})}
					unit={unit.differences}
					{...(unit.factor === 100 ? { most: 100 } : {})}
					better={t('better to the right')}
					summary={summarise(known, unit)}
					selected={selected}
					onSelect={(key) => {
						const armPair = armPairs.find((one) => one.key === key);
						if (armPair !== undefined) onSelect(armPair);
					}}
				/>
			</div>
			{leftOut === 0 || unfinished ? null : (
				<p className="mt-[3px] text-xs text-ink-3">
					{t('{leftOut, plural, one {# sample} other {# samples}} left out: not scored on every side.', { leftOut })}
				</p>
			)}
		</section>
	);
}

interface Known {
	readonly armPair: ArmPair;
	readonly pair: Pair;
}

function summarise(known: readonly Known[], { factor, differences }: Unit): string {
	const parts = known.map(({ armPair: { label }, pair }) =>
		t('{label} {difference}, interval {low} to {high}', {
			label,
			difference: formatSigned(pair.difference * factor),
			low: formatSigned(pair.low * factor),
			high: formatSigned(pair.high * factor),
		}),
	);
	return t('Differences in {unit}: {list}.', { unit: differences, list: parts.join(phraseSeparator('semicolon')) });
}
