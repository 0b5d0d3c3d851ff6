import { Dialog } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';

/** A pane without room of its own: it overlays the window and closes on Esc or a click outside. */
export function Drawer({
	open,
	onClose,
	side,
	label,
	width = 300,
	children,
}: {
	open: boolean;
	onClose: () => void;
	side: 'left' | 'right';
	label: string;
	/** Width of a drawer on the right, in px; never wider than the window. */
	width?: number;
	children: ReactNode;
}) {
	const place =
		side === 'left'
			? 'left-0 w-72 bg-canvas px-2 pt-2 data-starting-style:-translate-x-1 data-ending-style:-translate-x-1'
			: 'right-0 max-w-[calc(var(--window-width)-32px)] bg-surface data-starting-style:translate-x-1 data-ending-style:translate-x-1';
	const popup = useRef<HTMLDivElement>(null);
	// Its first button would show its tooltip, for a moment only where a form that is still loading takes the focus.
	const initialFocus = side === 'right' ? popup : true;
	return (
		<Dialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
			<Dialog.Portal>
				<Dialog.Backdrop className="fixed inset-0 z-30 bg-scrim transition-opacity duration-(--slow) data-ending-style:opacity-0 data-starting-style:opacity-0" />
				<Dialog.Popup
					ref={popup}
					initialFocus={initialFocus}
					aria-label={label}
					style={side === 'right' ? { width } : {}}
					className={`scaled fixed inset-y-0 z-30 flex flex-col shadow-dialog outline-none transition-[opacity,translate] duration-(--slow) ease-out data-ending-style:opacity-0 data-starting-style:opacity-0 ${place}`}
				>
					{children}
				</Dialog.Popup>
			</Dialog.Portal>
		</Dialog.Root>
	);
}
