import { Check, CircleHelp, X } from 'lucide-react';
import type { CriterionOutcome } from '../../../../electron/contract/evaluation/criterion.ts';
import { Icon } from '../../../design/icon.tsx';

export const criterionStates = {
	met: { icon: Check, tone: 'text-good', words: 'Met' },
	undecided: { icon: CircleHelp, tone: 'text-warn', words: 'Undecided' },
	'not-met': { icon: X, tone: 'text-bad', words: 'Not met' },
} as const;

/** Whether all criteria hold: not met as soon as one is not, met only where every one is. */
export function overallState(outcomes: readonly CriterionOutcome[]): keyof typeof criterionStates {
	if (outcomes.some(({ state }) => state === 'not-met')) return 'not-met';
	return outcomes.every(({ state }) => state === 'met') ? 'met' : 'undecided';
}

/** Whether one combination is ready by the criteria that were set before the run. */
export function CriteriaMark({ outcomes }: { outcomes: readonly CriterionOutcome[] }) {
	const state = overallState(outcomes);
	const { icon, tone } = criterionStates[state];
	const words = { met: 'Ready', undecided: 'Undecided', 'not-met': 'Not ready' }[state];
	return (
		<span
			className={`inline-flex items-center gap-1 text-xs font-medium ${tone}`}
			title={outcomes.map((one) => one.words).join('\n')}
		>
			<Icon of={icon} size={12} />
			{words}
		</span>
	);
}
