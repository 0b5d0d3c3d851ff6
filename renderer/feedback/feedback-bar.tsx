import { Pencil, ThumbsDown, ThumbsUp } from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton } from '../design/button.tsx';
import { useServices } from '../services.ts';
import { NoticedMenu } from './noticed-menu.tsx';
import { HistoryButton } from './rating/history-button.tsx';
import { WhyPopover } from './rating/why-popover.tsx';

/**
 * Thumbs with the reasons beside them, correct, what was noticed and what was said before (not `inPane`, which lists it).
 * `blocked`: why it can't be corrected here.
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
	const said = useStore(feedback.state, (all) => all.get(messageId));
	const rating = said?.rating ?? null;
	// A suggestion stands on its own while it can be confirmed.
	const noticed = said?.signals.filter(({ source }) => rating !== null || source !== 'suggested') ?? [];
	return (
		<>
			<IconButton
				icon={Pencil}
				label={said?.correction == null ? 'Correct answer' : 'Change the correction'}
				size="sm"
				keys="E"
				blocked={blocked}
				aria-pressed={said?.correction != null}
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
			{rating !== null && said !== undefined ? <WhyPopover said={said} /> : null}
			{said !== undefined && said.earlier > 0 && !inPane ? <HistoryButton said={said} /> : null}
			{noticed.length > 0 ? <NoticedMenu signals={noticed} /> : null}
		</>
	);
}
