import { SlidersHorizontal } from 'lucide-react';
import type { Metric, Run } from '../../../electron/contract/evaluation/schema.ts';
import { Button } from '../../design/button.tsx';
import { sentence } from '../../messages/sentences.ts';
import { t, translate } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { formatEvaluateRoute } from '../evaluate-route.ts';
import { describeSamples, formatFigure, formatInterval, type Unit } from '../score-format.ts';

/** A single combination has nothing to be compared with: its score, its certainty, and a link to a comparison. */
export function SingleArm({ run, scorer, unit }: { run: Run; scorer: string; unit: Unit }) {
	const { layout } = useServices();
	const [arm] = run.arms;
	const metric = arm?.metrics[scorer];
	const result =
		metric === undefined
			? ''
			: metric.decided === 0
				? t('No winner by {scorer}', { scorer })
				: t('{value} by {scorer}', { value: `${formatFigure(metric.value, unit)}${unit.mark}`, scorer });
	return (
		<section aria-label={t('Result')}>
			{metric === undefined ? (
				<p className="text-ink-2">{t('Nothing scored yet.')}</p>
			) : (
				<>
					<p className="text-pretty">
						<b className="font-semibold">{run.status === 'done' ? result : t('So far: {result}', { result })}</b>
						{metric.decided === 0 ? ': ' : ` ${describeCertainty(metric, unit)} `}
						{sentence(describeSamples(metric, arm?.errors))}
					</p>
					<p className="mt-1 text-pretty text-ink-2">
						{t('A single combination says little. Add a prompt, technique or model to compare on the same samples.')}
					</p>
				</>
			)}
			<Button
				icon={SlidersHorizontal}
				size="sm"
				className="mt-2.5"
				onClick={() =>
					layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'new', given: { runId: run.id } }) })
				}
			>
				{t('Edit and rerun')}
			</Button>
		</section>
	);
}

/** Describes the interval, or explains that all samples scored the same. */
function describeCertainty(metric: Metric, unit: Unit): string {
	return metric.low === metric.high
		? t('(every sample scored the same, so there is no interval).')
		: t('(95\u00A0% interval {interval}, {method}).', {
				interval: formatInterval(metric, unit),
				method: translate(metric.method),
			});
}
