/** A key or key combination as a small keycap; hidden if empty. */
export function Kbd({ children, className = '' }: { children: string; className?: string }) {
	if (children === '') return null;
	return (
		<kbd
			className={`whitespace-nowrap rounded-[4px] border border-line-strong bg-surface px-1 font-sans text-2xs text-ink-3 ${className}`}
		>
			{children}
		</kbd>
	);
}
