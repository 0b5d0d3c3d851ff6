import { useStore } from 'zustand';
import { RatingButton } from '../../feedback/rating-button.tsx';
import { WhyPopover } from '../../feedback/why-popover.tsx';
import { useServices } from '../../services.ts';

/** Thumbs under an answer. Once rated, the other thumb makes room for the reasons; its key and the menu still rate. */
export function AnswerRating({ messageId }: { messageId: number }) {
	const { feedback } = useServices();
	const messageFeedback = useStore(feedback.state, (all) => all.get(messageId));
	const rating = messageFeedback?.rating ?? null;
	return (
		<>
			{rating === 'down' ? null : <RatingButton messageId={messageId} rating="up" />}
			{rating === 'up' ? null : <RatingButton messageId={messageId} rating="down" />}
			{rating !== null && messageFeedback !== undefined ? <WhyPopover messageFeedback={messageFeedback} /> : null}
		</>
	);
}
