import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** Says what this place is for, with its one action. */
export function EmptyState({
	icon,
	title,
	children,
	actions,
	foot,
	page = false,
}: {
	icon: LucideIcon;
	title: string;
	children: ReactNode;
	actions?: ReactNode;
	/** Shown below, in the width of reading. */
	foot?: ReactNode;
	/** Fills its screen: placed in the upper third, not under the header. */
	page?: boolean;
}) {
	return (
		<div
			className={`flex flex-col items-center px-4 pb-8 text-center ${page ? 'pt-[clamp(32px,0.2*var(--window-height),200px)]' : 'pt-8'}`}
		>
			<Icon of={icon} size={18} className="mb-2 text-ink-3" />
			<p className="font-semibold">{title}</p>
			<p className="mt-0.5 max-w-72 text-balance text-ink-2 [overflow-wrap:anywhere]">{children}</p>
			{actions === undefined ? null : <div className="mt-3 flex flex-wrap justify-center gap-1.5">{actions}</div>}
			{foot === undefined ? null : (
				<div className="mt-8 w-full max-w-(--reading) border-t border-line pt-5">{foot}</div>
			)}
		</div>
	);
}
