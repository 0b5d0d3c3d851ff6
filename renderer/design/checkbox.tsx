import { Check } from 'lucide-react';
import { Icon } from './icon.tsx';

/** A 14 px box with a 24 px target; its label is for screen readers only. */
export function Checkbox({
	label,
	checked,
	onChange,
	tabIndex,
	className = '',
}: {
	label: string;
	checked: boolean;
	onChange: () => void;
	tabIndex?: number;
	className?: string;
}) {
	return (
		<span className={`relative grid size-6 flex-none place-items-center ${className}`}>
			<input
				type="checkbox"
				aria-label={label}
				checked={checked}
				onChange={onChange}
				{...(tabIndex === undefined ? {} : { tabIndex })}
				className="peer absolute inset-0 m-0 size-full appearance-none outline-none"
			/>
			<i
				aria-hidden
				className="pointer-events-none grid size-3.5 place-items-center rounded-xs border border-control bg-surface text-on-accent peer-checked:border-accent peer-checked:bg-accent peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-focus"
			>
				{checked ? <Icon of={Check} size={12} /> : null}
			</i>
		</span>
	);
}
