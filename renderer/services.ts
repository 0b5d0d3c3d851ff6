import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { Status } from '../electron/contract/system/schema.ts';
import type { ActivityLogStore } from './activity/log-store.ts';
import type { UsageStore } from './activity/usage-store.ts';
import type { TrainingStore } from './adaptation/training-store.ts';
import type { LayoutStore } from './app/layout-store.ts';
import type { ToastStore } from './app/toast-store.ts';
import type { ComparisonStore } from './comparison/comparison-store.ts';
import type { SweepStore } from './comparison/settings-sweep-store.ts';
import type { Connection } from './connection/connection.ts';
import type { AttachmentStore } from './conversation/composer/attachment-store.ts';
import type { DraftStore } from './conversation/composer/draft-store.ts';
import type { TokenCountStore } from './conversation/composer/token-count-store.ts';
import type { ToolOffersStore } from './conversation/composer/tool-offers-store.ts';
import type { ShownSource } from './conversation/ledger/shown-source.ts';
import type { ConversationListStore } from './conversation/list/conversation-list-store.ts';
import type { OrganisationStore } from './conversation/organise/organisation-store.ts';
import type { SelectionStore } from './conversation/organise/selection-store.ts';
import type { SummaryStore } from './conversation/overflow/summary-store.ts';
import type { ThreadStore } from './conversation/thread/thread-store.ts';
import type { TrashStore } from './conversation/trash-store.ts';
import type { AddToDatasetStore } from './dataset/add-to-dataset-store.ts';
import type { CheckStore } from './dataset/check-store.ts';
import type { DatasetStore } from './dataset/dataset-store.ts';
import type { DatasetImportStore } from './dataset/import-store.ts';
import type { JobWatch } from './dataset/job-watch.ts';
import type { SampleListStore } from './dataset/sample-list-store.ts';
import type { DocumentStore } from './documents/document-store.ts';
import type { EndNotification } from './evaluation/end-notification.ts';
import type { EvaluationStore } from './evaluation/evaluation-store.ts';
import type { FeedbackReportStore } from './feedback/feedback-report-store.ts';
import type { FeedbackStore } from './feedback/feedback-store.ts';
import type { ImportExportStore } from './import-export/import-export-store.ts';
import type { LibraryStore } from './library/library-store.ts';
import type { MemoryStore } from './memory/memory-store.ts';
import type { PresetStore } from './preset/preset-store.ts';
import type { PreviewStore } from './prompt/preview-store.ts';
import type { PromptStore } from './prompt/prompt-store.ts';
import type { SearchStore } from './search/search-store.ts';
import type { ServerPageStore } from './server/server-store.ts';
import type { SettingsStore } from './settings/settings-store.ts';
import type { UpdateStore } from './settings/update-store.ts';
import type { ToolsStore } from './tools/tools-store.ts';
import type { PageStore } from './writing/page-store.ts';

/** All stores of the page, one per feature. Created once; the object never changes, so reading it renders nothing. */
export interface Services {
	readonly connection: Connection;
	/** null until fetched. */
	readonly status: StoreApi<Status | null>;
	readonly layout: LayoutStore;
	readonly toasts: ToastStore;
	readonly trainings: TrainingStore;
	readonly activityLog: ActivityLogStore;
	/** Usage by answers. */
	readonly activityUsage: UsageStore;
	readonly conversations: ConversationListStore;
	readonly organisation: OrganisationStore;
	readonly selection: SelectionStore;
	readonly trash: TrashStore;
	readonly search: SearchStore;
	readonly thread: ThreadStore;
	readonly drafts: DraftStore;
	readonly attachments: AttachmentStore;
	readonly tokenCount: TokenCountStore;
	readonly toolOffers: ToolOffersStore;
	/** The source of an answer that is open beside the thread; null: none. */
	readonly shownSource: StoreApi<ShownSource | null>;
	/** The summary that is open, and changes of summaries. */
	readonly summaries: SummaryStore;
	readonly importExport: ImportExportStore;
	readonly datasets: DatasetStore;
	/** Rows of the dataset on the screen. */
	readonly samples: SampleListStore;
	readonly datasetJobs: JobWatch;
	/** Collections of documents, the open one, and the search in it. */
	readonly documents: DocumentStore;
	/** What is remembered about the person. */
	readonly memory: MemoryStore;
	readonly datasetImport: DatasetImportStore;
	readonly datasetChecks: CheckStore;
	/** Adds samples made from answers. */
	readonly addingToDataset: AddToDatasetStore;
	readonly comparisons: ComparisonStore;
	/** Finds the load settings with which a model is fastest. */
	readonly sweeps: SweepStore;
	readonly endNotification: EndNotification;
	readonly evaluations: EvaluationStore;
	readonly feedback: FeedbackStore;
	readonly feedbackReport: FeedbackReportStore;
	readonly models: LibraryStore;
	/** Pages to write on. */
	readonly pages: PageStore;
	readonly presets: PresetStore;
	readonly prompts: PromptStore;
	/** Preview of the edited prompt with a sample. */
	readonly promptPreview: PreviewStore;
	/** Requests of other programs. */
	readonly serverPage: ServerPageStore;
	readonly settings: SettingsStore;
	/** Tools of models, their servers and permissions. */
	readonly tools: ToolsStore;
	/** New versions of Assay. */
	readonly updates: UpdateStore;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
	const services = useContext(ServicesContext);
	if (services === null) throw new Error('a component that needs the services stands outside their context');
	return services;
}
