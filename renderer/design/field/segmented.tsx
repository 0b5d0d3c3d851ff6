import type { LucideIcon } from 'lucide-react';
import { useId } from 'react';
import { Icon } from '../icon.tsx';

/** One of a few choices, all in sight; a radio group by keyboard. */
export function Segmented<T extends string>({
	label,
	value,
	onChange,
	options,
}: {
	label: string;
	value: T;
	onChange: (value: T) => void;
	/** `count` stands paler after the label. */
	options: readonly { value: T; label: string; icon?: LucideIcon; count?: string | undefined }[];
}) {
	const name = useId();
	return (
		<fieldset className="inline-flex gap-0.5 rounded-[8px] border border-line bg-sunken p-0.5">
			<legend className="sr-only">{label}</legend>
			{options.map((option) => (
				<label
					key={option.value}
					className="inline-flex h-6 items-center gap-1.5 rounded-[6px] px-2.5 text-xs font-medium text-ink-2 has-checked:bg-raised has-checked:text-ink has-checked:shadow-control has-checked:inset-ring has-checked:inset-ring-line-strong has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-focus"
				>
					<input
						type="radio"
						name={name}
						value={option.value}
						checked={option.value === value}
						onChange={() => onChange(option.value)}
						className="sr-only"
					/>
					{option.icon ? <Icon of={option.icon} size={14} /> : null}
					{option.label}
					{option.count === undefined ? null : (
						<span className="font-normal text-ink-3 tabular-nums">{option.count}</span>
					)}
				</label>
			))}
		</fieldset>
	);
}
