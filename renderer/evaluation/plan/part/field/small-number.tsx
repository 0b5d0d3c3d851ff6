import { NumberField } from '@base-ui/react/number-field';
import { useId } from 'react';

/** A number in a line of words: its label before it, its unit after. Empty is null where that means something. */
export function InlineNumber({
	label,
	hideLabel = false,
	unit,
	value,
	onChange,
	min,
	max,
	step = 1,
	digits = 0,
	empty,
	width = 58,
}: {
	label: string;
	/** It stands in words around it. */
	hideLabel?: boolean;
	unit?: string;
	value: number | null;
	onChange: (value: number | null) => void;
	min: number;
	max: number;
	step?: number;
	digits?: number;
	/** What no number means. */
	empty?: string;
	width?: number;
}) {
	const id = useId();
	return (
		<span className="inline-flex items-center gap-1.5">
			<label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-xs text-ink-2'}>
				{label}
			</label>
			<NumberField.Root
				id={id}
				value={value}
				onValueChange={(next) => onChange(next === null && empty === undefined ? value : next)}
				min={min}
				max={max}
				step={step}
				format={{ maximumFractionDigits: digits, useGrouping: false }}
				locale="en-US"
			>
				<NumberField.Input
					placeholder={empty}
					style={{ width }}
					className="h-6.5 rounded-[6px] border border-control bg-surface px-2 text-right font-mono text-xs tabular-nums focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus"
				/>
			</NumberField.Root>
			{unit === undefined ? null : <span className="text-xs text-ink-3">{unit}</span>}
		</span>
	);
}
