import { useEffect, useState } from 'react';
import type { Attachment } from '../../../../electron/contract/conversation/attachment.ts';
import { toFailure } from '../../../connection/failure.ts';
import { Button } from '../../../design/button.tsx';
import { Dialog } from '../../../design/dialog.tsx';
import { formatBytes, formatCount, formatQuantity } from '../../../design/format.ts';
import { Scroller } from '../../../design/scroller.tsx';
import { useServices } from '../../../services.ts';

/** More than anyone reads here; laying out megabytes would freeze the page. Characters. */
const shownCharacters = 100_000;

/** The text of an attachment as the model is given it. `children` are further actions, made with the text. */
export function AttachmentPreview({
	attachment,
	onClose,
	children,
}: {
	attachment: Attachment;
	onClose: () => void;
	children?: (text: string) => React.ReactNode;
}) {
	const { attachments } = useServices();
	const [shown, setShown] = useState<{ text: string } | { problem: string } | null>(null);
	useEffect(() => {
		let current = true;
		attachments.text(attachment.id).then(
			({ text }) => current && setShown({ text }),
			(error: unknown) => current && setShown({ problem: toFailure(error).message }),
		);
		return () => {
			current = false;
		};
	}, [attachments, attachment.id]);
	const { name, pages, sizeBytes, characters } = attachment;
	const text = shown !== null && 'text' in shown ? shown.text : null;
	const facts = [
		...(pages === null ? [] : [formatQuantity(pages, 'page')]),
		formatBytes(sizeBytes),
		`${formatQuantity(characters, 'character')} of text`,
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
					<Button kind="primary" onClick={onClose}>
						Close
					</Button>
				</>
			}
		>
			<Scroller
				label={`Text of ${name}`}
				className="mt-3 max-h-[42vh] min-h-24 rounded-md border border-line bg-sunken p-3"
			>
				{shown !== null && 'problem' in shown ? <p className="text-bad">{shown.problem}</p> : null}
				<pre className="foreign font-mono text-xs whitespace-pre-wrap" dir="auto">
					{text?.slice(0, shownCharacters)}
				</pre>
			</Scroller>
			{characters > shownCharacters ? (
				<p className="mt-2 text-xs text-ink-3">
					The first {formatCount(shownCharacters)} characters are shown; the model is given all of them.
				</p>
			) : null}
		</Dialog>
	);
}
