/** Assay's logo: two touchstone streaks. */
export function Logo({ size, label }: { size: number; label?: string }) {
	const streaks = (
		<>
			<rect x="1" y="1" width="28" height="28" rx="8" fill="oklch(0.27 0.012 240)" stroke="var(--line-strong)" />
			<path d="M9 21.5 16.5 8.5" stroke="oklch(0.80 0.09 200)" strokeWidth="3.2" strokeLinecap="round" />
			<path d="M15.2 21.5 20 13.2" stroke="oklch(0.80 0.10 82)" strokeWidth="3.2" strokeLinecap="round" />
		</>
	);
	const shape = { width: size, height: size, viewBox: '0 0 30 30', className: 'block flex-none' };
	return label === undefined ? (
		<svg {...shape} aria-hidden="true">
			{streaks}
		</svg>
	) : (
		<svg {...shape} role="img" aria-label={label}>
			{streaks}
		</svg>
	);
}
