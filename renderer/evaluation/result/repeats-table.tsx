import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { t } from '../../messages/t.ts';
import { chooseUnit, formatFigure, formatInterval } from '../score-format.ts';
import { DataTable, WithInterval } from './data-table.tsx';

/** For samples that were answered several times: pass@k and the majority vote, by scorer and combination. */
export function RepeatsTable({ run, labels }: { run: Run; labels: ReadonlyMap<number, string> }) {
	const names = [...new Set(run.repeats.map(({ name, scorer }) => `${name}, ${scorer}`))];
	const armIds = [...new Set(run.repeats.map(({ armId }) => armId))];
	const unit = chooseUnit(run.repeats);
	return (
		<DataTable
			caption={t('Several answers per sample')}
			head={t('Several answers per sample')}
			columns={armIds.map((id) => ({ head: labels.get(id) ?? '' }))}
			rows={names.map((name) => ({
				key: name,
				head: name,
				cells: armIds.map((id) => {
					const found = run.repeats.find((one) => one.armId === id && `${one.name}, ${one.scorer}` === name);
					return found === undefined ? (
						'–'
					) : (
						<WithInterval key={id} value={formatFigure(found.value, unit)} range={formatInterval(found, unit)} />
					);
				}),
			}))}
		/>
	);
}
