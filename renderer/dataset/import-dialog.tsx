import { ClipboardPaste } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { DatasetImportReport } from '../../electron/contract/dataset/schema.ts';
import type { ChosenFile } from '../connection/upload.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { FileDrop } from '../design/file-drop.tsx';
import { formatBytesOf } from '../design/format.ts';
import { ProgressBar } from '../design/progress-bar.tsx';
import { TextArea } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
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
			title={flow.step === 'importing' ? t('Importing samples') : t('Import samples')}
			text={
				flow.step === 'choose'
					? t(
							'CSV, TSV, JSON, JSON Lines, promptfoo tests, Inspect files and logs, and published benchmark files. You can review the columns before importing.',
						)
					: undefined
			}
			actions={
				flow.step === 'choose' ? (
					<Button onClick={datasetImport.hide}>{t('Close')}</Button>
				) : (
					<>
						<Button onClick={cancel}>{t('Cancel')}</Button>
						{flow.step === 'importing' ? (
							<Button kind="primary" onClick={datasetImport.hide}>
								{t('Run in background')}
							</Button>
						) : null}
					</>
				)
			}
		>
			<div className="mt-3.5 flex flex-col gap-3">
				{flow.step === 'choose' ? (
					<>
						{flow.failure === null ? null : <FailureCard title={t('Import failed')} failure={flow.failure} />}
						<FileChoice />
					</>
				) : flow.step === 'uploading' ? (
					<JobInProgress
						name={t('Uploading')}
						value={flow.total === 0 ? null : flow.sent / flow.total}
						words={flow.total === 0 ? t('Starting') : formatBytesOf(flow.sent, flow.total)}
					/>
				) : job === null ? null : (
					<JobInProgress
						name={`${flow.step === 'reading' ? t('Reading') : t('Importing')} ${job.title}`}
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
					label={t('Table, JSON or JSON Lines')}
					hint={t('You can paste spreadsheet cells')}
					value={pasted}
					autoFocus
					onChange={(event) => setPasted(event.target.value)}
				/>
				<div className="flex justify-end gap-2">
					<Button size="sm" kind="ghost" onClick={() => setPasted(null)}>
						{t('Choose file instead')}
					</Button>
					<Button
						size="sm"
						kind="primary"
						blocked={pasted.trim() === '' ? t('Paste your data first') : undefined}
						onClick={() => void datasetImport.read({ text: pasted })}
					>
						{t('Preview')}
					</Button>
				</div>
			</>
		);
	}
	return (
		<FileDrop
			accept=".csv,.tsv,.json,.jsonl,.ndjson,.yaml,.yml,.txt,.eval"
			filesLabel={t('Files with samples')}
			folderLabel={t('Folder with samples')}
			onFiles={(files) => void datasetImport.read(selectSampleFiles(files))}
		>
			<Button icon={ClipboardPaste} onClick={() => setPasted('')}>
				{t('Paste')}
			</Button>
		</FileDrop>
	);
}

/** Report: the imported samples, and the skipped ones with reasons. */
function ReportStep({ open, report }: { open: boolean; report: DatasetImportReport }) {
	const { datasetImport } = useServices();
	const { added, dataset, duplicates, problems, renamed, skipped } = report;
	const facts = [
		duplicates > 0
			? t('{duplicates, plural, one {# duplicate row} other {# duplicate rows}} skipped.', { duplicates })
			: null,
		renamed > 0
			? t('{renamed, plural, one {# duplicate id} other {# duplicate ids}} renamed by adding a number.', { renamed })
			: null,
		skipped > 0
			? t(
					'{skipped, plural, one {# row couldn’t be read or was altered.} other {# rows couldn’t be read or were altered.}}',
					{ skipped },
				)
			: null,
	].filter((fact) => fact !== null);
	return (
		<Dialog
			open={open}
			onClose={datasetImport.hide}
			width={560}
			title={t('{added, plural, one {# sample} other {# samples}} imported', { added })}
			text={t('Added to “{name}”.', { name: dataset.name })}
			actions={
				<Button kind="primary" onClick={datasetImport.hide}>
					{t('Done')}
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
