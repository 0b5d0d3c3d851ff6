const tones = { accent: 'bg-accent', paused: 'bg-ink-3', bad: 'bg-bad' };

/** Progress bar, 6 px high. `value` from 0 to 1; null while unknown. */
export function ProgressBar({
	value,
	label,
	tone = 'accent',
	className = '',
}: {
	value: number | null;
	label: string;
	tone?: keyof typeof tones;
	className?: string;
}) {
	return (
		<div
			role="progressbar"
			aria-label={label}
			aria-valuemin={0}
			aria-valuemax={100}
			{...(value === null ? {} : { 'aria-valuenow': Math.round(value * 100) })}
			className={`flex h-1.5 overflow-hidden rounded-xs bg-line-strong ${className}`}
		>
			<i className={`block h-full ${tones[tone]}`} style={{ width: `${(value ?? 0.04) * 100}%` }} />
		</div>
	);
}
