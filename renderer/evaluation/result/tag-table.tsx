import type { Arm, Run, TagMetric } from '../../../electron/contract/evaluation/schema.ts';
import { formatCount } from '../../design/format.ts';
import { t } from '../../messages/t.ts';
import { formatFigure, formatInterval, type Unit } from '../score-format.ts';
import { DataTable, WithInterval } from './data-table.tsx';

/** Means by tag, one column per combination: reveals a kind of sample that suffers behind a good overall mean. */
export function TagTable({
	run,
	arms,
	labels,
	scorer,
	unit,
}: {
	run: Run;
	arms: readonly Arm[];
	labels: ReadonlyMap<number, string>;
	scorer: string;
	unit: Unit;
}) {
	const metrics = run.byTag.filter((metric) => metric.scorer === scorer);
	const byTag = Map.groupBy(metrics, ({ tag }) => tag);
	if (byTag.size === 0) {
		return (
			<p className="px-5 py-3 text-ink-2">
				{t('The samples of this run have no tags. Tag samples in Datasets to compare kinds of samples here.')}
			</p>
		);
	}
	return (
		<DataTable
			caption={t('{scorer} by tag', { scorer })}
			head={t('Tag')}
			columns={[
				{ head: t('Samples') },
				...arms.map(({ id }) => ({ head: labels.get(id) ?? '', unit: unit.mark.trim() || scorer })),
			]}
			rows={[...byTag].map(([tag, found]) => ({
				key: tag,
				head: tag === '' ? <span className="font-normal text-ink-3">{t('none')}</span> : tag,
				cells: [
					formatCount(Math.max(...found.map(({ n }) => n))),
					...arms.map(({ id }) =>
						tagCell(
							found.find(({ armId }) => armId === id),
							unit,
						),
					),
				],
			}))}
		/>
	);
}

function tagCell(metric: TagMetric | undefined, unit: Unit) {
	if (metric === undefined) return '–';
	return <WithInterval value={formatFigure(metric.value, unit)} range={formatInterval(metric, unit)} />;
}
