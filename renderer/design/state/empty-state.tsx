import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from '../icon.tsx';

/** What this place is for, and the one thing to do. */
export function EmptyState({
	icon,
	title,
	children,
	actions,
}: {
	icon: LucideIcon;
	title: string;
	children: ReactNode;
	actions?: ReactNode;
}) {
	return (
		<div className="flex flex-col items-center px-4 py-8 text-center">
			<Icon of={icon} size={18} className="mb-2 text-ink-3" />
			<p className="font-semibold">{title}</p>
			<p className="mt-0.5 max-w-72 text-balance text-ink-2 [overflow-wrap:anywhere]">{children}</p>
			{actions === undefined ? null : <div className="mt-3 flex flex-wrap justify-center gap-1.5">{actions}</div>}
		</div>
	);
}
