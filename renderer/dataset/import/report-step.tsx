import type { DatasetImportReport } from '../../../electron/contract/dataset/import.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatQuantity } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { Problems } from './problems.tsx';

/** What came in, and what did not and why. */
export function ReportStep({ open, report }: { open: boolean; report: DatasetImportReport }) {
	const { datasetImport } = useServices();
	const { added, dataset, duplicates, problems, renamed, skipped } = report;
	const facts = [
		duplicates > 0 ? `${formatQuantity(duplicates, 'row')} left out: they say the same as another.` : null,
		renamed > 0 ? `${formatQuantity(renamed, 'id')} that another row has already got a number behind.` : null,
		skipped > 0
			? `${formatQuantity(skipped, 'row')} could not be read, or ${skipped === 1 ? 'was' : 'were'} changed on the way.`
			: null,
	].filter((fact) => fact !== null);
	return (
		<Dialog
			open={open}
			onClose={datasetImport.hide}
			width={560}
			title={`${formatQuantity(added, 'sample')} imported`}
			text={`They are in “${dataset.name}”.`}
			actions={
				<Button kind="primary" onClick={datasetImport.hide}>
					Done
				</Button>
			}
		>
			<div className="mt-3 flex flex-col gap-3">
				{facts.length === 0 ? null : (
					<ul className="flex flex-col gap-1 text-ink-2">
						{facts.map((fact) => (
							<li key={fact}>{fact}</li>
						))}
					</ul>
				)}
				<Problems problems={problems} count={Math.max(skipped, problems.length)} />
			</div>
		</Dialog>
	);
}
