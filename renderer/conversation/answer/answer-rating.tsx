import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton } from '../../design/button.tsx';
import { WhyPopover } from '../../feedback/why-popover.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';

/** Thumbs under an answer. Once rated, the other thumb makes room for the reasons; its key and the menu still rate. */
export function AnswerRating({ messageId }: { messageId: number }) {
	const { feedback } = useServices();
	const messageFeedback = useStore(feedback.state, (all) => all.get(messageId));
	const rating = messageFeedback?.rating ?? null;
	return (
		<>
			{rating === 'down' ? null : (
				<IconButton
					icon={ThumbsUp}
					label={t('Good answer')}
					keys="+"
					size="sm"
					aria-pressed={rating === 'up'}
					className={rating === 'up' ? 'bg-good-soft! text-good!' : ''}
					onClick={() => void feedback.toggle(messageId, 'up')}
				/>
			)}
			{rating === 'up' ? null : (
				<IconButton
					icon={ThumbsDown}
					label={t('Bad answer')}
					keys="−"
					size="sm"
					aria-pressed={rating === 'down'}
					className={rating === 'down' ? 'bg-bad-soft! text-bad!' : ''}
					onClick={() => void feedback.toggle(messageId, 'down')}
				/>
			)}
			{rating !== null && messageFeedback !== undefined ? <WhyPopover messageFeedback={messageFeedback} /> : null}
		</>
	);
}
