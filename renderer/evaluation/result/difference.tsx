import { useId } from 'react';
import type { Pair, RunComparison } from '../../../electron/contract/evaluation/schema.ts';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { formatProbability, formatSigned, type Unit } from '../score-format.ts';
import { type ArmPair, firstPair, isRescored, toDifferenceMark } from './arm-pairs.ts';
import { DifferenceChart } from './difference-chart.tsx';

/** The difference in words, clear ones first, then as a chart with a line at zero. */
export function Difference({
	title,
	subject,
	armPairs,
	comparisons,
	unit,
	selected,
	unfinished = false,
	onSelect,
}: {
	/** "v5 against v4" */
	title: React.ReactNode;
	/** Subject of the sentence: "v5". */
	subject: string;
	armPairs: readonly ArmPair[];
	comparisons: ReadonlyMap<string, RunComparison>;
	unit: Unit;
	selected: string | null;
	/** Rows are still arriving, so missing ones are not an error. */
	unfinished?: boolean;
	onSelect: (armPair: ArmPair) => void;
}) {
	const heading = useId();
	const known = armPairs.flatMap((armPair) => {
		const pair = firstPair(comparisons.get(armPair.key));
		const twice = isRescored(comparisons.get(armPair.key));
		return pair === undefined || pair.n === 0 ? [] : [{ armPair, pair, twice }];
	});
	const [first] = known;
	const same = known.every(({ pair }) => pair.n === first?.pair.n);
	const leftOut = Math.max(0, ...armPairs.map(({ key }) => comparisons.get(key)?.leftOut ?? 0));
	return (
		<section aria-labelledby={heading} className="min-w-0">
			<h2 id={heading} className="mb-1 flex flex-wrap items-center gap-x-1 font-semibold">
				{title}
				{first === undefined || !same ? null : (
					<span className="ml-1 text-xs font-normal text-ink-3">same {formatQuantity(first.pair.n, 'sample')}</span>
				)}
			</h2>
			{known.slice(0, 3).map(({ armPair, pair, twice }) => (
				<Sentence
					subject={subject}
					key={armPair.key}
					armPair={armPair}
					pair={pair}
					twice={twice}
					unit={unit}
					alone={armPairs.length === 1}
					quiet={pair !== first?.pair}
				/>
			))}
			{known.length === 0 && comparisons.size > 0 ? (
				<p className="text-ink-2">
					{unfinished
						? 'No sample was scored on both sides yet.'
						: 'No sample was scored on both sides: there is nothing to compare.'}
				</p>
			) : null}
			{leftOut === 0 || known.length === 0 || unfinished ? null : (
				<p className="mt-[3px] text-xs text-ink-3">
					{formatQuantity(leftOut, 'sample')} left out: not every side scored {leftOut === 1 ? 'it' : 'them'}.
				</p>
			)}
			{known.length === 0 ? null : (
				<div className="mt-1.5 max-w-130">
					<DifferenceChart
						marks={known.map(({ armPair, pair }) => toDifferenceMark(armPair, pair, unit))}
						unit={unit.differences}
						better="better to the right"
						summary={summarise(known, unit)}
						selected={selected}
						onSelect={(key) => {
							const armPair = armPairs.find((one) => one.key === key);
							if (armPair !== undefined) onSelect(armPair);
						}}
					/>
				</div>
			)}
		</section>
	);
}

interface Known {
	readonly armPair: ArmPair;
	readonly pair: Pair;
	/** Both sides score the same outputs. */
	readonly twice: boolean;
}

function summarise(known: readonly Known[], { factor, differences }: Unit): string {
	const parts = known.map(
		({ armPair: { label }, pair }) =>
			`${label} ${formatSigned(pair.difference * factor)}, interval ${formatSigned(pair.low * factor)} to ${formatSigned(pair.high * factor)}`,
	);
	return `Differences in ${differences}: ${parts.join('; ')}.`;
}

function Sentence({
	subject,
	armPair,
	pair,
	twice,
	unit,
	alone,
	quiet,
}: Known & { subject: string; unit: Unit; alone: boolean; quiet: boolean }) {
	const { factor, differences } = unit;
	const on = alone ? '' : `On ${armPair.label}, `;
	const size = Math.abs(pair.difference * factor).toFixed(unit.digits);
	const range = `${formatSigned(pair.low * factor, unit.digits).replace(/^\+/, '')} to ${formatSigned(pair.high * factor, unit.digits).replace(/^\+/, '')}`;
	const moved =
		pair.gained + pair.lost === 0
			? 'no sample changes'
			: `${formatQuantity(pair.gained, 'sample')} ${pair.gained === 1 ? 'gains' : 'gain'} and ${formatCount(pair.lost)} ${pair.lost === 1 ? 'loses' : 'lose'}`;
	const tried = armPair.family.length;
	const test =
		`${pair.method.replace(/,.*$/, '')} p = ${formatProbability(pair.p)}`.replace('= <', '<') +
		(tried > 1 ? `, for ${tried} comparisons` : '');
	const clear = pair.verdict === 'better' || pair.verdict === 'worse';
	const lead = clear
		? `${capitalise(`${on}${subject} ${describeVerdict(pair.verdict === 'better', twice, `${size} ${differences}`)}`)}`
		: pair.verdict === 'same'
			? capitalise(`${on}no difference was found`)
			: capitalise(`${on}${formatSigned(pair.difference * factor, unit.digits)} ${differences} could still be chance`);
	return (
		<p className={`text-pretty [&+p]:mt-[3px] ${quiet ? 'text-ink-2' : ''}`}>
			<b className={clear ? 'font-semibold' : 'font-medium'}>{lead}</b> (95&nbsp;% interval {range}
			{alone || clear ? `; ${test}` : ''}). {capitalise(moved)}.{explainUnclear(pair, tried)}
			{describeMoreSamples(pair, unit)}
		</p>
	);
}

/** Explains why a difference is not called clear although its own interval excludes zero. */
function explainUnclear({ verdict, low, high, gained, lost }: Pair, tried: number): string {
	if (verdict === 'better' || verdict === 'worse' || (low <= 0 && high >= 0)) return '';
	return tried > 1
		? ` The interval of this pair alone leaves out zero; the best of ${tried} often does by chance.`
		: ` The interval leaves out zero, but ${formatQuantity(gained + lost, 'changed sample')} ${gained + lost === 1 ? 'is' : 'are'} too few to be sure.`;
}

/** Describes how many more samples are needed while nothing is clear. */
function describeMoreSamples(
	{ verdict, samplesNeeded, n, detectable }: Pair,
	{ factor, differences, digits }: Unit,
): string {
	if (verdict === 'better' || verdict === 'worse') return '';
	if (samplesNeeded !== null && samplesNeeded > n)
		return ` About ${formatCount(samplesNeeded - n)} more samples would tell.`;
	if (detectable === null) return '';
	return ` These samples would show ${(detectable * factor).toFixed(digits)} ${differences} or more 4 times in 5.`;
}

function describeVerdict(higher: boolean, twice: boolean, size: string): string {
	if (twice) return `scores ${size} ${higher ? 'higher' : 'lower'}`;
	return `is ${higher ? 'better' : 'worse'} by ${size}`;
}

function capitalise(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
