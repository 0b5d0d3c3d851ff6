import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatBytesOf } from '../../design/format.ts';
import { ProgressBar } from '../../design/progress.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { describeJobProgress } from '../job-words.ts';
import { FileChoice } from './file-choice.tsx';
import { PreviewStep } from './preview-step.tsx';
import { ReportStep } from './report-step.tsx';

/** From choosing a file over what its columns mean to what came in. It may be closed at any step; work goes on. */
export function DatasetImportDialog() {
	const { datasetImport, datasetJobs } = useServices();
	const { open, flow } = useStore(datasetImport.state);
	const job = useStore(datasetJobs.state, (jobs) =>
		flow.step === 'reading' || flow.step === 'importing' ? (jobs[flow.job.id] ?? flow.job) : null,
	);
	const cancel = () => void datasetImport.cancel();
	if (flow.step === 'preview') return <PreviewStep key={flow.previewId} open={open} flow={flow} />;
	if (flow.step === 'report') return <ReportStep open={open} report={flow.report} />;
	return (
		<Dialog
			open={open}
			onClose={datasetImport.hide}
			width={560}
			title={flow.step === 'importing' ? 'Importing samples' : 'Import samples'}
			text={
				flow.step === 'choose'
					? 'CSV, TSV, JSON, JSON Lines, promptfoo tests, Inspect files and logs, and the files of published test sets. You see the columns before anything is changed.'
					: undefined
			}
			actions={
				flow.step === 'choose' ? (
					<Button onClick={datasetImport.hide}>Close</Button>
				) : (
					<>
						<Button onClick={cancel}>Cancel</Button>
						{flow.step === 'importing' ? (
							<Button kind="primary" onClick={datasetImport.hide}>
								Go on in the background
							</Button>
						) : null}
					</>
				)
			}
		>
			<div className="mt-3.5 flex flex-col gap-3">
				{flow.step === 'choose' ? (
					<>
						{flow.failure === null ? null : <FailureCard title="Nothing was imported" failure={flow.failure} />}
						<FileChoice />
					</>
				) : flow.step === 'uploading' ? (
					<Working
						name="Handing the file over"
						value={flow.total === 0 ? null : flow.sent / flow.total}
						words={flow.total === 0 ? 'Beginning' : formatBytesOf(flow.sent, flow.total)}
					/>
				) : job === null ? null : (
					<Working
						name={`${flow.step === 'reading' ? 'Reading' : 'Importing'} ${job.title}`}
						value={job.total === null || job.total === 0 ? null : Math.min(1, job.done / job.total)}
						words={describeJobProgress(job)}
					/>
				)}
			</div>
		</Dialog>
	);
}

function Working({ name, value, words }: { name: string; value: number | null; words: string }) {
	return (
		<div>
			<div className="flex items-baseline gap-3">
				<span className="min-w-0 flex-1 truncate font-medium">{name}</span>
				<span className="text-xs text-ink-2 tabular-nums">{words}</span>
			</div>
			<ProgressBar className="mt-2" label={name} value={value} />
		</div>
	);
}
