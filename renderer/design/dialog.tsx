import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';

/** A dialog: only where undo is impossible or something must be typed. Its last button repeats the verb. */
export function Dialog({
	open,
	onClose,
	title,
	text,
	width = 400,
	tall = false,
	children,
	actions,
}: {
	open: boolean;
	onClose: () => void;
	title: ReactNode;
	text?: ReactNode;
	width?: number;
	/** Takes most of the window's height, for what is read and not only answered. */
	tall?: boolean;
	children?: ReactNode;
	actions: ReactNode;
}) {
	return (
		<Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
			<Base.Portal>
				<Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-(--slow) ease-out data-ending-style:opacity-0 data-starting-style:opacity-0" />
				<Base.Popup
					style={{ width }}
					className={`fixed left-1/2 z-50 ${tall ? 'top-[6vh] max-h-[88vh]' : 'top-[22vh] max-h-[70vh]'} max-w-[calc(100vw-32px)] -translate-x-1/2 overflow-y-auto rounded-xl bg-raised p-5 shadow-dialog outline-none transition-[opacity,translate] duration-(--slow) ease-out data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0`}
				>
					<Base.Title className="text-md font-semibold tracking-[-0.01em]">{title}</Base.Title>
					{text === undefined ? null : <Base.Description className="mt-1 text-ink-2">{text}</Base.Description>}
					{children}
					<div className="mt-4.5 flex justify-end gap-2">{actions}</div>
				</Base.Popup>
			</Base.Portal>
		</Base.Root>
	);
}
