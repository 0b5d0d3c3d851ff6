import { TriangleAlert } from 'lucide-react';
import type { Divergence, MeasuredAccuracy } from '../../electron/contract/comparison/file-figures.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { formatCount, formatFullTime, formatNumber, formatPercentage } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Tooltip } from '../design/tooltip.tsx';
import { formatRange } from '../evaluation/score-format.ts';
import { t } from '../messages/t.ts';
import type { Speed } from './model-rows.ts';

/** An error of fixed width, so that the figures above and below line up; null leaves its room free. */
function Interval({ children, width }: { children: string | null; width: string }) {
	return <span className={`inline-block ${width} pl-1 text-left text-ink-3`}>{children}</span>;
}

/** Room for an error, and for both ends of an interval in whole per cent. */
const errorWidth = 'min-w-12';
const rangeWidth = 'min-w-18';

function Dash({ interval = true, width = errorWidth }: { interval?: boolean; width?: string }) {
	return <span className="text-ink-3">–{interval ? <Interval width={width}>{null}</Interval> : null}</span>;
}

/** 95 % of a normal distribution lie within this many standard errors. */
const z95 = 1.96;

/** Formats half an interval in nats; one that would round to zero is not zero. */
const formatError = (nats: number): string =>
	nats < 0.0005 ? `±<${formatNumber(0.001, 3)}` : `±${formatNumber(nats, 3)}`;

/** KL divergence from the reference with its 95 % interval. */
export function DivergenceCell({ divergence, file }: { divergence: Divergence | null; file: ModelFile }) {
	if (divergence === null) return <Dash />;
	if (divergence.referenceId === file.id) return <span className="font-sans text-ink-3">{t('Reference')}</span>;
	const { value, standardError, sameTop, reference, at } = divergence;
	return (
		<Tooltip
			text={t('From {reference}: the same next token {percent} of the time. Compared on {at}.', {
				reference,
				percent: formatPercentage(100 * sameTop),
				at: formatFullTime(at),
			})}
		>
			<span>
				{formatNumber(value, 3)}
				<Interval width={errorWidth}>{formatError(z95 * standardError)}</Interval>
			</span>
		</Tooltip>
	);
}

/** Share of right answers with both ends of its 95 % interval, which reaches further to one side. */
export function AccuracyCell({ accuracy }: { accuracy: MeasuredAccuracy | null }) {
	if (accuracy === null) return <Dash width={rangeWidth} />;
	const { value, low, high, n, datasetName, scorer, at } = accuracy;
	return (
		<Tooltip
			text={t('{datasetName}, {scorer}, n = {n}: between {low} and {high}. Evaluated on {at}.', {
				datasetName,
				scorer,
				n: formatCount(n),
				low: formatNumber(100 * low, 1),
				high: formatPercentage(100 * high, 1),
				at: formatFullTime(at),
			})}
		>
			<span>
				{formatNumber(100 * value, 1)}
				<Interval width={rangeWidth}>{formatRange(formatNumber(100 * low, 0), formatNumber(100 * high, 0))}</Interval>
			</span>
		</Tooltip>
	);
}

/** What is said of a speed that was measured while the computer was busy. */
export const disturbedText = t(
	'Measured while the computer was busy, so it may be faster. Load it again or compare when nothing else runs.',
);

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
					<span className="sr-only">{t('Busy computer:')} </span>
				</>
			) : null}
			{formatNumber(tokensPerSecond, 1)}
			{interval ? <Interval width={errorWidth}>{sd === null ? null : `±${formatNumber(sd, 1)}`}</Interval> : null}
		</span>
	);
	return (
		<Tooltip
			text={
				disturbed
					? disturbedText
					: comparisonId === null
						? t('Measured when the model was loaded.')
						: t('Median and standard deviation of a comparison.')
			}
		>
			{figure}
		</Tooltip>
	);
}
