import { Plus, X } from 'lucide-react';
import { type Criterion, runMetrics } from '../../../electron/contract/evaluation/run-config.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Select } from '../../design/select.tsx';
import { t } from '../../messages/t.ts';
import { describeCriterion, findMetricUnit, formatMetric } from '../criterion-wording.ts';
import { FormPart } from './form-part.tsx';
import { InlineNumber } from './inline-fields.tsx';
import { listScorerNames, type RunDraft } from './run-draft.ts';

/** Criteria for a good enough combination, set before anything is measured. */
export function CriteriaPart({ draft, change }: { draft: RunDraft; change: (part: Partial<RunDraft>) => void }) {
	const { criteria } = draft;
	const names = listScorerNames(draft.scorers);
	const [first] = names;
	const put = (index: number, next: Criterion): void =>
		change({ criteria: criteria.map((one, at) => (at === index ? next : one)) });
	return (
		<FormPart
			title={t('Pass criteria')}
			hint={t('Set before the run, so that no result changes them.')}
			action={
				<Button
					kind="ghost"
					size="sm"
					icon={Plus}
					className="-ml-2"
					onClick={() =>
						change({
							criteria: [
								...criteria,
								first === undefined || criteria.some(({ metric }) => metric === first)
									? { metric: 'latency-p95', operator: 'at-most', value: 2 }
									: { metric: first, operator: 'at-least', value: 0.8 },
							],
						})
					}
				>
					{t('Add criterion')}
				</Button>
			}
		>
			{criteria.map((criterion, index) => {
				const { mark, factor, digits } = findMetricUnit(criterion.metric);
				return (
					// biome-ignore lint/suspicious/noArrayIndexKey: two criteria may be alike while they are edited
					<div key={index} className="flex w-full flex-wrap items-center gap-2">
						<Select
							label={t('Metric')}
							value={criterion.metric}
							onChange={(metric) =>
								put(index, {
									...criterion,
									metric,
									...(findMetricUnit(metric).factor === factor
										? {}
										: { value: findMetricUnit(metric).factor === 100 ? 0.8 : 2 }),
								})
							}
							options={[...new Set([...names, ...runMetrics, criterion.metric])].map((value) => ({
								value,
								words: formatMetric(value),
							}))}
						/>
						<Select
							label={t('At least or at most')}
							value={criterion.operator}
							onChange={(operator) => put(index, { ...criterion, operator })}
							options={[
								{ value: 'at-least', words: t('at least') },
								{ value: 'at-most', words: t('at most') },
							]}
						/>
						<InlineNumber
							label={t('Bound')}
							hideLabel
							unit={mark.trim()}
							value={Number((criterion.value * factor).toFixed(6))}
							onChange={(value) => put(index, { ...criterion, value: (value ?? 0) / factor })}
							min={0}
							max={1e6}
							step={factor === 100 ? 1 : 0.5}
							digits={digits}
						/>
						<span className="flex-1" />
						<IconButton
							icon={X}
							size="sm"
							label={t('Remove {criterion}', { criterion: describeCriterion(criterion) })}
							onClick={() => change({ criteria: criteria.filter((_, at) => at !== index) })}
						/>
					</div>
				);
			})}
			{criteria.length === 0 ? <p className="text-xs text-ink-3">{t('No pass criteria')}</p> : null}
		</FormPart>
	);
}
