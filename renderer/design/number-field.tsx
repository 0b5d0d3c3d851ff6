import { NumberField as Base } from '@base-ui/react/number-field';
import { useId } from 'react';
import { numberLocale } from '../messages/page-locale.ts';
import { ChangedDot } from './changed-dot.tsx';
import { Labelled } from './text-field.tsx';

/** Decimals of a field: two, or as many as its finest value needs; what is typed is rounded to them. */
function digitsFor(finest: number): number {
	return finest > 0 ? Math.min(20, Math.max(2, Math.ceil(-Math.log10(finest)))) : 2;
}

/** A number field with typing and arrow keys; empty means `null`, shown as `empty`. */
export function NumberField({
	label,
	value,
	onChange,
	min,
	max,
	step = 1,
	empty,
	changed = false,
	title,
}: {
	label: string;
	value: number | null;
	onChange: (value: number | null) => void;
	min: number;
	max: number;
	step?: number;
	empty?: string;
	changed?: boolean;
	/** Explains the number in one sentence. */
	title?: string;
}) {
	const id = useId();
	return (
		<Labelled
			label={
				<>
					{label}
					{changed ? <ChangedDot /> : null}
				</>
			}
			htmlFor={id}
		>
			<Base.Root
				id={id}
				value={value}
				onValueChange={(next) => onChange(next === null && empty === undefined ? value : next)}
				min={min}
				max={max}
				step={step}
				format={{ maximumFractionDigits: digitsFor(min > 0 ? Math.min(min, step) : step), useGrouping: true }}
				locale={numberLocale()}
			>
				<Base.Input
					title={title}
					placeholder={empty}
					className="h-7 w-full rounded-md border border-control bg-surface px-[9px] font-mono text-xs tabular-nums focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus"
				/>
			</Base.Root>
		</Labelled>
	);
}
