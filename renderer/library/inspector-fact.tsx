import type { ReactNode } from 'react';

/** Heading of a section of the inspector. */
export const headClass = 'mb-[5px] flex items-center text-xs/5 font-medium text-ink-2';

/** One fact: its name and value. */
export function Fact({ name, children, title }: { name: string; children: ReactNode; title?: string | undefined }) {
	return (
		<div className="flex items-start justify-between gap-3 py-[3px] text-xs">
			<dt className="flex-none text-ink-2">{name}</dt>
			<dd
				className="line-clamp-3 min-w-0 text-right font-mono [overflow-wrap:anywhere] tracking-[-0.01em] tabular-nums"
				title={title}
			>
				{children}
			</dd>
		</div>
	);
}
