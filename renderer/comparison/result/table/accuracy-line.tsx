import type { Comparison } from '../../../../electron/contract/comparison/comparison.ts';
import { formatCount } from '../../../design/format.ts';
import { formatEvaluateRoute } from '../../../evaluation/place.ts';
import { useServices } from '../../../services.ts';
import { textLinkClass } from '../link.ts';

/** What the accuracies were measured on, and the way to the run with every single answer. */
export function AccuracyLine({ comparison }: { comparison: Comparison }) {
	const { layout } = useServices();
	const { run, rows } = comparison;
	if (run === null) return null;
	const { runId, datasetName, versionNumber, scorer } = run;
	const samples = rows.flatMap(({ accuracy }) => accuracy?.metric ?? []).at(0)?.n;
	const many = samples === undefined ? '' : `, ${formatCount(samples)} samples`;
	return (
		<p className="mt-2 text-xs text-ink-2">
			Accuracy on {datasetName} v{versionNumber}
			{many}, scored by {scorer}.{' '}
			{runId === null ? null : (
				<button
					type="button"
					className={textLinkClass}
					onClick={() => layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'run', id: runId }) })}
				>
					See every answer
				</button>
			)}
		</p>
	);
}
