import { TriangleAlert } from 'lucide-react';
import type { Divergence, MeasuredAccuracy } from '../../electron/contract/comparison/file-figures.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { formatCount, formatFullTime } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Tooltip } from '../design/tooltip.tsx';
import type { Speed } from './model-rows.ts';

/** An error of fixed width, so that the figures above and below line up; null leaves its room free. */
function Interval({ children }: { children: string | null }) {
	return <span className="inline-block min-w-12 pl-1 text-left text-ink-3">{children}</span>;
}

function Dash({ interval = true }: { interval?: boolean }) {
	return <span className="text-ink-3">–{interval ? <Interval>{null}</Interval> : null}</span>;
}

/** 95 % of a normal distribution lie within this many standard errors. */
const z95 = 1.96;

/** Formats half an interval in nats; one that would round to zero is not zero. */
const formatError = (nats: number): string => (nats < 0.0005 ? '±<0.001' : `±${nats.toFixed(3)}`);

/** KL divergence from the reference with its 95 % interval. */
export function DivergenceCell({ divergence, file }: { divergence: Divergence | null; file: ModelFile }) {
	if (divergence === null) return <Dash />;
	if (divergence.referenceId === file.id) return <span className="font-sans text-ink-3">Reference</span>;
	const { value, standardError, sameTop, reference, at } = divergence;
	return (
		<Tooltip
			text={`From ${reference}: the same next token ${(100 * sameTop).toFixed(0)} % of the time. Compared on ${formatFullTime(at)}.`}
		>
			<span>
				{value.toFixed(3)}
				<Interval>{formatError(z95 * standardError)}</Interval>
			</span>
		</Tooltip>
	);
}

/** Share of right answers with half of its 95 % interval. */
export function AccuracyCell({ accuracy }: { accuracy: MeasuredAccuracy | null }) {
	if (accuracy === null) return <Dash />;
	const { value, low, high, n, datasetName, scorer, at } = accuracy;
	return (
		<Tooltip
			text={`${datasetName}, ${scorer}, n = ${formatCount(n)}: between ${(100 * low).toFixed(1)} and ${(100 * high).toFixed(1)} %. Evaluated on ${formatFullTime(at)}.`}
		>
			<span>
				{(100 * value).toFixed(1)}
				<Interval>{`±${((100 * (high - low)) / 2).toFixed(1)}`}</Interval>
			</span>
		</Tooltip>
	);
}

/** What is said of a speed that was measured while the computer was busy. */
export const disturbedText =
	'Measured while the computer was busy. It may be faster: load it again, or compare, when nothing else runs.';

/** Tokens generated per second; says so if the computer was busy. */
export function SpeedCell({
	speed,
	interval,
}: {
	speed: Speed | null;
	/** Whether other speeds in the column have an error. */
	interval: boolean;
}) {
	if (speed === null) return <Dash interval={interval} />;
	const { tokensPerSecond, sd, disturbed, comparisonId } = speed;
	const figure = (
		<span className={disturbed ? 'text-warn' : ''}>
			{disturbed ? (
				<>
					<Icon of={TriangleAlert} size={12} className="mr-1 inline align-[-1px]" />
					<span className="sr-only">Busy computer: </span>
				</>
			) : null}
			{tokensPerSecond.toFixed(1)}
			{interval ? <Interval>{sd === null ? null : `±${sd.toFixed(1)}`}</Interval> : null}
		</span>
	);
	return (
		<Tooltip
			text={
				disturbed
					? disturbedText
					: comparisonId === null
						? 'Measured when the model was loaded.'
						: 'Median and standard deviation of a comparison.'
			}
		>
			{figure}
		</Tooltip>
	);
}
