import { Dialog as Base } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';
import { t } from '../messages/t.ts';
import { Button } from './button.tsx';
import { Scroller } from './scroll-area.tsx';

/** A dialog: only where undo is impossible or text must be entered. Its last button repeats the verb. */
export function Dialog({
	open,
	onClose,
	title,
	text,
	width = 400,
	tall = false,
	textName,
	children,
	actions,
}: {
	open: boolean;
	onClose: () => void;
	title: ReactNode;
	text?: ReactNode;
	width?: number;
	/** Uses most of the window's height, for content to read. */
	tall?: boolean;
	/** Names content without controls, so that the keyboard can scroll it when it is taller than the window. */
	textName?: string;
	children?: ReactNode;
	actions: ReactNode;
}) {
	const opener = useOpener(open);
	const head = (
		<>
			<Base.Title className="text-md font-semibold tracking-[-0.01em]">{title}</Base.Title>
			{text === undefined ? null : <Base.Description className="mt-1 text-ink-2">{text}</Base.Description>}
		</>
	);
	const body = `min-h-0 flex-auto overflow-y-auto px-5 ${tall ? 'pb-5' : 'pb-1'}`;
	return (
		<Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
			<Base.Portal>
				<Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-(--slow) ease-out data-ending-style:opacity-0 data-starting-style:opacity-0" />
				<Base.Popup
					data-dialog
					finalFocus={opener}
					style={{ width }}
					className={`scaled fixed left-1/2 z-50 flex ${tall ? 'top-[calc(0.06*var(--window-height))] max-h-[calc(0.88*var(--window-height))]' : 'top-[min(0.22*var(--window-height),0.15*var(--window-height)+40px)] max-h-[calc(0.76*var(--window-height))]'} max-w-[calc(var(--window-width)-32px)] -translate-x-1/2 flex-col rounded-xl bg-raised shadow-dialog outline-none transition-[opacity,translate] duration-(--slow) ease-out data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0`}
				>
					<div className="flex-none px-5 pt-5">{head}</div>
					{textName === undefined ? (
						<div className={body}>{children}</div>
					) : (
						<Scroller label={textName} className={body}>
							{children}
						</Scroller>
					)}
					<div
						className={`flex flex-none justify-end gap-2 px-5 ${tall ? 'border-t border-line py-3' : 'pt-3.5 pb-5'}`}
					>
						{actions}
					</div>
				</Base.Popup>
			</Base.Portal>
		</Base.Root>
	);
}

/**
 * Returns what finds the element to give the focus back to: the one that had it before a field of the dialog took it
 * with `autoFocus`. true: the dialog's own choice, because that element is gone, as an item of a menu is. false: what the
 * dialog did has moved the focus already.
 */
function useOpener(open: boolean): () => HTMLElement | boolean {
	const opener = useRef<Element | null>(null);
	const wasOpen = useRef(false);
	if (open && !wasOpen.current) opener.current = document.activeElement;
	wasOpen.current = open;
	return () => {
		const { activeElement, body } = document;
		const isInside = activeElement === null || activeElement === body || activeElement.closest('[data-base-ui-portal]');
		if (!isInside) return false;
		const { current: element } = opener;
		return element instanceof HTMLElement && element !== document.body && element.isConnected ? element : true;
	};
}

/** A dialog with fields. Enter in a field presses its last button. */
export function FormDialog({
	title,
	text,
	width = 400,
	verb,
	busy,
	blocked,
	className = 'mt-3',
	onSubmit,
	onClose,
	children,
}: {
	title: ReactNode;
	text?: ReactNode;
	width?: number;
	/** Label of the last button. */
	verb: ReactNode;
	/** Label while the work is in progress: "Saving". */
	busy: string | undefined;
	/** Why the last button can't be used now. */
	blocked?: string | undefined;
	/** Class of the form. */
	className?: string;
	onSubmit: () => void;
	onClose: () => void;
	children: ReactNode;
}) {
	return (
		<Dialog
			open
			onClose={onClose}
			title={title}
			text={text}
			width={width}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button kind="primary" busy={busy} blocked={blocked} onClick={onSubmit}>
						{verb}
					</Button>
				</>
			}
		>
			<form
				className={className}
				onSubmit={(event) => {
					event.preventDefault();
					onSubmit();
				}}
			>
				{children}
				{/* Without it, Enter in one of several fields does nothing. */}
				<button type="submit" hidden aria-hidden tabIndex={-1} />
			</form>
		</Dialog>
	);
}
