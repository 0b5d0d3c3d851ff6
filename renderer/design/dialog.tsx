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
	const head = (
		<>
			<Base.Title className="text-md font-semibold tracking-[-0.01em]">{title}</Base.Title>
			{text === undefined ? null : <Base.Description className="mt-1 text-ink-2">{text}</Base.Description>}
		</>
	);
	return (
		<Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
			<Base.Portal>
				<Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-(--slow) ease-out data-ending-style:opacity-0 data-starting-style:opacity-0" />
				<Base.Popup
					style={{ width }}
					className={`fixed left-1/2 z-50 ${tall ? 'top-[6vh] flex max-h-[88vh] flex-col' : 'top-[22vh] max-h-[70vh] overflow-y-auto p-5'} max-w-[calc(100vw-32px)] -translate-x-1/2 rounded-xl bg-raised shadow-dialog outline-none transition-[opacity,translate] duration-(--slow) ease-out data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0`}
				>
					{tall ? (
						<>
							<div className="flex-none px-5 pt-5">{head}</div>
							<div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
							<div className="flex flex-none justify-end gap-2 border-t border-line px-5 py-3">{actions}</div>
						</>
					) : (
						<>
							{head}
							{children}
							<div className="mt-4.5 flex justify-end gap-2">{actions}</div>
						</>
					)}
				</Base.Popup>
			</Base.Portal>
		</Base.Root>
	);
}
