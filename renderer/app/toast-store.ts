import type { LucideIcon } from 'lucide-react';
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Toast {
	id: number;
	kind: 'done' | 'failed';
	text: string;
	icon?: LucideIcon;
	action?: { label: string; run: () => void };
	/** Link to the result, shown before the action. */
	onward?: { label: string; run: () => void };
}

export interface ToastStore {
	readonly state: StoreApi<readonly Toast[]>;
	show(toast: Omit<Toast, 'id' | 'kind'>): void;
	/** Shows a failure until the user closes it. */
	fail(text: string): void;
	dismiss(id: number): void;
}

/** Above this number, the oldest toast that is not a failure is removed. */
const maxToasts = 3;

function makeRoom(shown: readonly Toast[]): readonly Toast[] {
	if (shown.length < maxToasts) return shown;
	const leaving = shown.find(({ kind }) => kind === 'done') ?? shown[0];
	return shown.filter((toast) => toast !== leaving);
}

export function createToastStore(): ToastStore {
	const state = createStore<readonly Toast[]>(() => []);
	let next = 1;
	function add(toast: Omit<Toast, 'id'>): void {
		const withId = { ...toast, id: next };
		next += 1;
		state.setState((shown) => [...makeRoom(shown), withId], true);
	}
	return {
		state,
		show: (toast) => add({ ...toast, kind: 'done' }),
		fail: (text) => add({ kind: 'failed', text }),
		dismiss: (id) => state.setState((shown) => shown.filter((toast) => toast.id !== id), true),
	};
}
