import { useId } from 'react';
import type { Pair, RunComparison } from '../../../electron/contract/evaluation/schema.ts';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { formatProbability, formatSigned, type Unit } from '../wording.ts';
import { DifferenceChart } from './difference-chart.tsx';
import { type ArmPair, firstPair, isRescored, toDifferenceMark } from './paired-arms.ts';

/** The difference in words, clear ones first, then as a chart with a line at zero. */
export function Difference({
	title,
	subject,
	duels,
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
	duels: readonly ArmPair[];
	comparisons: ReadonlyMap<string, RunComparison>;
	unit: Unit;
	selected: string | null;
	/** Rows are still arriving, so missing ones are not an error. */
	unfinished?: boolean;
	onSelect: (duel: ArmPair) => void;
}) {
	const heading = useId();
	const known = duels.flatMap((duel) => {
		const pair = firstPair(comparisons.get(duel.key));
		const twice = isRescored(comparisons.get(duel.key));
		return pair === undefined || pair.n === 0 ? [] : [{ duel, pair, twice }];
	});
	const [first] = known;
	const same = known.every(({ pair }) => pair.n === first?.pair.n);
	const leftOut = Math.max(0, ...duels.map(({ key }) => comparisons.get(key)?.leftOut ?? 0));
	return (
		<section aria-labelledby={heading} className="min-w-0">
			<h2 id={heading} className="mb-1 flex flex-wrap items-center gap-x-1 font-semibold">
				{title}
				{first === undefined || !same ? null : (
					<span className="ml-1 text-xs font-normal text-ink-3">same {formatQuantity(first.pair.n, 'sample')}</span>
				)}
			</h2>
			{known.slice(0, 3).map(({ duel, pair, twice }) => (
				<Sentence
					subject={subject}
					key={duel.key}
					duel={duel}
					pair={pair}
					twice={twice}
					unit={unit}
					alone={duels.length === 1}
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
						marks={known.map(({ duel, pair }) => toDifferenceMark(duel, pair, unit))}
						unit={unit.differences}
						better="better to the right"
						summary={summary(known, unit)}
						selected={selected}
						onSelect={(key) => {
							const duel = duels.find((one) => one.key === key);
							if (duel !== undefined) onSelect(duel);
						}}
					/>
				</div>
			)}
		</section>
	);
}

interface Known {
	readonly duel: ArmPair;
	readonly pair: Pair;
	/** Both sides score the same outputs. */
	readonly twice: boolean;
}

function summary(known: readonly Known[], { factor, differences }: Unit): string {
	const parts = known.map(
		({ duel: { label }, pair }) =>
			`${label} ${formatSigned(pair.difference * factor)}, interval ${formatSigned(pair.low * factor)} to ${formatSigned(pair.high * factor)}`,
	);
	return `Differences in ${differences}: ${parts.join('; ')}.`;
}

function Sentence({
	subject,
	duel,
	pair,
	twice,
	unit,
	alone,
	quiet,
}: Known & { subject: string; unit: Unit; alone: boolean; quiet: boolean }) {
	const { factor, differences } = unit;
	const on = alone ? '' : `On ${duel.label}, `;
	const size = Math.abs(pair.difference * factor).toFixed(unit.digits);
	const range = `${formatSigned(pair.low * factor, unit.digits).replace(/^\+/, '')} to ${formatSigned(pair.high * factor, unit.digits).replace(/^\+/, '')}`;
	const moved =
		pair.gained + pair.lost === 0
			? 'no sample changes'
			: `${formatQuantity(pair.gained, 'sample')} ${pair.gained === 1 ? 'gains' : 'gain'} and ${formatCount(pair.lost)} ${pair.lost === 1 ? 'loses' : 'lose'}`;
	const tried = duel.family.length;
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
