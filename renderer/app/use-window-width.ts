import { useSyncExternalStore } from 'react';

/** Window widths: `wide` from 1100 px, `medium` from 820, `narrow` below. */
export type WindowWidth = 'wide' | 'medium' | 'narrow';

const wide = '(min-width: 1100px)';
const medium = '(min-width: 820px)';

function subscribe(listener: () => void): () => void {
	const queries = [matchMedia(wide), matchMedia(medium)];
	for (const query of queries) query.addEventListener('change', listener);
	return () => {
		for (const query of queries) query.removeEventListener('change', listener);
	};
}

export function useWindowWidth(): WindowWidth {
	return useSyncExternalStore(subscribe, () =>
		matchMedia(wide).matches ? 'wide' : matchMedia(medium).matches ? 'medium' : 'narrow',
	);
}
