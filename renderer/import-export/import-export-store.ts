import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ExportFormat, ImportReport } from '../../electron/contract/import-export/schema.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { ToastStore } from '../app/toast-store.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { saveExport } from '../connection/save-file.ts';
import { type ChosenFile, uploadFiles } from '../connection/upload.ts';
import { getWindowBridge } from '../connection/window-bridge.ts';
import { formatBytes } from '../design/format.ts';
import { t } from '../messages/t.ts';

/** Step of the shown import. */
export type ImportFlow =
	| { readonly step: 'choose'; readonly failure: FailureFacts | null }
	| { readonly step: 'uploading'; readonly sent: number; readonly total: number; readonly cancel: AbortController }
	| { readonly step: 'reading' | 'importing'; readonly jobId: string }
	| { readonly step: 'preview'; readonly previewId: string; readonly report: ImportReport }
	| { readonly step: 'report'; readonly report: ImportReport };

export type ExportFlow =
	| { readonly step: 'choose'; readonly failure: FailureFacts | null }
	| { readonly step: 'running'; readonly jobId: string };

export interface ImportExportState {
	/** The open dialog; jobs of both continue while it is closed. */
	readonly shown: 'import' | 'export' | null;
	readonly import: ImportFlow;
	readonly export: ExportFlow;
	/** Ids of the conversations selected for export, offered next to exporting all. */
	readonly chosen: readonly number[];
	readonly jobs: Readonly<Record<string, Job>>;
}

export interface ImportExportStore {
	readonly state: StoreApi<ImportExportState>;
	refresh(): Promise<void>;
	applyJob(job: Job): void;
	showImport(): void;
	/** Opens the export dialog for these conversations, or for all. */
	showExport(ids: readonly number[]): void;
	hide(): void;
	/** Reads the chosen files and shows their contents. */
	read(files: readonly ChosenFile[]): Promise<void>;
	startImport(): Promise<void>;
	/** Cancels the running import, or discards a preview. */
	cancelImport(): Promise<void>;
	/** `ids` null: all conversations. */
	startExport(ids: readonly number[] | null, format: ExportFormat): Promise<void>;
	cancelExport(): Promise<void>;
}

/** Other jobs (datasets, runs) are shown on their own screens. */
const isImportExport = ({ kind }: Job): boolean => kind === 'preview' || kind === 'import' || kind === 'export';

const start: ImportFlow = { step: 'choose', failure: null };

export function createImportExportStore({ client }: Connection, toasts: ToastStore): ImportExportStore {
	const state = createStore<ImportExportState>(() => ({
		shown: null,
		import: start,
		export: { step: 'choose', failure: null },
		chosen: [],
		jobs: {},
	}));
	/** Jobs whose end was handled: it arrives both as an event and as a response. */
	const handled = new Set<string>();
	const setImport = (flow: ImportFlow): void => state.setState({ import: flow });

	function failImport(error: unknown): void {
		if (!isConnectionLoss(error)) setImport({ step: 'choose', failure: toFailure(error) });
	}

	function applyJob(job: Job): void {
		if (!isImportExport(job)) return;
		const before = state.getState();
		const known = before.jobs[job.id];
		// An event may arrive after a newer response.
		if (known?.endedAt != null && job.endedAt === null) return;
		state.setState({ jobs: { ...before.jobs, [job.id]: job } });
		if (job.endedAt === null || handled.has(job.id)) return;
		const { import: flow, export: out } = before;
		const ended =
			'jobId' in flow && flow.jobId === job.id
				? importEnded
				: out.step === 'running' && out.jobId === job.id
					? exportEnded
					: null;
		if (ended === null) return;
		handled.add(job.id);
		void ended(job);
	}

	async function importEnded(job: Job): Promise<void> {
		const { shown } = state.getState();
		if (job.state === 'failed') {
			setImport({ step: 'choose', failure: job.failure });
			if (shown !== 'import') toasts.fail(job.failure?.message ?? t('The import failed.'));
			return;
		}
		if (job.state === 'cancelled') {
			setImport(start);
			if (job.kind === 'import') toasts.note({ text: t('Import cancelled. Nothing was imported.') });
			return;
		}
		try {
			const report = await client.exchange.report({ jobId: job.id });
			setImport(job.kind === 'preview' ? { step: 'preview', previewId: job.id, report } : { step: 'report', report });
			if (shown === 'import') return;
			const text =
				job.kind === 'preview'
					? t('Import ready to review')
					: t('{count, plural, one {# conversation} other {# conversations}} imported', {
							count: report.conversations,
						});
			toasts.show({ text, action: { label: t('Show'), run: () => state.setState({ shown: 'import' }) } });
		} catch (error) {
			failImport(error);
		}
	}

	async function exportEnded(job: Job): Promise<void> {
		const { shown } = state.getState();
		if (job.state === 'failed') {
			state.setState({ export: { step: 'choose', failure: job.failure } });
			if (shown !== 'export') toasts.fail(job.failure?.message ?? t('The export failed.'));
			return;
		}
		state.setState({ export: { step: 'choose', failure: null }, shown: shown === 'export' ? null : shown });
		if (job.state === 'cancelled') return toasts.note({ text: t('Export cancelled') });
		try {
			const exported = await client.exchange.exported({ jobId: job.id });
			const saved = await saveExport(exported);
			if (saved === null) return;
			const what = t('{conversations, plural, one {# conversation} other {# conversations}} exported, {size}', {
				conversations: exported.conversations,
				size: formatBytes(exported.sizeBytes),
			});
			toasts.show({ text: saved === '' ? what : `${what}: ${saved}` });
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}

	async function follow(job: Job): Promise<void> {
		// A short job may have ended before its id was known here.
		applyJob(job);
		applyJob(await client.jobs.get({ jobId: job.id }));
	}

	return {
		state,
		applyJob,
		async refresh() {
			try {
				const { jobs } = await client.jobs.list();
				const { import: flow, export: out } = state.getState();
				const running = jobs.find(({ kind, endedAt }) => kind === 'import' && endedAt === null);
				if (running && flow.step === 'choose') setImport({ step: 'importing', jobId: running.id });
				// The application has restarted, so its job is gone.
				if ('jobId' in flow && !jobs.some(({ id }) => id === flow.jobId)) setImport(start);
				if (out.step === 'running' && !jobs.some(({ id }) => id === out.jobId)) {
					state.setState({ export: { step: 'choose', failure: null } });
				}
				state.setState({ jobs: {} });
				for (const job of jobs) applyJob(job);
			} catch (error) {
				if (!isConnectionLoss(error)) toasts.fail(toFailure(error).message);
			}
		},
		showImport() {
			const { import: flow } = state.getState();
			state.setState({ shown: 'import', ...(flow.step === 'report' ? { import: start } : {}) });
		},
		showExport: (ids) => state.setState({ shown: 'export', chosen: ids }),
		hide: () => state.setState({ shown: null }),
		async read(files) {
			if (files.length === 0) return setImport({ step: 'choose', failure: nothingChosen });
			const bridge = getWindowBridge();
			try {
				if (bridge) {
					const paths = files.map(({ file }) => bridge.pathOfFile(file));
					const job = await client.exchange.preview({ paths });
					setImport({ step: 'reading', jobId: job.id });
					return await follow(job);
				}
				const cancel = new AbortController();
				setImport({ step: 'uploading', sent: 0, total: 0, cancel });
				const uploadId = await uploadFiles(
					files,
					(sent, total) => setImport({ step: 'uploading', sent, total, cancel }),
					cancel.signal,
				);
				const job = await client.exchange.preview({ uploadId });
				setImport({ step: 'reading', jobId: job.id });
				await follow(job);
			} catch (error) {
				const flow = state.getState().import;
				if (flow.step === 'uploading' && flow.cancel.signal.aborted) setImport(start);
				else failImport(error);
			}
		},
		async startImport() {
			const flow = state.getState().import;
			if (flow.step !== 'preview') return;
			try {
				const job = await client.exchange.import({ previewId: flow.previewId });
				setImport({ step: 'importing', jobId: job.id });
				await follow(job);
			} catch (error) {
				failImport(error);
			}
		},
		async cancelImport() {
			const flow = state.getState().import;
			state.setState({ shown: null });
			try {
				if (flow.step === 'uploading') flow.cancel.abort();
				else if ('jobId' in flow) applyJob(await client.jobs.cancel({ jobId: flow.jobId }));
				else {
					setImport(start);
					if (flow.step === 'preview') await client.exchange.discard({ previewId: flow.previewId });
				}
			} catch (error) {
				failImport(error);
			}
		},
		async startExport(ids, format) {
			try {
				const job = await client.exchange.export({ ids: ids === null ? null : [...ids], format });
				state.setState({ export: { step: 'running', jobId: job.id } });
				await follow(job);
			} catch (error) {
				state.setState({ export: { step: 'choose', failure: toFailure(error) } });
			}
		},
		async cancelExport() {
			const { export: out } = state.getState();
			if (out.step === 'running') applyJob(await client.jobs.cancel({ jobId: out.jobId }));
		},
	};
}

const nothingChosen: FailureFacts = {
	code: 'nothing-chosen',
	message: t('That folder contains no exported conversations.'),
	next: [t('Choose conversations.json, *.conversation.json, messages.jsonl or the .zip from ChatGPT')],
};
