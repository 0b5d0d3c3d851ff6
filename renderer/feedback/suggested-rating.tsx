import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Feedback that the next message suggests about an answer; it counts only once the user confirms it. */
export function SuggestedRating({ messageId }: { messageId: number }) {
	const { feedback } = useServices();
	const messageFeedback = useStore(feedback.state, (all) => all.get(messageId));
	const suggested = messageFeedback?.signals.find(({ source }) => source === 'suggested');
	if (messageFeedback === undefined || messageFeedback.rating !== null || suggested === undefined) return null;
	const good = suggested.signal === 'praised';
	return (
		<section
			aria-label={t('Suggested rating')}
			className="flex flex-wrap items-center gap-x-2 gap-y-1 rounded-lg border border-line bg-sunken py-1 pr-1 pl-3 text-xs text-ink-2"
		>
			<Icon of={good ? ThumbsUp : ThumbsDown} size={14} className="text-ink-3" />
			<span className="foreign min-w-0 flex-1 basis-40" dir="auto">
				{good
					? t('You wrote “{evidence}” Was the answer good?', { evidence: suggested.evidence ?? '' })
					: t('You wrote “{evidence}” Was the answer bad?', { evidence: suggested.evidence ?? '' })}
			</span>
			<Button size="sm" onClick={() => void feedback.confirmSignal(suggested.id)}>
				{good ? t('Rate as good') : t('Rate as bad')}
			</Button>
			<Button size="sm" kind="ghost" onClick={() => void feedback.removeSignal(suggested.id)}>
				{t('No')}
			</Button>
		</section>
	);
}
