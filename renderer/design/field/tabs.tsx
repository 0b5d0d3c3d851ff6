import { useId } from 'react';

/** Views of one thing, one at a time, as words in a row; a radio group by keyboard. */
export function ViewTabs<T extends string>({
	label,
	value,
	onChange,
	options,
}: {
	label: string;
	value: T;
	onChange: (value: T) => void;
	/** `count` stands paler after the label. */
	options: readonly { value: T; label: string; count?: string | undefined }[];
}) {
	const name = useId();
	return (
		<fieldset className="flex flex-wrap gap-x-0.5">
			<legend className="sr-only">{label}</legend>
			{options.map((option) => (
				<label
					key={option.value}
					className="relative inline-flex h-7 items-center gap-1.5 rounded-[6px] px-2 text-ink-2 hover:text-ink has-checked:font-semibold has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-focus"
				>
					<input
						type="radio"
						name={name}
						value={option.value}
						checked={option.value === value}
						onChange={() => onChange(option.value)}
						className="sr-only"
					/>
					{option.label}
					{option.count === undefined ? null : (
						<span className="text-xs font-normal text-ink-3 tabular-nums">{option.count}</span>
					)}
				</label>
			))}
		</fieldset>
	);
}
