import { useState } from 'react';
import type { Attachment } from '../../../../electron/contract/conversation/attachment.ts';
import { AttachmentChip } from './attachment-chip.tsx';
import { AttachmentPreview } from './attachment-preview.tsx';

/** What was sent with a message. Its files stay as they were. */
export function SentAttachments({ attachments }: { attachments: readonly Attachment[] }) {
	const [open, setOpen] = useState<Attachment | null>(null);
	if (attachments.length === 0) return null;
	return (
		<>
			<ul aria-label="Attached files" className="my-1 flex flex-wrap justify-end gap-1.5 whitespace-normal">
				{attachments.map((attachment) => (
					<li key={attachment.id} className="max-w-full min-w-0">
						<AttachmentChip attachment={attachment} onOpen={() => setOpen(attachment)} />
					</li>
				))}
			</ul>
			{open === null ? null : <AttachmentPreview attachment={open} onClose={() => setOpen(null)} />}
		</>
	);
}
