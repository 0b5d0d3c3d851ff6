import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react';
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
			thread.selectBranch(target).then(() => {
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
