import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode, RefObject } from 'react';
import { menuLandmark } from './menu.tsx';

/** A panel next to the button that opens it: facts that are too many for a tooltip, or a few questions. */
export function Popover({
	trigger,
	label,
	side = 'bottom',
	align = 'center',
	open,
	onOpenChange,
	initialFocus,
	width,
	children,
}: {
	trigger: ReactElement<Record<string, unknown>>;
	/** Accessible name of the panel. */
	label: string;
	side?: 'top' | 'bottom';
	align?: 'start' | 'center' | 'end';
	/** If omitted, it opens and closes by itself. */
	open?: boolean;
	onOpenChange?: (open: boolean) => void;
	/** Element focused on opening; by default the first one in it. */
	initialFocus?: RefObject<HTMLElement | null> | undefined;
	width?: number;
	children: ReactNode;
}) {
	return (
		<Base.Root {...(open === undefined ? {} : { open })} {...(onOpenChange === undefined ? {} : { onOpenChange })}>
			<Base.Trigger render={trigger} />
			<Base.Portal render={menuLandmark}>
				<Base.Positioner side={side} align={align} sideOffset={6} collisionPadding={8} className="z-40">
					<Base.Popup
						aria-label={label}
						{...(initialFocus === undefined ? {} : { initialFocus })}
						className="popup max-h-(--available-height) overflow-y-auto rounded-lg p-3 outline-none"
						style={width === undefined ? {} : { width }}
					>
						{children}
					</Base.Popup>
				</Base.Positioner>
			</Base.Portal>
		</Base.Root>
	);
}
