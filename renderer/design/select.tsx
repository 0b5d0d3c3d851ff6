import { ChevronDown } from 'lucide-react';
import { Icon } from './icon.tsx';

/** A compact choice of one option, as in a table row; its label is for screen readers only. */
export function Select<T extends string>({
	label,
	value,
	onChange,
	options,
	wide = false,
}: {
	label: string;
	value: T;
	onChange: (value: T) => void;
	options: readonly { value: T; words: string; disabled?: boolean }[];
	/** Fills its line, as the other fields of a pane or dialog do. */
	wide?: boolean;
}) {
	return (
		<span className={`relative min-w-0 ${wide ? 'flex w-full' : 'inline-flex'}`}>
			<select
				aria-label={label}
				value={value}
				onChange={(event) => {
					const chosen = options.find((option) => option.value === event.target.value);
					if (chosen !== undefined) onChange(chosen.value);
				}}
				className="h-6.5 w-full min-w-0 appearance-none truncate rounded-[6px] border border-control bg-surface pr-6 pl-2 text-xs text-ink focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus"
			>
				{options.map((option) => (
					<option key={option.value} value={option.value} disabled={option.disabled === true}>
						{option.words}
					</option>
				))}
			</select>
			<Icon of={ChevronDown} size={12} className="pointer-events-none absolute top-[7px] right-2 text-ink-3" />
		</span>
	);
}
