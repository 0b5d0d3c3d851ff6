import { useSyncExternalStore } from 'react';

/** A part of the page that is fetched when it is first needed. */
export interface OnDemand<T> {
	/** Returns the part, or null until it has loaded; the first call fetches it. */
	use(): T | null;
}

/** Runs `load` once; after a failure, the next request tries again. */
export function loadOnDemand<T>(load: () => Promise<T>): OnDemand<T> {
	const listeners = new Set<() => void>();
	let loading = false;
	let loaded: T | null = null;

	function fetch(): void {
		if (loading) return;
		loading = true;
		load().then(
			(value) => {
				loaded = value;
				for (const listener of listeners) listener();
			},
			() => {
				loading = false;
			},
		);
	}

	function subscribe(listener: () => void): () => void {
		listeners.add(listener);
		fetch();
		return () => listeners.delete(listener);
	}

	return { use: () => useSyncExternalStore(subscribe, () => loaded) };
}
