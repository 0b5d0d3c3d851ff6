import { Check, CircleHelp, X } from 'lucide-react';
import type { CriterionOutcome } from '../../../electron/contract/evaluation/run-config.ts';
import type { Arm } from '../../../electron/contract/evaluation/schema.ts';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';
import { describeCriterion, formatCriterionValue } from '../criterion-wording.ts';
import { inSentence } from '../run-wording.ts';
import { formatRange } from '../score-format.ts';
import { DataTable } from './data-table.tsx';

/** The criteria set before the run, and whether each combination meets them. */
export function CriteriaTable({
	outcomes,
	arms,
	labels,
	unfinished,
}: {
	outcomes: readonly CriterionOutcome[];
	arms: readonly Arm[];
	labels: ReadonlyMap<number, string>;
	/** Rows are missing, so nothing is called met. */
	unfinished: boolean;
}) {
	const groups = Map.groupBy(outcomes, ({ criterion }) => JSON.stringify(criterion));
	if (groups.size === 0) {
		return (
			<p className="px-5 py-3 text-ink-2">
				{t('No pass criteria. Set them before a run, so that no result changes them.')}
			</p>
		);
	}
	const asked = [...groups.values()];
	return (
		<DataTable
			caption={t('Criteria set before the run')}
			head={t('Combination')}
			columns={asked.map(([first]) => ({
				head: first === undefined ? '' : describeCriterion(first.criterion),
				words: true,
			}))}
			rows={arms.map(({ id }) => ({
				key: String(id),
				head: labels.get(id) ?? '',
				cells: asked.map((found) => (
					<Outcome key={id} outcome={found.find(({ armId }) => armId === id)} unfinished={unfinished} />
				)),
			}))}
		/>
	);
}

function Outcome({ outcome, unfinished }: { outcome: CriterionOutcome | undefined; unfinished: boolean }) {
	if (outcome === undefined) return '–';
	const { icon, tone, words } = unfinished ? provisional : criterionStates[outcome.state];
	const { criterion, value, low, high } = outcome;
	const range =
		low === null || high === null
			? ''
			: ` (${formatRange(dropUnit(formatCriterionValue(criterion, low)), dropUnit(formatCriterionValue(criterion, high)))})`;
	return (
		<span className="inline-flex items-center gap-1.5 whitespace-nowrap">
			<span className={`inline-flex items-center gap-1 font-medium ${tone}`}>
				<Icon of={icon} size={12} />
				{words}
			</span>
			<span className="text-ink-2 tabular-nums">
				{value === null ? t('not measured') : `${formatCriterionValue(criterion, value)}${range}`}
			</span>
		</span>
	);
}

/** Removes the unit if a number next to it shows it. */
function dropUnit(text: string): string {
	return text.replace(/\u00A0.*$/, '');
}

const provisional = { icon: CircleHelp, tone: 'text-ink-3', words: t('So far') };

const criterionStates = {
	met: { icon: Check, tone: 'text-good', words: t('Met') },
	undecided: { icon: CircleHelp, tone: 'text-warn', words: t('Undecided') },
	'not-met': { icon: X, tone: 'text-bad', words: t('Not met') },
} as const;

/** Combines the criteria: 'not-met' if any is not met, 'met' only if all are. */
export function computeOverallState(outcomes: readonly CriterionOutcome[]): keyof typeof criterionStates {
	if (outcomes.some(({ state }) => state === 'not-met')) return 'not-met';
	return outcomes.every(({ state }) => state === 'met') ? 'met' : 'undecided';
}

/** Number of criteria that a combination meets; the icon shows whether it is ready. */
export function CriteriaBadge({ outcomes }: { outcomes: readonly CriterionOutcome[] }) {
	const { icon, tone } = criterionStates[computeOverallState(outcomes)];
	const met = outcomes.filter(({ state }) => state === 'met').length;
	return (
		<span
			className={`inline-flex flex-none items-center gap-1 text-xs font-medium tabular-nums ${tone}`}
			title={outcomes
				.map(({ criterion, state }) => `${describeCriterion(criterion)}: ${inSentence(criterionStates[state].words)}`)
				.join('\n')}
		>
			<Icon of={icon} size={12} />
			{met}/{outcomes.length}
			<span className="sr-only"> {t('criteria met')}</span>
		</span>
	);
}
