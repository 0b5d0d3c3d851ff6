import { createStore, type StoreApi } from 'zustand/vanilla';

export interface SelectionState {
	readonly ids: ReadonlySet<number>;
	/** Start of the selected range. */
	readonly anchor: number | null;
}

/** Several conversations of the list, selected for one action. */
export interface SelectionStore {
	readonly state: StoreApi<SelectionState>;
	toggle(id: number): void;
	/** Selects everything from the anchor to `id`, in list order. */
	extend(order: readonly number[], id: number): void;
	set(ids: Iterable<number>): void;
	clear(): void;
}

const nothing: SelectionState = { ids: new Set(), anchor: null };

export function createSelectionStore(): SelectionStore {
	const state = createStore<SelectionState>(() => nothing);
	return {
		state,
		toggle(id) {
			const ids = new Set(state.getState().ids);
			if (!ids.delete(id)) ids.add(id);
			state.setState({ ids, anchor: id }, true);
		},
		extend(order, id) {
			const { ids, anchor } = state.getState();
			const from = anchor === null ? -1 : order.indexOf(anchor);
			const to = order.indexOf(id);
			if (from === -1 || to === -1) {
				state.setState({ ids: new Set([...ids, id]), anchor: id }, true);
				return;
			}
			const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
			state.setState({ ids: new Set(range), anchor }, true);
		},
		set(ids) {
			const all = new Set(ids);
			const [first] = all;
			state.setState({ ids: all, anchor: first ?? null }, true);
		},
		clear() {
			if (state.getState().ids.size > 0) state.setState(nothing, true);
		},
	};
}
