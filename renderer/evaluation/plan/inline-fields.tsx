import { NumberField } from '@base-ui/react/number-field';
import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { Button } from '../../design/button.tsx';
import { ChangedDot } from '../../design/changed-dot.tsx';
import { Checkbox } from '../../design/checkbox.tsx';
import { Icon } from '../../design/icon.tsx';
import { noForm } from '../../design/number-field.tsx';
import { numberLocale } from '../../messages/page-locale.ts';
import { t } from '../../messages/t.ts';

/** A number within a line of text: label before, unit after. Empty is null where that has a meaning. */
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
	/** The surrounding text already labels it. */
	hideLabel?: boolean;
	unit?: string;
	value: number | null;
	onChange: (value: number | null) => void;
	min: number;
	max: number;
	step?: number;
	digits?: number;
	/** Meaning of an empty field. */
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
				form={noForm}
				onValueChange={(next) => onChange(next === null && empty === undefined ? value : next)}
				min={min}
				max={max}
				step={step}
				format={{ maximumFractionDigits: digits, useGrouping: false }}
				locale={numberLocale()}
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

/** A short text within a line, with its label before it. */
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
	/** Takes all the space of the line. */
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

/** A checkbox with its text, which is part of the click target. */
export function InlineCheckbox({
	label,
	checked,
	onChange,
	blocked,
	children,
}: {
	/** Accessible name. */
	label: string;
	checked: boolean;
	onChange: () => void;
	/** Reason why it can't be chosen, shown at the end. */
	blocked?: string | undefined;
	/** Text after the checkbox; by default the label. */
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

/** Rarely needed fields behind a link that opens them; a dot marks changes from the defaults. */
export function MoreFields({
	label = t('More'),
	about,
	changed = false,
	children,
}: {
	label?: string;
	/** Names the fields for screen readers, as there are several such links on the page. */
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
					{about === undefined ? null : <span className="sr-only"> {t('of {about}', { about })}</span>}
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

/** Fields of the opened part, in wrapping lines. */
export function FieldLine({ children }: { children: ReactNode }) {
	return <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 empty:hidden">{children}</div>;
}

/** Scrolls fields into view that open at the lower edge. */
function showWhole(opened: HTMLElement | null): void {
	opened?.scrollIntoView({ block: 'nearest' });
}
