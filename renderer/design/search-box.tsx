import { Search } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** Field that filters a list: no border, and an icon as its label. `className` sets its width. */
export function SearchBox({
	label,
	onType,
	className = '',
	children,
	...input
}: Omit<ComponentProps<'input'>, 'type' | 'aria-label' | 'onChange'> & {
	label: string;
	onType: (text: string) => void;
	/** Shown inside, after the text. */
	children?: ReactNode;
}) {
	return (
		<label
			className={`flex h-7.5 items-center gap-1.5 rounded-md bg-hover px-2 focus-within:outline-2 focus-within:outline-focus ${className}`}
		>
			<Icon of={Search} size={14} className="text-ink-3" />
			<input
				type="search"
				aria-label={label}
				onChange={(event) => onType(event.target.value)}
				className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
				{...input}
			/>
			{children}
		</label>
	);
}
