import { NumberField as Base } from '@base-ui/react/number-field';
import { useId } from 'react';
import { numberLocale } from '../messages/page-locale.ts';
import { ChangedDot } from './changed-dot.tsx';
import { Labelled } from './text-field.tsx';

/** Decimals that a field with fractions shows and rounds to: two, or as many as its finest value needs. */
function digitsFor(finest: number): number {
	return finest > 0 ? Math.min(20, Math.max(2, Math.ceil(-Math.log10(finest)))) : 2;
}

/**
 * Keeps the hidden input of a number field out of the form around it. The form would check it against its step and refuse to
 * be submitted without a word: 0.001 is no multiple of 0.0001 above a least value of 0.000001.
 */
export const noForm = '';

/** A number field with typing and arrow keys; empty means `null`, shown as `empty`. */
export function NumberField({
	label,
	value,
	onChange,
	min,
	max,
	step = 1,
	whole = Number.isInteger(step),
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
	/** Whether a typed fraction is rounded to a whole number; by default if the step is one. */
	whole?: boolean;
	empty?: string;
	changed?: boolean;
	/** Explains the number in one sentence. */
	title?: string;
}) {
	const id = useId();
	const maximumFractionDigits = whole ? 0 : digitsFor(min > 0 ? Math.min(min, step) : step);
	const put = (next: number | null): void => {
		if (next !== null) onChange(whole ? Math.round(next) : next);
		else onChange(empty === undefined ? value : null);
	};
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
				form={noForm}
				onValueChange={put}
				min={min}
				max={max}
				step={step}
				format={{ maximumFractionDigits, useGrouping: true }}
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
