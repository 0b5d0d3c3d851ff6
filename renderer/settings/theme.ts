import type { StoreApi } from 'zustand/vanilla';
import type { Settings } from '../../electron/contract/settings/schema.ts';

/** Applies the chosen theme to the page; 'system' follows the computer. */
export function followTheme(settings: StoreApi<Settings>, root: HTMLElement): () => void {
	function apply({ theme }: Settings): void {
		if (theme === 'system') delete root.dataset.theme;
		else root.dataset.theme = theme;
	}
	apply(settings.getState());
	return settings.subscribe(apply);
}
