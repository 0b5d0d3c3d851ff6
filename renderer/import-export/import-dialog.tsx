import { useStore } from 'zustand';
import { importSourceNames } from '../../electron/contract/import-export/import-sources.ts';
import { computeJobFraction, describeJobProgress, JobProgress } from '../app/job-progress.tsx';
import { selectExportFiles } from '../connection/upload.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { FileDrop } from '../design/file-drop.tsx';
import { formatBytesOf } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import type { ImportFlow } from './import-export-store.ts';
import { ImportReportView } from './import-report.tsx';

const titles: Record<ImportFlow['step'], string> = {
	choose: t('Import conversations'),
	uploading: t('Import conversations'),
	reading: t('Import conversations'),
	preview: t('Preview import'),
	importing: t('Importing conversations'),
	report: t('Import complete'),
};

/**
 * Imports conversations: choose files, preview their contents, see the report. The dialog can be closed at any step;
 * work continues.
 */
export function ImportDialog() {
	const { importExport } = useServices();
	const open = useStore(importExport.state, ({ shown }) => shown === 'import');
	const flow = useStore(importExport.state, (state) => state.import);
	return (
		<Dialog
			open={open}
			onClose={importExport.hide}
			width={560}
			title={titles[flow.step]}
			text={
				flow.step === 'choose'
					? t(
							'From ChatGPT, Claude, Grok, Open WebUI, LM Studio, Jan or Assay. You can review the contents before importing.',
						)
					: undefined
			}
			actions={<Actions flow={flow} />}
		>
			<div className="mt-3.5">
				<Step flow={flow} />
			</div>
		</Dialog>
	);
}

function Step({ flow }: { flow: ImportFlow }) {
	switch (flow.step) {
		case 'choose':
			return (
				<div className="flex flex-col gap-3">
					{flow.failure === null ? null : <FailureCard title={t('Import failed')} failure={flow.failure} />}
					<FileChoice brief={flow.failure !== null} />
				</div>
			);
		case 'uploading':
			return (
				<JobProgress
					name={t('Uploading')}
					fraction={flow.total === 0 ? null : flow.sent / flow.total}
					figures={flow.total === 0 ? t('Starting') : formatBytesOf(flow.sent, flow.total)}
				/>
			);
		case 'reading':
		case 'importing':
			return <JobInProgress jobId={flow.jobId} importing={flow.step === 'importing'} />;
		case 'preview':
		case 'report':
			return <ImportReportView report={flow.report} preview={flow.step === 'preview'} />;
	}
}

function JobInProgress({ jobId, importing }: { jobId: string; importing: boolean }) {
	const { importExport } = useServices();
	const job = useStore(importExport.state, ({ jobs }) => jobs[jobId]);
	if (job === undefined) return null;
	return (
		<>
			<JobProgress
				name={importing ? t('Importing {title}', { title: job.title }) : t('Reading {title}', { title: job.title })}
				fraction={computeJobFraction(job)}
				figures={describeJobProgress(job)}
			/>
			{importing ? (
				<p className="mt-3 text-ink-2">
					{t('All conversations appear once the import is complete. If you cancel, nothing is imported.')}
				</p>
			) : null}
		</>
	);
}

function Actions({ flow }: { flow: ImportFlow }) {
	const { importExport } = useServices();
	const cancel = () => void importExport.cancelImport();
	switch (flow.step) {
		case 'choose':
			return <Button onClick={importExport.hide}>{t('Close')}</Button>;
		case 'uploading':
		case 'reading':
			return <Button onClick={cancel}>{t('Cancel')}</Button>;
		case 'importing':
			return (
				<>
					<Button onClick={cancel}>{t('Cancel import')}</Button>
					<Button kind="primary" onClick={importExport.hide}>
						{t('Run in background')}
					</Button>
				</>
			);
		case 'preview': {
			const { conversations, extended } = flow.report;
			const nothing = conversations + extended === 0;
			return (
				<>
					<Button onClick={cancel}>{t('Cancel')}</Button>
					<Button
						kind="primary"
						blocked={nothing ? t('Nothing new to import') : undefined}
						onClick={() => void importExport.startImport()}
					>
						{nothing
							? t('Import')
							: t('Import {count, plural, one {# conversation} other {# conversations}}', {
									count: conversations + extended,
								})}
					</Button>
				</>
			);
		}
		case 'report':
			return (
				<Button kind="primary" onClick={cancel}>
					{t('Done')}
				</Button>
			);
	}
}

/** Where each program stores its importable files. */
const places: readonly (readonly [program: string, place: string])[] = [
	[importSourceNames.chatgpt, t('the exported .zip, or conversations.json')],
	[importSourceNames.claude, t('the exported .zip, or conversations.json')],
	[importSourceNames.grok, t('the exported .zip, or prod-grok-backend.json')],
	[importSourceNames['open-webui'], 'chat-export-….json'],
	[importSourceNames['lm-studio'], t('the folder .lmstudio/conversations')],
	[importSourceNames.jan, t('the folder data/threads')],
	[importSourceNames.assay, t('a JSON export')],
];

/** Takes dropped or picked files or folders. */
function FileChoice({ brief }: { brief: boolean }) {
	const { importExport } = useServices();
	return (
		<>
			<FileDrop
				accept=".json,.jsonl,.zip"
				filesLabel={t('Files to import')}
				folderLabel={t('Folder to import')}
				onFiles={(files) => void importExport.read(selectExportFiles(files))}
			/>
			{brief ? null : <Places />}
		</>
	);
}

function Places() {
	return (
		<dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-xs">
			{places.map(([program, place]) => (
				<div key={program} className="contents">
					<dt className="font-medium text-ink-2">{program}</dt>
					<dd className="text-ink-3">{place}</dd>
				</div>
			))}
		</dl>
	);
}
