import { X } from 'lucide-react';
import type { Attachment } from '../../../../electron/contract/conversation/attachment.ts';
import { IconButton } from '../../../design/button.tsx';
import { formatQuantity } from '../../../design/format.ts';
import { Icon } from '../../../design/icon.tsx';
import { chooseFileIcon } from './file-icon.ts';

/** One attached file: what it is, what it costs, a click shows its text. */
export function AttachmentChip({
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
			? formatQuantity(characters, 'character')
			: `${exact ? '' : '≈ '}${formatQuantity(tokens, 'token')}`;
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
				<IconButton icon={X} label={`Remove ${name}`} size="sm" side="top" className="mr-px" onClick={onRemove} />
			) : null}
		</span>
	);
}
