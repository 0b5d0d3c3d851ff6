import type { Root } from 'hast';
import { useSyncExternalStore } from 'react';

type Highlight = (language: string, code: string) => Root | null;

let highlight: Highlight | null = null;
let loading = false;
const listeners = new Set<() => void>();

/** Fetches the grammars (a third of the page's code) once the page has nothing more urgent to do. */
export function loadHighlighter(): void {
	if (loading) return;
	loading = true;
	void import('lowlight').then(({ common, createLowlight }) => {
		const lowlight = createLowlight(common);
		highlight = (language, code) => (lowlight.registered(language) ? lowlight.highlight(language, code) : null);
		for (const listener of listeners) listener();
	});
}

function subscribe(listener: () => void): () => void {
	listeners.add(listener);
	loadHighlighter();
	return () => listeners.delete(listener);
}

/** Colours code of a known language; null until the grammars are there. */
export function useHighlighter(): Highlight | null {
	return useSyncExternalStore(subscribe, () => highlight);
}
