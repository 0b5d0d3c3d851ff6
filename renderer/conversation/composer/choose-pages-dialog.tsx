import { useEffect, useState } from 'react';
import type { AttachedText, Attachment } from '../../../electron/contract/conversation/schema.ts';
import { toFailure } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatCount } from '../../design/format.ts';
import { TextField } from '../../design/text-field.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { pagesOf, parsePages, takePages } from './attachment-parts.ts';
import { describeTokens } from './context-wording.ts';

/** Asks which pages of a PDF the model should read. `tokens`: of the whole file, if known; `room`: most that fit. */
export function ChoosePagesDialog({
	attachment,
	tokens,
	room,
	onChoose,
	onClose,
}: {
	attachment: Attachment;
	tokens?: number | undefined;
	room?: number | undefined;
	onChoose: (part: AttachedText, whole: AttachedText) => void;
	onClose: () => void;
}) {
	const { attachments } = useServices();
	const [file, setFile] = useState<AttachedText | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const [words, setWords] = useState('');
	useEffect(() => {
		let current = true;
		attachments.text(attachment.id).then(
			(text) => current && setFile(text),
			(error: unknown) => current && setProblem(toFailure(error).message),
		);
		return () => {
			current = false;
		};
	}, [attachments, attachment.id]);
	const pages = file === null ? [] : pagesOf(file.text);
	const chosen = parsePages(words, pages.length);
	const part = file === null || chosen === null ? null : takePages(file, chosen);
	const empty = part !== null && part.text.trim() === '';
	const estimate =
		part === null || file === null || tokens === undefined
			? null
			: Math.ceil((tokens * part.text.length) / Math.max(1, file.text.length));
	function choose(): void {
		if (part === null || file === null || empty) return;
		onChoose(part, file);
		onClose();
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title={t('Choose pages')}
			text={
				<span className="foreign">
					{t('{name} has {pages, plural, one {# page} other {# pages}}.', {
						name: attachment.name,
						pages: attachment.pages ?? pages.length,
					})}
				</span>
			}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button
						kind="primary"
						blocked={part === null ? t('Enter page numbers first') : empty ? t('These pages have no text') : undefined}
						onClick={choose}
					>
						{t('Attach these pages')}
					</Button>
				</>
			}
		>
			<form
				className="mt-3"
				onSubmit={(event) => {
					event.preventDefault();
					choose();
				}}
			>
				<TextField
					label={t('Pages')}
					placeholder="1-3, 7"
					autoFocus
					value={words}
					hint={
						estimate === null
							? undefined
							: room === undefined
								? describeTokens(estimate, false)
								: t('{tokens}, {room} fit', { tokens: describeTokens(estimate, false), room: formatCount(room) })
					}
					error={
						problem ??
						(words.trim() !== '' && chosen === null && file !== null
							? t('Enter pages from 1 to {count}, such as 1-3, 7.', { count: formatCount(pages.length) })
							: empty
								? t('These pages have no text.')
								: undefined)
					}
					onChange={(event) => setWords(event.target.value)}
				/>
			</form>
		</Dialog>
	);
}

/** Whether pages of this file can be chosen: a PDF with several. */
export function hasPages({ mediaType, pages }: Pick<Attachment, 'mediaType' | 'pages'>): boolean {
	return mediaType === 'application/pdf' && (pages ?? 0) > 1;
}
