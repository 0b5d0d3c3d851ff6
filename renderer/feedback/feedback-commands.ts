import { FileOutput, Pencil, ThumbsDown, ThumbsUp } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { exportAs, feedbackFormats } from './export-menu.tsx';

/** Lists feedback commands for the newest answer. */
export function listFeedbackCommands({ feedback }: Services, answerId: number): Command[] {
	return [
		{
			id: 'rate-good',
			label: t('Rate the last answer as good'),
			synonyms: t('thumbs up like feedback'),
			icon: ThumbsUp,
			run: () => void feedback.rate(answerId, 'up'),
		},
		{
			id: 'rate-bad',
			label: t('Rate the last answer as bad'),
			synonyms: t('thumbs down dislike feedback wrong'),
			icon: ThumbsDown,
			run: () => void feedback.rate(answerId, 'down'),
		},
		{
			id: 'correct-answer',
			label: t('Correct the last answer'),
			synonyms: t('fix edit target feedback'),
			icon: Pencil,
			run: () => feedback.asked.setState({ messageId: answerId, about: 'correction' }, true),
		},
	];
}

/** Lists the exports of feedback. */
export function listFeedbackExports(services: Services): Command[] {
	return feedbackFormats.map((choice) => ({
		id: `export-feedback-${choice.format}`,
		label: t('Export feedback: {format}', { format: choice.words }),
		synonyms: t('save ratings corrections training data fine-tuning dpo jsonl'),
		icon: FileOutput,
		run: () => void exportAs(services, choice),
	}));
}
