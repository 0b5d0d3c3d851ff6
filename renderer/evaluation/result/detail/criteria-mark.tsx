import { Check, CircleHelp, X } from 'lucide-react';
import type { CriterionOutcome } from '../../../../electron/contract/evaluation/criterion.ts';
import { Icon } from '../../../design/icon.tsx';
import { describeCriterion } from '../../plan/criterion-words.ts';

export const criterionStates = {
	met: { icon: Check, tone: 'text-good', words: 'Met' },
	undecided: { icon: CircleHelp, tone: 'text-warn', words: 'Undecided' },
	'not-met': { icon: X, tone: 'text-bad', words: 'Not met' },
} as const;

/** Whether all criteria hold: not met as soon as one is not, met only where every one is. */
export function computeOverallState(outcomes: readonly CriterionOutcome[]): keyof typeof criterionStates {
	if (outcomes.some(({ state }) => state === 'not-met')) return 'not-met';
	return outcomes.every(({ state }) => state === 'met') ? 'met' : 'undecided';
}

/** How many of the criteria that were set before the run one combination holds; the mark says whether it is ready. */
export function CriteriaBadge({ outcomes }: { outcomes: readonly CriterionOutcome[] }) {
	const { icon, tone } = criterionStates[computeOverallState(outcomes)];
	const met = outcomes.filter(({ state }) => state === 'met').length;
	return (
		<span
			className={`inline-flex flex-none items-center gap-1 text-xs font-medium tabular-nums ${tone}`}
			title={outcomes
				.map(({ criterion, state }) => `${describeCriterion(criterion)}: ${criterionStates[state].words.toLowerCase()}`)
				.join('\n')}
		>
			<Icon of={icon} size={12} />
			{met}/{outcomes.length}
			<span className="sr-only"> criteria met</span>
		</span>
	);
}
