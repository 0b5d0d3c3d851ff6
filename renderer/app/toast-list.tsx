import { CircleCheck, TriangleAlert, X } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useStore } from 'zustand';
import { Button, IconButton } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import type { Toast, ToastStore } from './toast-store.ts';

/** How long a toast is shown, in ms; hovering or focus holds it. Failures stay. */
const shownMs = 8_000;

/** Toasts that float at the bottom centre, newest at the bottom. */
export function ToastList({ toasts }: { toasts: ToastStore }) {
	const shown = useStore(toasts.state);
	// Rendered outside the page's root, so that overlays can't cover the toasts.
	return createPortal(
		<section
			aria-label="Notices"
			aria-live="polite"
			className="toasts pointer-events-none fixed left-1/2 z-50 flex w-max max-w-[calc(100vw-32px)] -translate-x-1/2 flex-col items-center gap-2"
		>
			{shown.map((toast) => (
				<ToastCard key={toast.id} toast={toast} dismiss={() => toasts.dismiss(toast.id)} />
			))}
		</section>,
		document.body,
	);
}

function ToastCard({ toast, dismiss }: { toast: Toast; dismiss: () => void }) {
	const [held, setHeld] = useState(false);
	const [entered, setEntered] = useState(false);
	const left = useRef(shownMs);
	/** The element focused before the toast; it regains the focus when the toast disappears with its button. */
	const before = useRef<EventTarget | null>(null);
	function close(): void {
		dismiss();
		requestAnimationFrame(() => {
			if (document.activeElement === document.body && before.current instanceof HTMLElement) before.current.focus();
		});
	}
	useEffect(() => {
		const frame = requestAnimationFrame(() => setEntered(true));
		return () => cancelAnimationFrame(frame);
	}, []);
	const leave = useEffectEvent(dismiss);
	const offered = [toast.onward, toast.action].filter((one) => one !== undefined);
	useEffect(() => {
		if (held || toast.kind === 'failed') return;
		const start = performance.now();
		const timer = setTimeout(() => leave(), left.current);
		return () => {
			left.current -= performance.now() - start;
			clearTimeout(timer);
		};
	}, [held, toast.kind]);
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: hovering only holds the timer; every action is a button
		<div
			data-entered={entered || undefined}
			onMouseEnter={() => setHeld(true)}
			onMouseLeave={() => setHeld(false)}
			onFocus={({ currentTarget, relatedTarget }) => {
				if (!currentTarget.contains(relatedTarget)) before.current = relatedTarget;
				setHeld(true);
			}}
			onBlur={() => setHeld(false)}
			className="pointer-events-auto flex min-h-10 translate-y-1 items-center gap-2.5 rounded-lg bg-raised py-1.5 pr-1.5 pl-3.5 opacity-0 shadow-menu transition-[opacity,translate] duration-(--base) ease-out data-entered:translate-y-0 data-entered:opacity-100"
		>
			<Icon
				of={toast.icon ?? (toast.kind === 'failed' ? TriangleAlert : CircleCheck)}
				size={14}
				className={toast.kind === 'failed' ? 'text-bad' : 'text-ink-2'}
			/>
			<span className="min-w-0 [overflow-wrap:anywhere]">{toast.text}</span>
			{offered.map(({ label, run }) => (
				<Button
					key={label}
					kind="ghost"
					size="sm"
					className="text-accent-ink!"
					onClick={() => {
						run();
						close();
					}}
				>
					{label}
				</Button>
			))}
			{offered.length === 0 ? <IconButton icon={X} label="Close" size="sm" onClick={close} /> : null}
		</div>
	);
}
