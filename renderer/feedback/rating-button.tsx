import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { useStore } from 'zustand';
import type { Rating } from '../../electron/contract/feedback/schema.ts';
import { IconButton } from '../design/button.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** One of the two thumbs of an answer. */
export function RatingButton({ messageId, rating }: { messageId: number; rating: Rating }) {
	const { feedback } = useServices();
	const pressed = useStore(feedback.state, (all) => all.get(messageId)?.rating === rating);
	const up = rating === 'up';
	return (
		<IconButton
			icon={up ? ThumbsUp : ThumbsDown}
			label={up ? t('Good answer') : t('Bad answer')}
			keys={up ? '+' : '−'}
			size="sm"
			aria-pressed={pressed}
			className={pressed ? (up ? 'bg-good-soft! text-good!' : 'bg-bad-soft! text-bad!') : ''}
			onClick={() => void feedback.toggle(messageId, rating)}
		/>
	);
}
