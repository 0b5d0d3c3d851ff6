import { type ReactNode, useId } from 'react';
import { Checkbox } from '../../../../design/field/checkbox.tsx';

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
