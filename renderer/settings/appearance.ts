import type { StoreApi } from 'zustand';
import type { Settings } from '../../electron/contract/settings/schema.ts';
import { setTextScale } from '../design/page-width.ts';

/** Text sizes to choose from, in percent of the normal size. */
export const textSizes = [85, 100, 115, 130, 150] as const;

/** Applies the chosen theme and text size to the page; the theme 'system' follows the operating system. */
export function followAppearance(settings: StoreApi<Settings>, root: HTMLElement): () => void {
	function apply({ theme, textSize }: Settings): void {
		if (theme === 'system') delete root.dataset.theme;
		else root.dataset.theme = theme;
		setTextScale(textSize);
	}
	apply(settings.getState());
	return settings.subscribe(apply);
}

/** Returns the next larger (1) or smaller (-1) text size; `size` itself if it is the last. */
export function findNextTextSize(size: number, step: 1 | -1): number {
	const next = step === 1 ? textSizes.find((one) => one > size) : textSizes.findLast((one) => one < size);
	return next ?? size;
}
