import { CircleAlert, FileCode, FileSpreadsheet, FileText, type LucideIcon, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { withoutPageBreaks } from '../../../electron/contract/conversation/page-breaks.ts';
import type { AttachedText, Attachment, PromptTokens } from '../../../electron/contract/conversation/schema.ts';
import type { TextEncoding } from '../../../electron/contract/text-encoding.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { toFailure } from '../../connection/failure.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatBytes, formatCount, formatList } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Scroller } from '../../design/scroll-area.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { sentences } from '../../messages/sentences.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { findAttachmentPlace, type PendingAttachment } from './attachment-store.ts';
import { ChoosePagesDialog, hasPages } from './choose-pages-dialog.tsx';
import { describeTokens } from './context-wording.ts';
import { replacePending } from './fit-attachment.ts';
import type { EditedFile } from './token-count-store.ts';

const none: readonly PendingAttachment[] = [];

/** The files that go with the next message, above its text. `onText` takes a pasted text back into the message. */
export function PendingAttachments({ onText }: { onText: (text: string) => void }) {
	const services = useServices();
	const { attachments, tokenCount, thread } = services;
	const place = useStore(thread.state, findAttachmentPlace);
	const list = useStore(attachments.state, (all) => (place === null ? none : (all[place] ?? none)));
	const measured = useStore(tokenCount.state, ({ known }) => known);
	const [open, setOpen] = useState<string | null>(null);
	const [choosing, setChoosing] = useState<string | null>(null);
	if (place === null || list.length === 0) return null;
	const shown = list.find(({ key }) => key === open);
	const divided = list.find(({ key }) => key === choosing);
	const remove = (key: string): void => void runOrToast(services, () => attachments.remove(place, key));
	return (
		<>
			<ul
				aria-label={t('Attachments')}
				className="mb-2 flex max-h-[calc(0.22*var(--window-height))] flex-wrap gap-1.5 overflow-y-auto px-2"
			>
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
							<Refused
								one={one}
								onReadAs={(encoding) => void attachments.readAs(place, one.key, encoding)}
								onDismiss={() => remove(one.key)}
							/>
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
						<>
							{hasPages(shown.attachment) ? (
								<Button
									onClick={() => {
										setOpen(null);
										setChoosing(shown.key);
									}}
								>
									{t('Choose pages…')}
								</Button>
							) : null}
							<Button
								onClick={() => {
									setOpen(null);
									remove(shown.key);
									onText(text);
								}}
							>
								{t('Insert into message')}
							</Button>
						</>
					)}
				</AttachmentPreview>
			) : null}
			{divided?.status === 'ready' ? (
				<ChoosePagesDialog
					attachment={divided.attachment}
					tokens={measured?.attachmentTokens.find(({ id }) => id === divided.attachment.id)?.tokens}
					onChoose={(part, whole) => void replacePending(services, place, { key: divided.key, part, whole })}
					onClose={() => setChoosing(null)}
				/>
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
			<span className="flex-none text-ink-3 tabular-nums">
				{t('reading {size}', { size: formatBytes(one.sizeBytes) })}
			</span>
			<IconButton
				icon={X}
				label={t('Stop reading {name}', { name: one.name })}
				size="sm"
				side="top"
				onClick={onCancel}
			/>
		</span>
	);
}

interface RefusedProps {
	readonly one: PendingAttachment & { status: 'failed' };
	readonly onReadAs: (encoding: TextEncoding) => void;
	readonly onDismiss: () => void;
}

function Refused({ one, onReadAs, onDismiss }: RefusedProps) {
	return (
		<div
			role="alert"
			className="flex items-start gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-2 text-ink-2"
		>
			<Icon of={CircleAlert} size={14} className="mt-[5px] text-bad" />
			<p className="foreign min-w-0 flex-1 py-[3px]">
				{one.failure.message} {sentences(one.failure.next)}
			</p>
			{one.failure.code === 'text-encoding-unknown' ? (
				<Button size="sm" onClick={() => onReadAs('windows-1252')}>
					{t('Read as Windows-1252')}
				</Button>
			) : null}
			<IconButton icon={X} label={t('Dismiss')} size="sm" side="top" onClick={onDismiss} />
		</div>
	);
}

function announcement(list: readonly PendingAttachment[]): string {
	const ready = list.filter(({ status }) => status === 'ready').length;
	const reading = list.filter(({ status }) => status === 'reading').length;
	if (reading > 0)
		return t('{count, plural, one {A file is still being read} other {# files are being read}}', { count: reading });
	return ready === 0
		? ''
		: t('Attached: {files}', { files: formatList(list.flatMap((one) => (one.status === 'ready' ? one.name : []))) });
}

/** The files of a message that is being edited. */
export function EditedAttachments({
	files,
	tokens,
	onRemove,
}: {
	files: readonly EditedFile[];
	tokens: PromptTokens | null;
	onRemove: (file: EditedFile) => void;
}) {
	const [open, setOpen] = useState<EditedFile | null>(null);
	if (files.length === 0) return null;
	return (
		<>
			<ul
				aria-label={t('Attachments of this message')}
				className="mb-1 flex max-h-[22vh] flex-wrap gap-1.5 overflow-y-auto px-1.5"
			>
				{files.map((file) => (
					<li key={file.attachment.id} className="max-w-full min-w-0 sm:max-w-80">
						<AttachmentChip
							attachment={file.attachment}
							tokens={tokens?.attachmentTokens.find(({ id }) => id === file.attachment.id)?.tokens}
							exact={tokens?.exact ?? false}
							onOpen={() => setOpen(file)}
							onRemove={() => onRemove(file)}
						/>
					</li>
				))}
			</ul>
			{open === null ? null : (
				<AttachmentPreview attachment={open.attachment} part={open.part} onClose={() => setOpen(null)} />
			)}
		</>
	);
}

/** The files that were sent with a message, as they were then. */
export function SentAttachments({ attachments }: { attachments: readonly Attachment[] }) {
	const [open, setOpen] = useState<Attachment | null>(null);
	if (attachments.length === 0) return null;
	return (
		<>
			<ul aria-label={t('Attached files')} className="my-1 flex flex-wrap justify-end gap-1.5 whitespace-normal">
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

/** One attached file: name, kind and token count; a click shows its text. */
function AttachmentChip({
	attachment,
	tokens,
	exact = true,
	onOpen,
	onRemove,
}: {
	attachment: Attachment;
	/** undefined: not counted. */
	tokens?: number | undefined;
	exact?: boolean;
	onOpen: () => void;
	onRemove?: () => void;
}) {
	const { name, mediaType, characters } = attachment;
	const cost =
		tokens === undefined
			? t('{count, plural, one {# character} other {# characters}}', { count: characters })
			: describeTokens(tokens, exact);
	return (
		<span className="inline-flex h-7 max-w-full min-w-0 items-center rounded-md border border-line-strong bg-raised">
			<button
				type="button"
				onClick={onOpen}
				title={name}
				className={`inline-flex h-full min-w-0 items-center gap-1.5 rounded-md pl-2 text-xs hover:bg-hover ${onRemove ? 'pr-1.5' : 'pr-2.5'}`}
			>
				<Icon of={chooseFileIcon(name, mediaType)} size={14} className="text-ink-3" />
				<span className="truncate font-medium" dir="auto">
					{name}
				</span>
				<span className="flex-none text-ink-3 tabular-nums">{cost}</span>
			</button>
			{onRemove ? (
				<IconButton
					icon={X}
					label={t('Remove {name}', { name })}
					size="sm"
					side="top"
					className="mr-px"
					onClick={onRemove}
				/>
			) : null}
		</span>
	);
}

/** Longest preview, in characters. Nobody reads more here, and laying out megabytes would freeze the page. */
const shownCharacters = 100_000;

/** The text of an attachment as the model receives it. `children` are further actions, built from the text. */
function AttachmentPreview({
	attachment,
	part,
	onClose,
	children,
}: {
	attachment: Attachment;
	/** The part of it that was chosen; without one, its text is fetched. */
	part?: AttachedText | undefined;
	onClose: () => void;
	children?: (text: string) => React.ReactNode;
}) {
	const { attachments } = useServices();
	const [shown, setShown] = useState<{ text: string } | { problem: string } | null>(null);
	useEffect(() => {
		let current = true;
		const found = part === undefined ? attachments.text(attachment.id) : Promise.resolve(part);
		found.then(
			({ text }) => current && setShown({ text: withoutPageBreaks(text) }),
			(error: unknown) => current && setShown({ problem: toFailure(error).message }),
		);
		return () => {
			current = false;
		};
	}, [attachments, attachment.id, part]);
	const { name, pages, sizeBytes, characters } = attachment;
	const text = shown !== null && 'text' in shown ? shown.text : null;
	const facts = [
		...(pages === null ? [] : [t('{count, plural, one {# page} other {# pages}}', { count: pages })]),
		formatBytes(sizeBytes),
		t('{count, plural, one {# character} other {# characters}} of text', { count: characters }),
	].join(' · ');
	return (
		<Dialog
			open
			onClose={onClose}
			title={
				<span className="foreign block" dir="auto">
					{name}
				</span>
			}
			text={facts}
			width={680}
			actions={
				<>
					{text === null ? null : children?.(text)}
					<Button onClick={onClose}>{t('Close')}</Button>
				</>
			}
		>
			<Scroller
				label={t('Text of {name}', { name })}
				className="mt-3 max-h-[calc(0.42*var(--window-height))] min-h-24 rounded-md border border-line bg-sunken p-3"
			>
				{shown !== null && 'problem' in shown ? <p className="text-bad">{shown.problem}</p> : null}
				<pre className="foreign font-mono text-xs whitespace-pre-wrap" dir="auto">
					{text?.slice(0, shownCharacters)}
				</pre>
			</Scroller>
			{characters > shownCharacters ? (
				<p className="mt-2 text-xs text-ink-3">
					{t('The first {count} characters are shown. The model receives all of them.', {
						count: formatCount(shownCharacters),
					})}
				</p>
			) : null}
		</Dialog>
	);
}

const prose = ['text/plain', 'text/markdown', 'application/pdf'];
const tables = ['text/csv', 'text/tab-separated-values'];

/** File name endings of plain text that is not code. */
const proseEndings = /\.(?:txt|text|log|rst|adoc|srt)$|^[^.]*$/i;

export function chooseFileIcon(name: string, mediaType: string): LucideIcon {
	if (tables.includes(mediaType)) return FileSpreadsheet;
	return prose.includes(mediaType) && (mediaType !== 'text/plain' || proseEndings.test(name)) ? FileText : FileCode;
}
