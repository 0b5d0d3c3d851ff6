import { scaleLinear } from 'd3-scale';

const tones = {
	plain: { line: 'bg-line-strong', span: 'bg-ink-3/55', mark: 'border-surface bg-ink-2' },
	baseline: { line: 'bg-line-strong', span: 'bg-ink-3/55', mark: 'border-ink-2 bg-sunken' },
	best: { line: 'bg-accent/30', span: 'bg-accent/50', mark: 'border-accent-soft bg-accent' },
	worse: { line: 'bg-line-strong', span: 'bg-bad/50', mark: 'border-surface bg-bad' },
};

/**
 * A value with its interval on a line over `domain`, which is the same for all bars being compared. All in one unit.
 */
export function IntervalBar({
	value,
	low,
	high,
	domain,
	label,
	tone = 'plain',
	zero = false,
	className = '',
}: {
	value: number;
	low: number;
	high: number;
	domain: readonly [number, number];
	/** The interval as text. */
	label: string;
	tone?: keyof typeof tones;
	/** Marks 0: the bar is a difference. */
	zero?: boolean;
	className?: string;
}) {
	const at = scaleLinear().domain(domain).range([0, 100]).clamp(true);
	const { line, span, mark } = tones[tone];
	return (
		<span role="img" aria-label={label} className={`relative block h-3.5 ${className}`}>
			<i className={`absolute inset-x-0 top-[6.5px] h-px ${line}`} />
			{zero ? <i className="absolute inset-y-0 w-px bg-ink-3" style={{ left: `${at(0)}%` }} /> : null}
			<i
				className={`absolute top-[5px] h-1 rounded-[2px] ${span}`}
				style={{ left: `${at(low)}%`, width: `${Math.max(0, at(high) - at(low))}%` }}
			/>
			<i
				className={`absolute top-0.5 -ml-[5px] size-2.5 rounded-full border-2 ${mark}`}
				style={{ left: `${at(value)}%` }}
			/>
		</span>
	);
}
