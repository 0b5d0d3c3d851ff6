/** How much larger than normal the page is drawn, from the text size in the settings; 1 is normal. */
export function getTextScale(): number {
	return Number(document.documentElement.style.getPropertyValue('--text-scale')) || 1;
}

/** Draws the page at `percent` of its normal size. Listeners of the page's width hear of it as of a resized window. */
export function setTextScale(percent: number): void {
	const scale = String(percent / 100);
	const { style } = document.documentElement;
	if ((style.getPropertyValue('--text-scale') || '1') === scale) return;
	style.setProperty('--text-scale', scale);
	dispatchEvent(new Event('resize'));
}

/** Whether the page is at least `width` wide, in its own pixels: fewer than the window's if the text is larger. */
export function isPageAtLeast(width: number): boolean {
	return window.innerWidth / getTextScale() >= width;
}

/** Calls `listener` when the page's width in its own pixels changes. */
export function onPageWidth(listener: () => void): () => void {
	addEventListener('resize', listener);
	return () => removeEventListener('resize', listener);
}
