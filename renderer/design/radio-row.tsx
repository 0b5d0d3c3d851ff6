import type { LucideIcon } from 'lucide-react';
import { useId } from 'react';
import { Icon } from './icon.tsx';

export interface RadioRowProps<T extends string> {
	readonly label: string;
	readonly value: T;
	readonly onChange: (value: T) => void;
	/** `count` is shown paler after the label. */
	readonly options: readonly { value: T; label: string; icon?: LucideIcon; count?: string | undefined }[];
}

/** Chooses one of a few visible options; a radio group for the keyboard. Callers set its appearance. */
export function RadioRow<T extends string>({
	label,
	value,
	onChange,
	options,
	look,
}: RadioRowProps<T> & { look: { readonly row: string; readonly choice: string; readonly count: string } }) {
	const name = useId();
	return (
		<fieldset className={look.row}>
			<legend className="sr-only">{label}</legend>
			{options.map((option) => (
				<label key={option.value} className={`inline-flex items-center gap-1.5 rounded-[6px] ${look.choice}`}>
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
						<span className={`font-normal text-ink-3 tabular-nums ${look.count}`}>{option.count}</span>
					)}
				</label>
			))}
		</fieldset>
	);
}
