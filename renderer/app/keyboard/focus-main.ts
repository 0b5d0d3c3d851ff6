/** Frames to wait for a screen that is still loading, about a second. */
const frames = 60;

/**
 * Focuses where the person goes on in the screen that is about to appear: its main field, such as the message field, or
 * the screen itself. Something in the screen that has the focus by then keeps it.
 */
export function focusMain(left = frames): void {
	requestAnimationFrame(() => {
		const main = document.querySelector<HTMLElement>('main');
		const field = main?.querySelector<HTMLElement>('[data-region-focus]');
		if (main?.contains(document.activeElement) && document.activeElement !== main) return;
		if (field) field.focus();
		else if (left > 0 && main === null) focusMain(left - 1);
		else if (main !== null) {
			// Not in the order of Tab: only a place from which Tab and arrow keys go on.
			if (!main.hasAttribute('tabindex')) main.tabIndex = -1;
			main.style.outline = 'none';
			main.focus({ preventScroll: true });
		}
	});
}
