/** Opens the system's file dialog of the composer on the screen. */
export function openFileDialog(): void {
	document.querySelector<HTMLInputElement>('input[data-attach]')?.click();
}
