import { Slider as Base } from '@base-ui/react/slider';
import { numberLocale } from '../messages/page-locale.ts';
import { ChangedDot } from './changed-dot.tsx';

/** A slider with its value as a number; supports arrow keys. */
export function Slider({
	label,
	value,
	onChange,
	min,
	max,
	step,
	changed = false,
	title,
}: {
	label: string;
	value: number;
	onChange: (value: number) => void;
	min: number;
	max: number;
	step: number;
	changed?: boolean;
	/** Explains the number in one sentence. */
	title?: string;
}) {
	const digits = step < 1 ? 2 : 0;
	return (
		<Base.Root
			value={value}
			onValueChange={(next) => onChange(Number(next))}
			min={min}
			max={max}
			step={step}
			locale={numberLocale()}
			format={{ minimumFractionDigits: digits, maximumFractionDigits: digits }}
			thumbAlignment="edge"
		>
			<div className="mb-px flex items-center" title={title}>
				<Base.Label className="flex-1">
					{label}
					{changed ? <ChangedDot /> : null}
				</Base.Label>
				<Base.Value className="font-mono text-xs/5 tabular-nums" />
			</div>
			<Base.Control className="flex h-4 items-center">
				<Base.Track className="h-0.5 w-full rounded-full bg-control forced-colors:bg-[CanvasText]">
					<Base.Indicator className="-mt-px h-1 rounded-full bg-accent forced-colors:bg-[Highlight]" />
					<Base.Thumb className="size-3.5 rounded-full border-[1.5px] border-control bg-raised shadow-control has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus" />
				</Base.Track>
			</Base.Control>
		</Base.Root>
	);
}
