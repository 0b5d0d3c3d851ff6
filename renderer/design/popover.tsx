import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';

/** A panel that a button opens beside itself, to be looked at: facts that are too many for a tooltip. */
export function Popover({
	trigger,
	label,
	side = 'bottom',
	align = 'center',
	children,
}: {
	trigger: ReactElement<Record<string, unknown>>;
	/** Names the panel for a screen reader. */
	label: string;
	side?: 'top' | 'bottom';
	align?: 'start' | 'center' | 'end';
	children: ReactNode;
}) {
	return (
		<Base.Root>
			<Base.Trigger render={trigger} />
			<Base.Portal>
				<Base.Positioner side={side} align={align} sideOffset={6} collisionPadding={8} className="z-40">
					<Base.Popup aria-label={label} className="popup rounded-lg p-3 outline-none">
						{children}
					</Base.Popup>
				</Base.Positioner>
			</Base.Portal>
		</Base.Root>
	);
}
