import { type ClipboardEvent, type KeyboardEvent, useRef } from 'react';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { findAttachmentPlace } from './attachment-store.ts';

/**
 * Attaches pasted files, and turns a long text into one. Pasting with Shift inserts the text whatever its length, as
 * Shift means "just the text" everywhere.
 */
export function usePaste() {
	const { attachments, thread } = useServices();
	const plain = useRef(false);
	return {
		onKeyDown({ code, ctrlKey, metaKey, shiftKey }: KeyboardEvent) {
			if (code === 'KeyV' && (ctrlKey || metaKey)) plain.current = shiftKey;
		},
		onPaste(event: ClipboardEvent) {
			const asText = plain.current;
			plain.current = false;
			const place = findAttachmentPlace(thread.state.getState());
			if (asText || place === null) return;
			const taken = (attachments.state.getState()[place] ?? []).map(({ name }) => name);
			const files = readPastedFiles(event.clipboardData, taken);
			if (files === null) return;
			event.preventDefault();
			void attachments.add(place, files);
		},
	};
}

/**
 * Longer pastes become an attachment, because they would push everything else out of the composer. In characters, about
 * 700 words.
 */
export const longPasteLength = 4_000;

/** Creates a file from a pasted text, with a name unlike those of the pending files. */
export function toPastedFile(text: string, taken: readonly string[]): File {
	let name = t('Pasted text.txt');
	for (let number = 2; taken.includes(name); number += 1) name = t('Pasted text {number}.txt', { number });
	return new File([text], name, { type: 'text/plain' });
}

/** Returns the files to attach from a paste; null leaves it to the browser. */
export function readPastedFiles(
	data: Pick<DataTransfer, 'files' | 'getData'>,
	taken: readonly string[],
): readonly File[] | null {
	const text = data.getData('text/plain');
	if (text.length > longPasteLength) return [toPastedFile(text, taken)];
	// Programs often put an image of the copied text next to it; then the text is meant.
	return text === '' && data.files.length > 0 ? [...data.files] : null;
}
