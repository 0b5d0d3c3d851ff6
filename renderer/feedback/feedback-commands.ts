import { Pencil, ThumbsDown, ThumbsUp } from 'lucide-react';
import type { Command } from '../app/command.ts';
import type { Services } from '../services.ts';

/** Lists feedback commands for the newest answer. */
export function listFeedbackCommands({ feedback }: Services, answerId: number): Command[] {
	return [
		{
			id: 'rate-good',
			label: 'Rate the last answer as good',
			icon: ThumbsUp,
			run: () => void feedback.rate(answerId, 'up'),
		},
		{
			id: 'rate-bad',
			label: 'Rate the last answer as bad',
			icon: ThumbsDown,
			run: () => void feedback.rate(answerId, 'down'),
		},
		{
			id: 'correct-answer',
			label: 'Correct the last answer',
			icon: Pencil,
			run: () => feedback.asked.setState({ messageId: answerId, about: 'correction' }, true),
		},
	];
}
