import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useStore } from 'zustand';
import { Button, IconButton } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';
import { focusRegion } from './focus-main.ts';
import type { Toast } from './toast-store.ts';

/** How long a toast is shown, in ms; hovering or focus holds it. Failures stay. */
const shownMs = 8_000;

const icons = { done: CircleCheck, note: Info, failed: TriangleAlert } as const;

/** Returns the toasts of the screen that is shown, oldest first. */
export function useShownToasts({ layout, toasts }: Pick<Services, 'layout' | 'toasts'>): readonly Toast[] {
	const here = useStore(layout.state, ({ route }) => route.section);
	return useStore(toasts.state).filter(({ section }) => section === null || section === here);
}

/**
 * Toasts, newest at the bottom. They stand in the status bar, which grows with them, so that they never cover a row or
 * its actions.
 */
export function ToastList() {
	const services = useServices();
	const { toasts } = services;
	const shown = useShownToasts(services);
	const list = useRef<HTMLElement>(null);
	const focusBack = useFocusBack();
	useLayoutEffect(() => {
		const element = list.current;
		if (element === null) return;
		const { style } = document.documentElement;
		const observer = new ResizeObserver(() => style.setProperty('--toasts', `${element.offsetHeight}px`));
		observer.observe(element);
		return () => observer.disconnect();
	}, []);
	// Rendered outside the page's root, so that overlays can't cover the toasts.
	return createPortal(
		<section
			ref={list}
			aria-label={t('Notices')}
			aria-live="polite"
			className="scaled pointer-events-none fixed right-2 bottom-0 z-50 flex w-max max-w-[min(640px,var(--window-width)-16px)] flex-col items-end gap-1 not-empty:pb-px"
		>
			{shown.map((toast) => (
				<ToastCard key={toast.id} toast={toast} dismiss={() => toasts.dismiss(toast.id)} focusBack={focusBack} />
			))}
		</section>,
		document.body,
	);
}

/**
 * Follows the focus in the page and returns a function that sends it back there. The status bar doesn't count: Tab and
 * F6 pass it on the way to the toasts.
 */
function useFocusBack(): () => void {
	const last = useRef<HTMLElement | null>(null);
	useEffect(() => {
		function follow({ target }: FocusEvent): void {
			if (!(target instanceof HTMLElement)) return;
			const region = target.closest('[data-region]');
			if (region !== null && region.tagName !== 'FOOTER') last.current = target;
		}
		document.addEventListener('focusin', follow);
		return () => document.removeEventListener('focusin', follow);
	}, []);
	return () => {
		if (last.current?.isConnected === true) last.current.focus();
		else focusRegion();
	};
}

function ToastCard({
	toast,
	dismiss,
	focusBack,
}: {
	toast: Toast;
	dismiss: () => void;
	/** Returns the focus to where the person was before they went to the toasts. */
	focusBack: () => void;
}) {
	const [held, setHeld] = useState(false);
	const [entered, setEntered] = useState(false);
	const left = useRef(shownMs);
	function close(): void {
		dismiss();
		requestAnimationFrame(() => {
			if (document.activeElement === document.body) focusBack();
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
			onFocus={() => setHeld(true)}
			onBlur={() => setHeld(false)}
			className="pointer-events-auto flex min-h-6.5 translate-y-1 items-center gap-2 rounded-md bg-raised pl-2.5 opacity-0 shadow-menu transition-[opacity,translate] duration-(--base) ease-out data-entered:translate-y-0 data-entered:opacity-100"
		>
			<Icon
				of={toast.icon ?? icons[toast.kind]}
				size={14}
				className={toast.kind === 'failed' ? 'text-bad' : 'text-ink-2'}
			/>
			<span className="min-w-0 py-[3px] [overflow-wrap:anywhere]">{toast.text}</span>
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
			{offered.length === 0 ? <IconButton icon={X} label={t('Close')} size="sm" onClick={close} /> : null}
		</div>
	);
}
