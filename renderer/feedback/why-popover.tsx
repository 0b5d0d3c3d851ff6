import { ChevronDown } from 'lucide-react';
import { type RefObject, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { MessageFeedback } from '../../electron/contract/feedback/schema.ts';
import { Button } from '../design/button.tsx';
import { formatList } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Popover } from '../design/popover.tsx';
import { TextArea, TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeReason, reasons } from './feedback-wording.ts';

/** Limits of the contract: tags per answer, and the length of a tag. */
const maxTags = 16;
const maxTagLength = 60;

type Reasons = { readonly tags: readonly string[]; readonly comment: string | null };

/** Asks for reasons and a comment next to the thumb. Saves them however it closes. */
export function WhyPopover({ messageFeedback }: { messageFeedback: MessageFeedback }) {
	const { feedback } = useServices();
	const asked = useStore(feedback.asked, (now) =>
		now?.messageId === messageFeedback.messageId && now.about !== 'correction' ? now.about : null,
	);
	const comment = useRef<HTMLTextAreaElement>(null);
	/** The reasons being edited; null until something was touched. */
	const [draft, setDraft] = useState<Reasons | null>(null);
	const down = messageFeedback.rating === 'down';
	const words = formatList([
		...messageFeedback.tags.map(describeReason),
		...(messageFeedback.comment === null ? [] : [t('“{text}”', { text: messageFeedback.comment })]),
	]);
	function close(): void {
		feedback.asked.setState(null, true);
		setDraft(null);
		if (draft === null || messageFeedback.rating === null) return;
		const written = draft.comment === null || draft.comment.trim() === '' ? null : draft.comment;
		if (written === messageFeedback.comment && draft.tags.join('\n') === messageFeedback.tags.join('\n')) return;
		void feedback.rate(messageFeedback.messageId, messageFeedback.rating, { tags: draft.tags, comment: written });
	}
	return (
		<Popover
			align="start"
			width={300}
			open={asked !== null}
			onOpenChange={(open) => {
				if (open) feedback.asked.setState({ messageId: messageFeedback.messageId, about: 'reasons' }, true);
				else close();
			}}
			label={down ? t('What was wrong?') : t('What was good?')}
			initialFocus={asked === 'comment' || !down ? comment : undefined}
			trigger={
				<button
					type="button"
					className={`ml-1 inline-flex h-5.5 max-w-60 min-w-0 items-center gap-1 rounded-sm px-2 text-xs font-medium ${
						down ? 'bg-bad-soft text-bad' : 'bg-good-soft text-good'
					}`}
				>
					<span className="truncate">{words === '' ? t('Why?') : words}</span>
					<Icon of={ChevronDown} size={12} />
				</button>
			}
		>
			<Why down={down} reasons={draft ?? messageFeedback} comment={comment} onChange={setDraft} onDone={close} />
		</Popover>
	);
}

function Why({
	down,
	reasons: { tags, comment: text },
	comment,
	onChange,
	onDone,
}: {
	down: boolean;
	reasons: Reasons;
	comment: RefObject<HTMLTextAreaElement | null>;
	onChange: (changed: Reasons) => void;
	onDone: () => void;
}) {
	const [own, setOwn] = useState('');
	const usual: readonly string[] = down ? reasons.map(({ tag }) => tag) : [];
	const offered = [...usual, ...tags.filter((tag) => !usual.includes(tag))];
	function toggle(tag: string): void {
		const next = tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag];
		if (next.length <= maxTags) onChange({ tags: next, comment: text });
	}
	return (
		<div className="flex flex-col gap-2.5">
			{offered.length === 0 ? null : (
				<fieldset className="flex flex-wrap gap-1">
					<legend className="sr-only">{t('Reasons')}</legend>
					{offered.map((tag) => (
						<button
							key={tag}
							type="button"
							aria-pressed={tags.includes(tag)}
							onClick={() => toggle(tag)}
							className="h-6 max-w-full truncate rounded-sm px-2 text-xs font-medium text-ink-2 inset-ring inset-ring-line-strong hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:text-accent-ink aria-pressed:inset-ring-accent"
						>
							{describeReason(tag)}
						</button>
					))}
				</fieldset>
			)}
			<TextField
				label={down ? t('Other reason') : t('Custom tag')}
				hint={t('Press Enter to add')}
				value={own}
				maxLength={maxTagLength}
				onChange={(event) => setOwn(event.target.value)}
				onKeyDown={(event) => {
					if (event.key !== 'Enter') return;
					event.preventDefault();
					const tag = own.trim();
					setOwn('');
					if (tag !== '' && !tags.includes(tag)) toggle(tag);
				}}
			/>
			<TextArea
				ref={comment}
				label={t('Comment')}
				value={text ?? ''}
				maxHeight={160}
				maxLength={100_000}
				dir="auto"
				onChange={(event) => onChange({ tags, comment: event.target.value })}
				onKeyDown={(event) => {
					if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onDone();
				}}
			/>
			<div className="flex justify-end">
				<Button size="sm" onClick={onDone}>
					{t('Done')}
				</Button>
			</div>
		</div>
	);
}
