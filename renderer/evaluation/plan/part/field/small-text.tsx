/** A short text in a line of words, its label before it. */
export function InlineText({
	label,
	value,
	onChange,
	placeholder,
	width = 128,
	wide = false,
}: {
	label: string;
	value: string;
	onChange: (value: string) => void;
	placeholder?: string;
	width?: number;
	/** As much as the line has. */
	wide?: boolean;
}) {
	return (
		<label className={`inline-flex items-center gap-1.5 text-xs text-ink-2 ${wide ? 'w-full' : ''}`}>
			{label}
			<input
				value={value}
				onChange={(event) => onChange(event.target.value.slice(0, wide ? 2_000 : 200))}
				placeholder={placeholder}
				spellCheck={false}
				style={wide ? undefined : { width }}
				className={`h-6.5 rounded-[6px] border border-control bg-surface px-2 font-mono text-xs text-ink focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus ${wide ? 'min-w-0 flex-1' : ''}`}
			/>
		</label>
	);
}
