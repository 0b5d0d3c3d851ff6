import { NumberField } from '@base-ui/react/number-field';
import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { Button } from '../../design/button.tsx';
import { ChangedDot } from '../../design/changed-dot.tsx';
import { Checkbox } from '../../design/checkbox.tsx';
import { Icon } from '../../design/icon.tsx';

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

/** A short text in a line of words, its label before it. */
export function InlineText({
	label,
	value,
	onChange,
	placeholder,
	width = 128,
	wide = false,
}: {
	label: string;
	value: string;
	onChange: (value: string) => void;
	placeholder?: string;
	width?: number;
	/** As much as the line has. */
	wide?: boolean;
}) {
	return (
		<label className={`inline-flex items-center gap-1.5 text-xs text-ink-2 ${wide ? 'w-full' : ''}`}>
			{label}
			<input
				value={value}
				onChange={(event) => onChange(event.target.value.slice(0, wide ? 2_000 : 200))}
				placeholder={placeholder}
				spellCheck={false}
				style={wide ? undefined : { width }}
				className={`h-6.5 rounded-[6px] border border-control bg-surface px-2 font-mono text-xs text-ink focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus ${wide ? 'min-w-0 flex-1' : ''}`}
			/>
		</label>
	);
}

/** A choice with a mark before it; the words are part of the target. */
export function InlineCheckbox({
	label,
	checked,
	onChange,
	blocked,
	children,
}: {
	/** Its name, spoken. */
	label: string;
	checked: boolean;
	onChange: () => void;
	/** Why it can't be chosen; shown at the end. */
	blocked?: string | undefined;
	/** What stands after the mark; the name where it is left out. */
	children?: ReactNode;
}) {
	const id = useId();
	if (blocked !== undefined) {
		return (
			<span className="flex min-h-7 min-w-0 items-center gap-1 pl-6 text-ink-3" title={blocked}>
				<span className="min-w-0 truncate">{children ?? label}</span>
				<span className="flex-none text-xs">{blocked}</span>
			</span>
		);
	}
	return (
		<span className="flex min-h-7 min-w-0 items-center gap-0.5">
			<Checkbox label={label} checked={checked} onChange={onChange} className="-ml-1.5" />
			<span id={id} aria-hidden className="flex min-w-0 items-center gap-2" onClick={onChange}>
				{children ?? label}
			</span>
		</span>
	);
}

/** What one seldom needs, behind a line of words that opens it; a dot where something in it is not as usual. */
export function MoreFields({
	label = 'More',
	about,
	changed = false,
	children,
}: {
	label?: string;
	/** What it is more of, spoken: there are several on the page. */
	about?: string;
	changed?: boolean;
	children: ReactNode;
}) {
	const [open, setOpen] = useState(false);
	return (
		<>
			<Button size="sm" kind="ghost" className="-ml-2 max-w-full" aria-expanded={open} onClick={() => setOpen(!open)}>
				<Icon of={ChevronRight} size={14} className={open ? 'rotate-90' : ''} />
				<span className="truncate font-normal">
					{label}
					{about === undefined ? null : <span className="sr-only"> of {about}</span>}
					{changed ? <ChangedDot /> : null}
				</span>
			</Button>
			{open ? (
				<div
					ref={showWhole}
					className="order-last mb-2 flex w-full flex-col gap-3 rounded-[8px] border border-line bg-sunken px-3 py-2.5"
				>
					{children}
				</div>
			) : null}
		</>
	);
}

/** Fields of what opened, one after the other in lines. */
export function FieldLine({ children }: { children: ReactNode }) {
	return <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 empty:hidden">{children}</div>;
}

/** What was just opened may begin at the lower edge. */
function showWhole(opened: HTMLElement | null): void {
	opened?.scrollIntoView({ block: 'nearest' });
}
