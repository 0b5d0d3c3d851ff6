import type { ClipboardEvent, KeyboardEvent } from 'react';
import { useRef } from 'react';
import { useServices } from '../../../services.ts';
import { findAttachmentPlace } from './attachments.ts';
import { readPastedFiles } from './pasted-text.ts';

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
