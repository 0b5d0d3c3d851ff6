import { CircleAlert, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Button, IconButton } from '../../../design/button.tsx';
import { formatBytes } from '../../../design/format.ts';
import { Icon } from '../../../design/icon.tsx';
import { Spinner } from '../../../design/spinner.tsx';
import { useServices } from '../../../services.ts';
import { runOrToast } from '../../actions.ts';
import { AttachmentChip } from './attachment-chip.tsx';
import { AttachmentPreview } from './attachment-preview.tsx';
import { findAttachmentPlace, type PendingAttachment } from './attachments.ts';

const none: readonly PendingAttachment[] = [];

/** The files that go along with the next message, above its text. `onText` takes back a text that was pasted. */
export function PendingAttachments({ onText }: { onText: (text: string) => void }) {
	const services = useServices();
	const { attachments, tokenCount, thread } = services;
	const place = useStore(thread.state, findAttachmentPlace);
	const list = useStore(attachments.state, (all) => (place === null ? none : (all[place] ?? none)));
	const measured = useStore(tokenCount.state, ({ known }) => known);
	const [open, setOpen] = useState<string | null>(null);
	if (place === null || list.length === 0) return null;
	const shown = list.find(({ key }) => key === open);
	const remove = (key: string): void => void runOrToast(services, () => attachments.remove(place, key));
	return (
		<>
			<ul aria-label="Attachments" className="mb-2 flex max-h-[22vh] flex-wrap gap-1.5 overflow-y-auto px-2">
				{list.map((one) => (
					<li key={one.key} className={one.status === 'failed' ? 'w-full' : 'max-w-full min-w-0 sm:max-w-80'}>
						{one.status === 'ready' ? (
							<AttachmentChip
								attachment={one.attachment}
								tokens={measured?.attachmentTokens.find(({ id }) => id === one.attachment.id)?.tokens}
								exact={measured?.exact ?? false}
								onOpen={() => setOpen(one.key)}
								onRemove={() => remove(one.key)}
							/>
						) : one.status === 'reading' ? (
							<Reading one={one} onCancel={() => remove(one.key)} />
						) : (
							<Refused one={one} onDismiss={() => remove(one.key)} />
						)}
					</li>
				))}
			</ul>
			<p className="sr-only" role="status">
				{announcement(list)}
			</p>
			{shown?.status === 'ready' ? (
				<AttachmentPreview attachment={shown.attachment} onClose={() => setOpen(null)}>
					{(text) => (
						<Button
							onClick={() => {
								setOpen(null);
								remove(shown.key);
								onText(text);
							}}
						>
							Put it into the message
						</Button>
					)}
				</AttachmentPreview>
			) : null}
		</>
	);
}

function Reading({ one, onCancel }: { one: PendingAttachment & { status: 'reading' }; onCancel: () => void }) {
	return (
		<span className="inline-flex h-7 max-w-full items-center gap-1.5 rounded-md border border-line bg-sunken pl-2 text-xs text-ink-2">
			<Spinner />
			<span className="truncate" dir="auto">
				{one.name}
			</span>
			<span className="flex-none text-ink-3 tabular-nums">reading {formatBytes(one.sizeBytes)}</span>
			<IconButton icon={X} label={`Stop reading ${one.name}`} size="sm" side="top" onClick={onCancel} />
		</span>
	);
}

function Refused({ one, onDismiss }: { one: PendingAttachment & { status: 'failed' }; onDismiss: () => void }) {
	return (
		<div
			role="alert"
			className="flex items-start gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-2 text-ink-2"
		>
			<Icon of={CircleAlert} size={14} className="mt-[5px] text-bad" />
			<p className="foreign min-w-0 flex-1 py-[3px]">
				{one.failure.message} {one.failure.next.join('. ')}.
			</p>
			<IconButton icon={X} label="Dismiss" size="sm" side="top" onClick={onDismiss} />
		</div>
	);
}

function announcement(list: readonly PendingAttachment[]): string {
	const ready = list.filter(({ status }) => status === 'ready').length;
	const reading = list.filter(({ status }) => status === 'reading').length;
	if (reading > 0) return reading === 1 ? 'A file is being read' : `${reading} files are being read`;
	return ready === 0 ? '' : `Attached: ${list.flatMap((one) => (one.status === 'ready' ? one.name : [])).join(', ')}`;
}
