import { History as Clock, Eye, Pencil, ThumbsDown, ThumbsUp, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { MessageFeedback, NoticedSignal } from '../../electron/contract/feedback/schema.ts';
import { IconButton, iconButtonClass } from '../design/button.tsx';
import { formatQuantity } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Popover } from '../design/popover.tsx';
import { useServices } from '../services.ts';
import { FeedbackHistory } from './feedback-history.tsx';
import { describeSignal } from './feedback-wording.ts';
import { WhyPopover } from './why-popover.tsx';

/**
 * Thumbs with their reasons, the correction, signals and earlier feedback (not `inPane`, which lists it). `blocked`:
 * the reason why it can't be corrected here.
 */
export function FeedbackBar({
	messageId,
	inPane = false,
	blocked,
}: {
	messageId: number;
	inPane?: boolean;
	blocked?: string | undefined;
}) {
	const { feedback } = useServices();
	const messageFeedback = useStore(feedback.state, (all) => all.get(messageId));
	const rating = messageFeedback?.rating ?? null;
	// A suggestion has its own place while it can be confirmed.
	const noticed = messageFeedback?.signals.filter(({ source }) => rating !== null || source !== 'suggested') ?? [];
	return (
		<>
			<IconButton
				icon={Pencil}
				label={messageFeedback?.correction == null ? 'Correct answer' : 'Edit correction'}
				size="sm"
				keys="E"
				blocked={blocked}
				aria-pressed={messageFeedback?.correction != null}
				onClick={() => feedback.asked.setState({ messageId, about: 'correction' }, true)}
			/>
			<span className="mx-1.5 h-3.5 w-px bg-line-strong" />
			<IconButton
				icon={ThumbsUp}
				label="Good answer"
				keys="+"
				size="sm"
				aria-pressed={rating === 'up'}
				className={rating === 'up' ? 'bg-good-soft! text-good!' : ''}
				onClick={() => void feedback.toggle(messageId, 'up')}
			/>
			<IconButton
				icon={ThumbsDown}
				label="Bad answer"
				keys="−"
				size="sm"
				aria-pressed={rating === 'down'}
				className={rating === 'down' ? 'bg-bad-soft! text-bad!' : ''}
				onClick={() => void feedback.toggle(messageId, 'down')}
			/>
			{rating !== null && messageFeedback !== undefined ? <WhyPopover messageFeedback={messageFeedback} /> : null}
			{messageFeedback !== undefined && messageFeedback.earlier > 0 && !inPane ? (
				<HistoryButton messageFeedback={messageFeedback} />
			) : null}
			{noticed.length > 0 ? <NoticedMenu signals={noticed} /> : null}
		</>
	);
}

/** Signals recorded about an answer, each of which can be removed. */
function NoticedMenu({ signals }: { signals: readonly NoticedSignal[] }) {
	const { feedback } = useServices();
	const label = `${signals.length} noticed`;
	return (
		<Menu
			align="start"
			trigger={
				<button type="button" className={`${iconButtonClass('sm')} w-auto! gap-1 px-1.5 text-xs text-ink-3`}>
					<Icon of={Eye} size={14} />
					{label}
				</button>
			}
		>
			{signals.map((noticed) => (
				<MenuItem key={noticed.id} icon={X} onSelect={() => void feedback.removeSignal(noticed.id)}>
					Forget: {describeSignal(noticed)}
				</MenuItem>
			))}
		</Menu>
	);
}

/** Shown under an answer with earlier feedback; opens its history. */
function HistoryButton({ messageFeedback }: { messageFeedback: MessageFeedback }) {
	const [open, setOpen] = useState(false);
	const label = `Changed ${formatQuantity(messageFeedback.earlier, 'time')}. Show rating history`;
	return (
		<Popover
			align="start"
			width={300}
			label="Rating history"
			open={open}
			onOpenChange={setOpen}
			trigger={
				<button type="button" aria-label={label} title={label} className={`${iconButtonClass('sm')} text-ink-3`}>
					<Icon of={Clock} size={14} />
				</button>
			}
		>
			<FeedbackHistory messageId={messageFeedback.messageId} messageFeedback={messageFeedback} />
		</Popover>
	);
}
