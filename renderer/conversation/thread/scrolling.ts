import type { Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { useServices } from '../../services.ts';

/** How long a search hit stays highlighted, in ms. */
const markedMs = 2_200;

/**
 * Scrolls to a search hit and highlights it for a moment; one on another branch is fetched first. `led` is true once a
 * hit decides the initial position.
 */
export function useScrollToMessage(
	messages: readonly Message[],
	scrollTo: (index: number) => void,
): { marked: number | null; led: RefObject<boolean> } {
	const { layout, thread } = useServices();
	const target = useStore(layout.state, (state) => state.target);
	const [marked, setMarked] = useState<number | null>(null);
	const led = useRef(false);
	const fetching = useRef<number | null>(null);
	const frame = useRef(0);
	const goTo = useEffectEvent(scrollTo);
	useEffect(() => {
		if (target === null || fetching.current === target) return;
		led.current = true;
		const index = messages.findIndex(({ id }) => id === target);
		if (index === -1) {
			fetching.current = target;
			const fetched = (): void => {
				fetching.current = null;
				// If the message is gone, the view does not move.
				layout.set({ target: null });
			};
			async function fetch(id: number): Promise<void> {
				if (await thread.reach(id)) return;
				await thread.selectBranch(id);
				await thread.reach(id);
			}
			fetch(target).then(() => {
				fetched();
				layout.set({ target });
			}, fetched);
			return;
		}
		// The find bar highlights the words themselves.
		setMarked(layout.state.getState().finding ? null : target);
		layout.set({ target: null });
		// Wait for the first draw, which measures the surrounding messages.
		cancelAnimationFrame(frame.current);
		frame.current = requestAnimationFrame(() => goTo(index));
	}, [target, messages, layout, thread]);
	useEffect(() => () => cancelAnimationFrame(frame.current), []);
	useEffect(() => {
		if (marked === null) return;
		const timer = setTimeout(() => setMarked(null), markedMs);
		return () => clearTimeout(timer);
	}, [marked]);
	return { marked, led };
}

/**
 * Keeps the end in sight when a notice above the composer or a longer draft takes space from the messages. Applies only
 * while the user reads at the end; `jumped` tells whether the view started at another message.
 */
export function useStickToEnd(
	box: RefObject<HTMLElement | null>,
	toEnd: () => void,
	{ threshold, jumped }: { threshold: number; jumped: () => boolean },
): void {
	const keep = useEffectEvent(toEnd);
	const wasLed = useEffectEvent(jumped);
	useEffect(() => {
		const element = box.current;
		if (element === null) return;
		let reading = !wasLed();
		// Losing height is not scrolling: only the user, or this hook, moves the reading position.
		const onScroll = (): void => {
			reading = element.scrollHeight - element.scrollTop - element.clientHeight <= threshold;
		};
		// The first call only reports the size; the initial position is decided elsewhere.
		let known = false;
		const observer = new ResizeObserver(() => {
			if (known && reading) keep();
			known = true;
		});
		element.addEventListener('scroll', onScroll, { passive: true });
		observer.observe(element);
		return () => {
			element.removeEventListener('scroll', onScroll);
			observer.disconnect();
		};
	}, [box, threshold]);
}

/** Share of the visible height that a page key scrolls, so that the last lines stay in sight. */
const pageShare = 0.88;

/**
 * Handles Home, End, Page Up, Page Down and Space in the messages. The browser would scroll smoothly, and a message
 * that turns out higher than estimated on the way would stop it anywhere.
 */
export function scrollByKey(
	event: KeyboardEvent<HTMLElement>,
	virtualizer: Virtualizer<HTMLElement, HTMLDivElement>,
): void {
	const box = event.currentTarget;
	if (event.target !== box || event.ctrlKey || event.altKey || event.metaKey) return;
	const page = box.clientHeight * pageShare;
	switch (event.key) {
		case 'Home':
			virtualizer.scrollToIndex(0, { align: 'start' });
			break;
		case 'End':
			virtualizer.scrollToEnd();
			break;
		case 'PageUp':
			box.scrollTop -= page;
			break;
		case 'PageDown':
			box.scrollTop += page;
			break;
		case ' ':
			box.scrollTop += event.shiftKey ? -page : page;
			break;
		default:
			return;
	}
	event.preventDefault();
}
