import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode, RefObject } from 'react';
import { menuLandmark } from './menu.tsx';
import { NamedTrigger } from './tooltip.tsx';

/** A panel next to the button that opens it: facts that are too many for a tooltip, or a few questions. */
export function Popover({
	trigger,
	tooltip,
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
	/** What the button is called, if it shows no words. */
	tooltip?: string;
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
			<NamedTrigger name={tooltip} side={side}>
				<Base.Trigger render={trigger} />
			</NamedTrigger>
			<Panel label={label} side={side} align={align} initialFocus={initialFocus} width={width}>
				{children}
			</Panel>
		</Base.Root>
	);
}

/** The same panel next to an element that is no button of its own, such as a link. The caller opens it. */
export function AnchoredPopover({
	anchor,
	open,
	onOpenChange,
	label,
	align,
	width,
	children,
}: {
	anchor: RefObject<HTMLElement | null>;
	open: boolean;
	onOpenChange: (open: boolean) => void;
	/** Accessible name of the panel. */
	label: string;
	align: 'start' | 'center' | 'end';
	width: number;
	children: ReactNode;
}) {
	return (
		<Base.Root open={open} onOpenChange={onOpenChange}>
			<Panel anchor={anchor} label={label} side="bottom" align={align} width={width} finalFocus={anchor}>
				{children}
			</Panel>
		</Base.Root>
	);
}

function Panel({
	anchor,
	label,
	side,
	align,
	initialFocus,
	finalFocus,
	width,
	children,
}: {
	anchor?: RefObject<HTMLElement | null>;
	label: string;
	side: 'top' | 'bottom';
	align: 'start' | 'center' | 'end';
	initialFocus?: RefObject<HTMLElement | null> | undefined;
	finalFocus?: RefObject<HTMLElement | null>;
	width?: number | undefined;
	children: ReactNode;
}) {
	return (
		<Base.Portal render={menuLandmark}>
			<Base.Positioner
				{...(anchor === undefined ? {} : { anchor })}
				side={side}
				align={align}
				sideOffset={6}
				collisionPadding={8}
				className="z-40"
			>
				<Base.Popup
					aria-label={label}
					{...(initialFocus === undefined ? {} : { initialFocus })}
					{...(finalFocus === undefined ? {} : { finalFocus })}
					className="popup max-h-(--room-below) max-w-[calc(var(--window-width)-16px)] overflow-y-auto rounded-lg p-3 outline-none"
					style={width === undefined ? {} : { width }}
				>
					{children}
				</Base.Popup>
			</Base.Positioner>
		</Base.Portal>
	);
}
