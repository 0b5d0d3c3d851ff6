import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	DatasetImportReport,
	ImportOptions,
	ImportPreview,
	Mapping,
	TableOptions,
} from '../../electron/contract/dataset/schema.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { ToastStore } from '../app/toast-store.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { type ChosenFile, uploadFiles } from '../connection/upload.ts';
import { getWindowBridge } from '../connection/window-bridge.ts';
import { t } from '../messages/t.ts';
import type { JobWatch } from './job-watch.ts';

/** Step of the import. */
export type ImportStep =
	| { readonly step: 'choose'; readonly failure: FailureFacts | null }
	| { readonly step: 'uploading'; readonly sent: number; readonly total: number; readonly cancel: AbortController }
	| { readonly step: 'reading' | 'importing'; readonly job: Job }
	/** `failure`: why the file could not be read that way, or the import could not start. */
	| {
			readonly step: 'preview';
			readonly previewId: string;
			readonly preview: ImportPreview;
			readonly rereading: boolean;
			readonly failure: FailureFacts | null;
	  }
	| { readonly step: 'report'; readonly report: DatasetImportReport };

export interface ImportState {
	/** Whether the dialog is open; work continues while it is closed. */
	readonly open: boolean;
	/** The dataset from which the import was started; null: a new one. */
	readonly intoId: number | null;
	readonly flow: ImportStep;
}

export interface DatasetImportStore {
	readonly state: StoreApi<ImportState>;
	/** Follows an import that was started before the page was reloaded. */
	refresh(): Promise<void>;
	/** Opens the dialog for a new dataset, or for more samples of this one. */
	begin(intoId: number | null): void;
	hide(): void;
	read(what: readonly ChosenFile[] | { readonly text: string }): Promise<void>;
	/** Reads the same files again with another mapping or other table options. */
	reread(mapping: Mapping | null, table: TableOptions | null): Promise<void>;
	start(options: ImportOptions): Promise<void>;
	/** Cancels running work and returns to the choice of files. */
	cancel(): Promise<void>;
}

const choose: ImportStep = { step: 'choose', failure: null };

/** `arrived` is called with the imported samples. */
export function createDatasetImportStore(
	{ client }: Connection,
	jobs: JobWatch,
	toasts: ToastStore,
	arrived: (report: DatasetImportReport) => void,
): DatasetImportStore {
	const state = createStore<ImportState>(() => ({ open: false, intoId: null, flow: choose }));
	const go = (flow: ImportStep): void => state.setState({ flow });
	/** Number of the latest reading; results of earlier ones are ignored. */
	let reading = 0;

	function fail(error: unknown): void {
		if (isConnectionLoss(error)) return;
		const failure = toFailure(error);
		go({ step: 'choose', failure });
		if (!state.getState().open) toasts.fail(failure.message);
	}

	async function begun(what: readonly ChosenFile[] | { readonly text: string }): Promise<Job> {
		if ('text' in what) return client.datasets.imports.preview({ text: what.text });
		const bridge = getWindowBridge();
		if (bridge) return client.datasets.imports.preview({ paths: what.map(({ file }) => bridge.pathOfFile(file)) });
		const cancel = new AbortController();
		go({ step: 'uploading', sent: 0, total: 0, cancel });
		const onProgress = (sent: number, total: number) => go({ step: 'uploading', sent, total, cancel });
		const uploadId = await uploadFiles(what, onProgress, cancel.signal);
		return client.datasets.imports.preview({ uploadId });
	}

	/** Follows the import until it is complete or rolled back. */
	async function follow(job: Job): Promise<void> {
		try {
			go({ step: 'importing', job });
			if (!(await jobs.end(job))) {
				toasts.show({ text: t('Import cancelled. Nothing was imported.') });
				return go(choose);
			}
			const report = await client.datasets.imports.report({ jobId: job.id });
			const seen = state.getState().open;
			const quiet = report.skipped + report.duplicates + report.renamed + report.problems.length === 0;
			go({ step: 'report', report });
			if (seen && quiet) state.setState({ open: false });
			if (!seen || quiet)
				toasts.show({ text: t('{added, plural, one {# sample} other {# samples}} imported', { added: report.added }) });
			arrived(report);
		} catch (error) {
			fail(error);
		}
	}

	return {
		state,
		async refresh() {
			try {
				const running = (await client.jobs.list()).jobs.find(
					({ endedAt, kind }) => endedAt === null && kind === 'dataset-import',
				);
				if (running !== undefined && state.getState().flow.step === 'choose') await follow(running);
			} catch {
				// Only matters if an import is running; the next connection asks again.
			}
		},
		begin(intoId) {
			const { flow } = state.getState();
			const restart = flow.step === 'report' || flow.step === 'choose';
			state.setState({ open: true, ...(restart ? { intoId, flow: choose } : {}) });
		},
		hide: () => state.setState({ open: false }),
		async read(what) {
			try {
				const job = await begun(what);
				go({ step: 'reading', job });
				if (!(await jobs.end(job))) return go(choose);
				const preview = await client.datasets.imports.previewed({ jobId: job.id });
				go({ step: 'preview', previewId: job.id, preview, rereading: false, failure: null });
				if (state.getState().open) return;
				const show = () => state.setState({ open: true });
				toasts.show({ text: t('Import ready to review'), action: { label: t('Show'), run: show } });
			} catch (error) {
				const { flow } = state.getState();
				if (flow.step === 'uploading' && flow.cancel.signal.aborted) go(choose);
				else fail(error);
			}
		},
		async reread(mapping, table) {
			const { flow } = state.getState();
			if (flow.step !== 'preview') return;
			reading += 1;
			const own = reading;
			go({ ...flow, rereading: true });
			const settle = (part: Partial<Pick<typeof flow, 'preview' | 'failure'>>): void => {
				const now = state.getState().flow;
				if (own === reading && now.step === 'preview') go({ ...now, rereading: false, ...part });
			};
			try {
				const input = { jobId: flow.previewId, mapping, table };
				settle({ preview: await client.datasets.imports.reread(input), failure: null });
			} catch (error) {
				settle({ failure: toFailure(error) });
			}
		},
		async start(options) {
			const { flow } = state.getState();
			if (flow.step !== 'preview') return;
			let job: Job;
			try {
				job = await client.datasets.imports.start({ ...options, previewId: flow.previewId });
			} catch (error) {
				return go({ ...flow, failure: toFailure(error) });
			}
			await follow(job);
		},
		async cancel() {
			const { flow } = state.getState();
			try {
				if (flow.step === 'uploading') flow.cancel.abort();
				else if (flow.step === 'reading' || flow.step === 'importing') await jobs.cancel(flow.job.id);
				else {
					go(choose);
					if (flow.step === 'preview') await client.datasets.imports.discard({ previewId: flow.previewId });
				}
			} catch (error) {
				fail(error);
			}
		},
	};
}
