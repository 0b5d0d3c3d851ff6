import type { ReactNode } from 'react';

/** A section of a pane under its label. */
export function PaneBlock({ label, action, children }: { label: string; action?: ReactNode; children: ReactNode }) {
	return (
		<section aria-label={label}>
			<div className="mb-1 flex items-center gap-2">
				<h3 className="flex-1 text-xs font-medium text-ink-3">{label}</h3>
				{action}
			</div>
			{children}
		</section>
	);
}

/** One fact: its label on the left, its value on the right. */
export function PaneFact({ label, children }: { label: string; children: ReactNode }) {
	return (
		<div className="flex items-baseline gap-3">
			<dt className="flex-none text-ink-2">{label}</dt>
			<dd className="min-w-0 flex-1 truncate text-right tabular-nums">{children}</dd>
		</div>
	);
}
