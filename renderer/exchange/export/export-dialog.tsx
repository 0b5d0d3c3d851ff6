import { useState } from 'react';
import { useStore } from 'zustand';
import type { ExportFormat } from '../../../electron/contract/exchange/exchange.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Segmented } from '../../design/field/segmented.tsx';
import { formatQuantity } from '../../design/format.ts';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { computeJobFraction, describeJobProgress, JobProgress } from '../job-progress.tsx';
import { FormatChoice } from './format-choice.tsx';

type Scope = 'chosen' | 'all';

/** What is exported and as what; then how far it is. */
export function ExportDialog() {
	const { importExport } = useServices();
	const open = useStore(importExport.state, ({ shown }) => shown === 'export');
	return open ? <OpenExportDialog /> : null;
}

function OpenExportDialog() {
	const { importExport } = useServices();
	const flow = useStore(importExport.state, (state) => state.export);
	const chosen = useStore(importExport.state, (state) => state.chosen);
	const [scope, setScope] = useState<Scope>(chosen.length > 0 ? 'chosen' : 'all');
	const [format, setFormat] = useState<ExportFormat>('markdown');
	const running = flow.step === 'running';
	const several = scope === 'all' || chosen.length > 1;
	const begin = () => void importExport.startExport(scope === 'all' ? null : chosen, format);
	return (
		<Dialog
			open
			onClose={importExport.hide}
			width={480}
			title={running ? 'Exporting conversations' : 'Export conversations'}
			actions={
				running ? (
					<>
						<Button onClick={() => void importExport.cancelExport()}>Cancel export</Button>
						<Button kind="primary" onClick={importExport.hide}>
							Go on in the background
						</Button>
					</>
				) : (
					<>
						<Button onClick={importExport.hide}>Cancel</Button>
						<Button kind="primary" onClick={begin}>
							{scope === 'all' ? 'Export all' : `Export ${formatQuantity(chosen.length, 'conversation')}`}
						</Button>
					</>
				)
			}
		>
			<div className="mt-3.5 flex flex-col gap-3.5">
				{running ? (
					<Running jobId={flow.jobId} />
				) : (
					<>
						{flow.failure === null ? null : <FailureCard title="No file was written" failure={flow.failure} />}
						{chosen.length === 0 ? null : (
							<div className="flex">
								<Segmented
									label="Which conversations"
									value={scope}
									onChange={setScope}
									options={[
										{ value: 'chosen', label: chosen.length === 1 ? 'This one' : `The ${chosen.length} selected` },
										{ value: 'all', label: 'All conversations' },
									]}
								/>
							</div>
						)}
						<FormatChoice value={format} onChange={setFormat} several={several} />
						<p className="text-xs text-ink-3">
							{scope === 'all' ? 'All that are not in the trash, the archived ones too. ' : ''}
							The file is yours to keep: nothing of it is sent anywhere.
						</p>
					</>
				)}
			</div>
		</Dialog>
	);
}

function Running({ jobId }: { jobId: string }) {
	const { importExport } = useServices();
	const job = useStore(importExport.state, ({ jobs }) => jobs[jobId]);
	if (job === undefined) return null;
	return <JobProgress name={job.title} fraction={computeJobFraction(job)} figures={describeJobProgress(job)} />;
}
