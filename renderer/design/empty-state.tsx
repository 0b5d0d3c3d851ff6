import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** What this place is for, and the one thing to do. */
export function EmptyState({
	icon,
	title,
	children,
	actions,
	page = false,
}: {
	icon: LucideIcon;
	title: string;
	children: ReactNode;
	actions?: ReactNode;
	/** It is all there is on its screen: it stands in the upper third, not under the head. */
	page?: boolean;
}) {
	return (
		<div
			className={`flex flex-col items-center px-4 pb-8 text-center ${page ? 'pt-[clamp(32px,20vh,200px)]' : 'pt-8'}`}
		>
			<Icon of={icon} size={18} className="mb-2 text-ink-3" />
			<p className="font-semibold">{title}</p>
			<p className="mt-0.5 max-w-72 text-balance text-ink-2 [overflow-wrap:anywhere]">{children}</p>
			{actions === undefined ? null : <div className="mt-3 flex flex-wrap justify-center gap-1.5">{actions}</div>}
		</div>
	);
}
