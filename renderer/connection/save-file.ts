import { getWindowBridge } from './window-bridge.ts';

/** How long the browser has to start a download, in ms. */
const keptMs = 10_000;

/**
 * Saves a text made of `parts`: where the user chooses (window), or as a download (browser tab). Returns the path, ''
 * if only the browser knows it, or null if the user cancelled.
 */
export async function saveText(fileName: string, parts: readonly string[]): Promise<string | null> {
	const bridge = getWindowBridge();
	if (bridge) return bridge.saveText({ fileName, text: parts.join('') });
	const address = URL.createObjectURL(new Blob([...parts], { type: 'text/plain' }));
	download(address, fileName);
	setTimeout(() => URL.revokeObjectURL(address), keptMs);
	return '';
}

/** Saves a file that the application exported, in the same two ways and with the same result. */
export async function saveExport({ path, ticket }: { path: string; ticket: string }): Promise<string | null> {
	const bridge = getWindowBridge();
	if (bridge) return bridge.saveExport(path);
	// The browser streams it to the disk; the address works once.
	download(`/download/${ticket}`, '');
	return '';
}

function download(address: string, fileName: string): void {
	const link = document.createElement('a');
	link.href = address;
	link.download = fileName;
	link.click();
}
