import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { Status } from '../electron/contract/system.ts';
import type { ActivityLogStore } from './activity/log/log.ts';
import type { UsageStore } from './activity/usage/usage.ts';
import type { LayoutStore } from './app/layout.ts';
import type { ToastStore } from './app/toast/toasts.ts';
import type { ComparisonStore } from './comparison/comparisons.ts';
import type { SweepStore } from './comparison/sweep/sweeps.ts';
import type { Connection } from './connection/connection.ts';
import type { AttachmentStore } from './conversation/composer/attachment/attachments.ts';
import type { TokenCountStore } from './conversation/composer/meter/measure.ts';
import type { ConversationListStore } from './conversation/conversation-list.ts';
import type { DraftStore } from './conversation/drafts.ts';
import type { OrganisationStore } from './conversation/organise/organisation.ts';
import type { SelectionStore } from './conversation/organise/selection.ts';
import type { ThreadStore } from './conversation/thread.ts';
import type { TrashStore } from './conversation/trash/trash.ts';
import type { AddToDatasetStore } from './dataset/add/adding.ts';
import type { CheckStore } from './dataset/check/checks.ts';
import type { DatasetStore } from './dataset/datasets.ts';
import type { DatasetImportStore } from './dataset/import/import-flow.ts';
import type { JobWatch } from './dataset/jobs.ts';
import type { SampleListStore } from './dataset/sample/samples.ts';
import type { EvaluationStore } from './evaluation/evaluations.ts';
import type { EndNotification } from './evaluation/progress/end-notice.ts';
import type { ImportExportStore } from './exchange/exchange.ts';
import type { FeedbackStore } from './feedback/feedback.ts';
import type { FeedbackReportStore } from './feedback/report/feedback-report.ts';
import type { LibraryStore } from './model/model-library.ts';
import type { PresetStore } from './preset/presets.ts';
import type { PreviewStore } from './prompt/preview/preview.ts';
import type { PromptStore } from './prompt/prompts.ts';
import type { SearchStore } from './search/search.ts';
import type { SettingsStore } from './setting/settings.ts';

/** Every store of the page, one per feature. Made once; the object never changes, so reading it renders nothing. */
export interface Services {
	readonly connection: Connection;
	/** null until it has been fetched. */
	readonly status: StoreApi<Status | null>;
	readonly layout: LayoutStore;
	readonly toasts: ToastStore;
	readonly activityLog: ActivityLogStore;
	/** What answers took. */
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
	readonly importExport: ImportExportStore;
	readonly datasets: DatasetStore;
	/** Rows of the dataset on the screen. */
	readonly samples: SampleListStore;
	readonly datasetJobs: JobWatch;
	readonly datasetImport: DatasetImportStore;
	readonly datasetChecks: CheckStore;
	/** Making samples of answers. */
	readonly addingToDataset: AddToDatasetStore;
	readonly comparisons: ComparisonStore;
	/** Finding the settings with which a model is fastest. */
	readonly sweeps: SweepStore;
	readonly endNotification: EndNotification;
	readonly evaluations: EvaluationStore;
	readonly feedback: FeedbackStore;
	readonly feedbackReport: FeedbackReportStore;
	readonly models: LibraryStore;
	readonly presets: PresetStore;
	readonly prompts: PromptStore;
	/** What the prompt being written becomes for a sample. */
	readonly promptPreview: PreviewStore;
	readonly settings: SettingsStore;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
	const services = useContext(ServicesContext);
	if (services === null) throw new Error('a component that needs the services stands outside their context');
	return services;
}
