import { type ClipboardEvent, type KeyboardEvent, useRef } from 'react';
import { useServices } from '../../services.ts';
import { findAttachmentPlace } from './attachment-store.ts';

/**
 * Files that are pasted are attached, and a long text becomes one. Pasting with Shift puts the text into the message
 * whatever its length, as it means "just the text" everywhere.
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

/** A longer paste becomes an attachment: it would push everything else out of the composer. Characters, about 700 words. */
export const longPasteLength = 4_000;

/** A file of a pasted text, named so that it differs from those that wait already. */
export function toPastedFile(text: string, taken: readonly string[]): File {
	let name = 'Pasted text.txt';
	for (let number = 2; taken.includes(name); number += 1) name = `Pasted text ${number}.txt`;
	return new File([text], name, { type: 'text/plain' });
}

/** What a paste holds beside text that belongs into the message; null: it is left to the browser. */
export function readPastedFiles(
	data: Pick<DataTransfer, 'files' | 'getData'>,
	taken: readonly string[],
): readonly File[] | null {
	const text = data.getData('text/plain');
	if (text.length > longPasteLength) return [toPastedFile(text, taken)];
	// Programs put a picture of what was copied beside its text: then the text is meant.
	return text === '' && data.files.length > 0 ? [...data.files] : null;
}
