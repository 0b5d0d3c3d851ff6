import { Checkbox } from './checkbox.tsx';

/** Chooses any number of options by name. */
export function CheckboxGroup<T extends string | number>({
	legend,
	options,
	chosen,
	onChange,
	inline = false,
}: {
	legend: string;
	options: readonly { value: T; label: string }[];
	chosen: ReadonlySet<T>;
	onChange: (chosen: ReadonlySet<T>) => void;
	inline?: boolean;
}) {
	function toggle(value: T): void {
		const next = new Set(chosen);
		if (!next.delete(value)) next.add(value);
		onChange(next);
	}
	return (
		<fieldset>
			<legend className="mb-[3px] text-xs font-medium text-ink-2">{legend}</legend>
			<div className={inline ? 'flex flex-wrap gap-x-3' : 'max-h-36 overflow-y-auto'}>
				{options.map(({ value, label }) => (
					<span key={value} className="flex items-center gap-0.5">
						<Checkbox label={label} checked={chosen.has(value)} onChange={() => toggle(value)} />
						<span aria-hidden className="truncate" onClick={() => toggle(value)}>
							{label}
						</span>
					</span>
				))}
			</div>
		</fieldset>
	);
}
