import { Paperclip } from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton } from '../../design/button.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { focusComposer } from '../actions.ts';
import { findAttachmentPlace } from './attachment-store.ts';

/** Opens the system's file dialog. */
export function AttachButton() {
	const { attachments, thread } = useServices();
	const place = useStore(thread.state, findAttachmentPlace);
	return (
		<>
			<input
				type="file"
				multiple
				hidden
				aria-hidden
				tabIndex={-1}
				data-attach
				onChange={(event) => {
					const files = [...(event.target.files ?? [])];
					// So that the same file can be chosen again after it was removed.
					event.target.value = '';
					if (place !== null) void attachments.add(place, files);
					focusComposer();
				}}
			/>
			<IconButton
				icon={Paperclip}
				label={t('Attach files: text, code, Markdown, CSV, PDF')}
				side="top"
				blocked={place === null ? t('The conversation is still opening') : undefined}
				onClick={openFileDialog}
			/>
		</>
	);
}

/** Opens the system's file dialog for the composer on the screen. */
export function openFileDialog(): void {
	document.querySelector<HTMLInputElement>('input[data-attach]')?.click();
}
