import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../../../../design/button.tsx';
import { ChangedDot } from '../../../../design/field/changed-dot.tsx';
import { Icon } from '../../../../design/icon.tsx';

/** What one seldom needs, behind a line of words that opens it; a dot where something in it is not as usual. */
export function MoreFields({
	label = 'More',
	about,
	changed = false,
	children,
}: {
	label?: string;
	/** What it is more of, spoken: there are several on the page. */
	about?: string;
	changed?: boolean;
	children: ReactNode;
}) {
	const [open, setOpen] = useState(false);
	return (
		<>
			<Button size="sm" kind="ghost" className="-ml-2 max-w-full" aria-expanded={open} onClick={() => setOpen(!open)}>
				<Icon of={ChevronRight} size={14} className={open ? 'rotate-90' : ''} />
				<span className="truncate font-normal">
					{label}
					{about === undefined ? null : <span className="sr-only"> of {about}</span>}
					{changed ? <ChangedDot /> : null}
				</span>
			</Button>
			{open ? (
				<div
					ref={showWhole}
					className="order-last mb-2 flex w-full flex-col gap-3 rounded-[8px] border border-line bg-sunken px-3 py-2.5"
				>
					{children}
				</div>
			) : null}
		</>
	);
}

/** Fields of what opened, one after the other in lines. */
export function FieldLine({ children }: { children: ReactNode }) {
	return <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 empty:hidden">{children}</div>;
}

/** What was just opened may begin at the lower edge. */
function showWhole(opened: HTMLElement | null): void {
	opened?.scrollIntoView({ block: 'nearest' });
}
