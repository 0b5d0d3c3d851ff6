import { useSyncExternalStore } from 'react';

/** A part of the page that is fetched when something on the screen first needs it. */
export interface OnDemand<T> {
	/** null until it is there; asking for it fetches it. */
	use(): T | null;
}

/** `load` runs once; after a failure the next one who asks tries again. */
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
