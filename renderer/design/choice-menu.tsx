import { Check, ChevronDown } from 'lucide-react';
import { Icon } from './icon.tsx';
import { Menu, MenuParts, menuRowClass } from './menu.tsx';

export interface Choice {
	readonly value: string;
	readonly words: string;
	/** Shown paler, on the right. */
	readonly detail?: string;
}

/** Returns the classes of the button that names the choice and opens the menu; `small` among small fields. */
export function choiceButtonClass(small = false): string {
	return `inline-flex min-w-0 items-center gap-1.5 border border-control bg-surface pr-2 text-ink hover:bg-hover data-popup-open:bg-hover ${small ? 'h-6.5 max-w-72 rounded-[6px] pl-2 text-xs' : 'h-7.5 max-w-56 rounded-md pl-2.5'}`;
}

/** Chooses one of several: a button that names the choice, and a menu of options. */
export function ChoiceMenu({
	label,
	value,
	options,
	onChange,
	small = false,
}: {
	label: string;
	value: string;
	options: readonly Choice[];
	onChange: (value: string) => void;
	/** For use among small fields. */
	small?: boolean;
}) {
	const chosen = options.find((option) => option.value === value);
	return (
		<Menu
			align="start"
			trigger={
				<button type="button" className={choiceButtonClass(small)}>
					<span className="sr-only">{label}:</span>
					<span className="truncate">{chosen?.words ?? value}</span>
					<Icon of={ChevronDown} size={14} className="text-ink-3" />
				</button>
			}
		>
			<MenuParts.RadioGroup value={value} onValueChange={(next: string) => onChange(next)}>
				{options.map((option) => (
					<MenuParts.RadioItem
						key={option.value}
						value={option.value}
						closeOnClick
						className={`${menuRowClass} max-w-80`}
					>
						<span className="grid size-3.5 flex-none place-items-center">
							<MenuParts.RadioItemIndicator>
								<Icon of={Check} size={14} className="text-accent-ink" />
							</MenuParts.RadioItemIndicator>
						</span>
						<span className="min-w-0 flex-1 truncate">{option.words}</span>
						{option.detail === undefined ? null : (
							<span className="text-xs text-ink-3 tabular-nums">{option.detail}</span>
						)}
					</MenuParts.RadioItem>
				))}
			</MenuParts.RadioGroup>
		</Menu>
	);
}
