import type { TrainingRun } from '../../electron/contract/adaptation/schema.ts';
import { t } from '../messages/t.ts';

type Goal = TrainingRun['objective'];

/** What a model can be trained for, in the order of the form. */
export const goals: readonly Goal[] = ['sft', 'dpo', 'distill', 'text'];

export const goalWords: Readonly<Record<Goal, string>> = {
	sft: t('Answer like the samples'),
	dpo: t('Prefer the better of two answers'),
	distill: t('Answer like a larger model'),
	text: t('Continue texts like these'),
};
