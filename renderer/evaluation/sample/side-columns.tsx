import type { ReactNode } from 'react';
import { Scroller } from '../../design/scroll-area.tsx';
import type { ArmSide } from './arm-side.ts';

/** One scrolling column for each side, with its label; below one another in a narrow window. */
export function SideColumns({
	sides,
	nameOf,
	height,
	children,
}: {
	sides: readonly ArmSide[];
	/** Accessible name of a side's column. */
	nameOf: (label: string) => string;
	/** Class for the greatest height of a column. */
	height: 'max-h-56' | 'max-h-72';
	children: (side: ArmSide, index: number) => ReactNode;
}) {
	return (
		<div className="mb-2.5 grid auto-cols-fr overflow-hidden rounded-[8px] border border-line min-[720px]:grid-flow-col">
			{sides.map((side, index) => (
				<section
					key={side.armId}
					aria-label={nameOf(side.label)}
					className="min-w-0 border-line not-first:border-t min-[720px]:not-first:border-t-0 min-[720px]:not-first:border-l"
				>
					<h3 className="truncate px-3 py-1.5 text-xs font-medium" title={side.label}>
						{side.label}
					</h3>
					<Scroller label={nameOf(side.label)} className={`${height} px-3 pb-2`}>
						{children(side, index)}
					</Scroller>
				</section>
			))}
		</div>
	);
}
