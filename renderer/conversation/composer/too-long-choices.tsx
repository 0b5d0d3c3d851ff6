import { useState } from 'react';
import type { AttachedText, PromptTokens } from '../../../electron/contract/conversation/schema.ts';
import { Button } from '../../design/button.tsx';
import { t } from '../../messages/t.ts';
import { ChoosePagesDialog, hasPages } from './choose-pages-dialog.tsx';
import { canBeShortened, type LargestFile } from './fit-attachment.ts';

/** What can be done with the largest file of a message that is too long. */
export function TooLongChoices({
	file,
	tokens,
	onShorten,
	onPassages = null,
	onPart,
	onRemove,
}: {
	file: LargestFile;
	tokens: Pick<PromptTokens, 'excess'>;
	onShorten: () => Promise<void>;
	/** null: a temporary conversation keeps no documents, and a sent file stays as it is. */
	onPassages?: (() => Promise<void>) | null;
	onPart: (part: AttachedText, whole: AttachedText) => void;
	onRemove: () => void;
}) {
	const [choosing, setChoosing] = useState(false);
	const [shortening, setShortening] = useState(false);
	const [adding, setAdding] = useState(false);
	const { attachment } = file;
	return (
		<>
			{canBeShortened(file, tokens) ? (
				<Button
					size="sm"
					busy={shortening ? t('Shortening') : undefined}
					onClick={() => {
						setShortening(true);
						void onShorten().finally(() => setShortening(false));
					}}
				>
					{t('Keep the beginning that fits')}
				</Button>
			) : null}
			{onPassages === null ? null : (
				<Button
					size="sm"
					busy={adding ? t('Adding') : undefined}
					onClick={() => {
						setAdding(true);
						void onPassages().finally(() => setAdding(false));
					}}
				>
					{t('Use its best passages')}
				</Button>
			)}
			{hasPages(attachment) ? (
				<Button size="sm" onClick={() => setChoosing(true)}>
					{t('Choose pages…')}
				</Button>
			) : null}
			<Button size="sm" onClick={onRemove}>
				{t('Remove file')}
			</Button>
			{choosing ? (
				<ChoosePagesDialog
					attachment={attachment}
					tokens={file.tokens}
					room={Math.max(0, file.tokens - tokens.excess)}
					onChoose={onPart}
					onClose={() => setChoosing(false)}
				/>
			) : null}
		</>
	);
}
