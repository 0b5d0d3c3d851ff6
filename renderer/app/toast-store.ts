import type { LucideIcon } from 'lucide-react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Section } from './route.ts';

export interface Toast {
	id: number;
	/** 'done': the work succeeded. 'note': nothing was done, or not all of it. 'failed': it stays until it is closed. */
	kind: 'done' | 'note' | 'failed';
	text: string;
	/** The screen it concerns, and on which alone it is shown; null: shown on all. */
	section: Section | null;
	icon?: LucideIcon;
	action?: { label: string; run: () => void };
	/** Link to the result, shown before the action. */
	onward?: { label: string; run: () => void };
}

/** A toast to show. It concerns the screen on which it appears unless it is said to be shown `everywhere`. */
type NewToast = Omit<Toast, 'id' | 'kind' | 'section'> & { everywhere?: boolean };

export interface ToastStore {
	readonly state: StoreApi<readonly Toast[]>;
	/** Confirms that something was done. */
	show(toast: NewToast): void;
	/** Says that something was not done, or only in part, or happened by itself; carries no tick. */
	note(toast: NewToast): void;
	/** Shows a failure until the user closes it. */
	fail(text: string): void;
	dismiss(id: number): void;
	/** The user left a screen: what it confirmed goes with it; its failures show again on return. */
	leave(section: Section): void;
}

/** Above this number, the oldest toast that is not a failure is removed. */
const maxToasts = 3;

function makeRoom(shown: readonly Toast[]): readonly Toast[] {
	if (shown.length < maxToasts) return shown;
	const leaving = shown.find(({ kind }) => kind !== 'failed') ?? shown[0];
	return shown.filter((toast) => toast !== leaving);
}

/** `currentSection` names the screen that is shown now. */
export function createToastStore(currentSection: () => Section): ToastStore {
	const state = createStore<readonly Toast[]>(() => []);
	let next = 1;
	function add(kind: Toast['kind'], { everywhere = false, ...toast }: NewToast): void {
		const complete = { ...toast, kind, id: next, section: everywhere ? null : currentSection() };
		next += 1;
		state.setState((shown) => [...makeRoom(shown), complete], true);
	}
	const keep = (condition: (toast: Toast) => boolean) => state.setState((shown) => shown.filter(condition), true);
	return {
		state,
		show: (toast) => add('done', toast),
		note: (toast) => add('note', toast),
		fail: (text) => add('failed', { text }),
		dismiss: (id) => keep((toast) => toast.id !== id),
		leave: (section) => keep((toast) => toast.kind === 'failed' || toast.section !== section),
	};
}
