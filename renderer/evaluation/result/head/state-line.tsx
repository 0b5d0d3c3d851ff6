import type { ReactNode } from 'react';

/** A fact about a run above its figures, and what can be done about it. */
export function StateLine({ action, children }: { action: ReactNode; children: ReactNode }) {
	return (
		<div className="flex flex-none items-center gap-3 border-b border-line bg-sunken py-0.5 pr-3 pl-5 text-xs text-ink-2">
			<p className="min-w-0 flex-1 text-pretty">{children}</p>
			{action}
		</div>
	);
}
