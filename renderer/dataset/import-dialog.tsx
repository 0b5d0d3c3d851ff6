import { ClipboardPaste } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { DatasetImportReport } from '../../electron/contract/dataset/schema.ts';
import type { ChosenFile } from '../connection/upload.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { FileDrop } from '../design/file-drop.tsx';
import { formatBytesOf, formatQuantity } from '../design/format.ts';
import { ProgressBar } from '../design/progress-bar.tsx';
import { TextArea } from '../design/text-field.tsx';
import { useServices } from '../services.ts';
import { PreviewStep, Problems } from './import-preview.tsx';
import { describeDatasetJob } from './job-watch.ts';

/** Imports samples: choose files, map columns, see the report. The dialog can be closed at any step; work continues. */
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
					? 'CSV, TSV, JSON, JSON Lines, promptfoo tests, Inspect files and logs, and published benchmark files. You can review the columns before importing.'
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
								Run in background
							</Button>
						) : null}
					</>
				)
			}
		>
			<div className="mt-3.5 flex flex-col gap-3">
				{flow.step === 'choose' ? (
					<>
						{flow.failure === null ? null : <FailureCard title="Import failed" failure={flow.failure} />}
						<FileChoice />
					</>
				) : flow.step === 'uploading' ? (
					<JobInProgress
						name="Uploading"
						value={flow.total === 0 ? null : flow.sent / flow.total}
						words={flow.total === 0 ? 'Starting' : formatBytesOf(flow.sent, flow.total)}
					/>
				) : job === null ? null : (
					<JobInProgress
						name={`${flow.step === 'reading' ? 'Reading' : 'Importing'} ${job.title}`}
						value={job.total === null || job.total === 0 ? null : Math.min(1, job.done / job.total)}
						words={describeDatasetJob(job)}
					/>
				)}
			</div>
		</Dialog>
	);
}

function JobInProgress({ name, value, words }: { name: string; value: number | null; words: string }) {
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

/** Files taken from a folder. */
const readable = /\.(csv|tsv|json|jsonl|ndjson|ya?ml|txt|eval)$/i;

/** Selects the files: individually chosen ones as they are, and from folders only those that may contain samples. */
export function selectSampleFiles(files: Iterable<File>): readonly ChosenFile[] {
	return [...files].flatMap((file) => {
		const inFolder = file.webkitRelativePath !== '';
		return !inFolder || readable.test(file.name)
			? [{ file, name: inFolder ? file.webkitRelativePath : file.name }]
			: [];
	});
}

/** Takes dropped or picked files or folders, or a pasted table. */
function FileChoice() {
	const { datasetImport } = useServices();
	const [pasted, setPasted] = useState<string | null>(null);
	if (pasted !== null) {
		return (
			<>
				<TextArea
					label="Table, JSON or JSON Lines"
					hint="You can paste spreadsheet cells"
					value={pasted}
					autoFocus
					onChange={(event) => setPasted(event.target.value)}
				/>
				<div className="flex justify-end gap-2">
					<Button size="sm" kind="ghost" onClick={() => setPasted(null)}>
						Choose file instead
					</Button>
					<Button
						size="sm"
						kind="primary"
						blocked={pasted.trim() === '' ? 'Paste your data first' : undefined}
						onClick={() => void datasetImport.read({ text: pasted })}
					>
						Preview
					</Button>
				</div>
			</>
		);
	}
	return (
		<FileDrop
			accept=".csv,.tsv,.json,.jsonl,.ndjson,.yaml,.yml,.txt,.eval"
			of="with samples"
			onFiles={(files) => void datasetImport.read(selectSampleFiles(files))}
		>
			<Button icon={ClipboardPaste} onClick={() => setPasted('')}>
				Paste
			</Button>
		</FileDrop>
	);
}

/** Report: the imported samples, and the skipped ones with reasons. */
function ReportStep({ open, report }: { open: boolean; report: DatasetImportReport }) {
	const { datasetImport } = useServices();
	const { added, dataset, duplicates, problems, renamed, skipped } = report;
	const facts = [
		duplicates > 0 ? `${formatQuantity(duplicates, 'duplicate row')} skipped.` : null,
		renamed > 0 ? `${formatQuantity(renamed, 'duplicate id')} renamed by adding a number.` : null,
		skipped > 0
			? `${formatQuantity(skipped, 'row')} couldn’t be read or ${skipped === 1 ? 'was' : 'were'} altered.`
			: null,
	].filter((fact) => fact !== null);
	return (
		<Dialog
			open={open}
			onClose={datasetImport.hide}
			width={560}
			title={`${formatQuantity(added, 'sample')} imported`}
			text={`Added to “${dataset.name}”.`}
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
