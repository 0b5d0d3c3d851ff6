import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { Status } from '../electron/contract/system.ts';
import type { ActivityLog } from './activity/log/log.ts';
import type { UsageStore } from './activity/usage/usage.ts';
import type { Layout } from './app/layout.ts';
import type { Toasts } from './app/toast/toasts.ts';
import type { ComparisonStore } from './comparison/comparisons.ts';
import type { SweepStore } from './comparison/sweep/sweeps.ts';
import type { Connection } from './connection/connection.ts';
import type { AttachmentStore } from './conversation/composer/attachment/attachments.ts';
import type { Measure } from './conversation/composer/meter/measure.ts';
import type { ConversationList } from './conversation/conversation-list.ts';
import type { Drafts } from './conversation/drafts.ts';
import type { OpenThread } from './conversation/open-thread.ts';
import type { OrganisationStore } from './conversation/organise/organisation.ts';
import type { Selection } from './conversation/organise/selection.ts';
import type { TrashStore } from './conversation/trash/trash.ts';
import type { Adding } from './dataset/add/adding.ts';
import type { CheckStore } from './dataset/check/checks.ts';
import type { DatasetStore } from './dataset/datasets.ts';
import type { DatasetImport } from './dataset/import/import-flow.ts';
import type { JobWatch } from './dataset/jobs.ts';
import type { SampleList } from './dataset/sample/samples.ts';
import type { EvaluationStore } from './evaluation/evaluations.ts';
import type { EndNotice } from './evaluation/progress/end-notice.ts';
import type { ExchangeStore } from './exchange/exchange.ts';
import type { FeedbackStore } from './feedback/feedback.ts';
import type { FeedbackReport } from './feedback/report/feedback-report.ts';
import type { ModelLibrary } from './model/model-library.ts';
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
	readonly layout: Layout;
	readonly toasts: Toasts;
	readonly activityLog: ActivityLog;
	/** What answers took. */
	readonly activityUsage: UsageStore;
	readonly conversations: ConversationList;
	readonly organisation: OrganisationStore;
	readonly selection: Selection;
	readonly trash: TrashStore;
	readonly search: SearchStore;
	readonly thread: OpenThread;
	readonly drafts: Drafts;
	readonly attachments: AttachmentStore;
	readonly measure: Measure;
	readonly exchange: ExchangeStore;
	readonly datasets: DatasetStore;
	/** Rows of the dataset on the screen. */
	readonly samples: SampleList;
	readonly datasetJobs: JobWatch;
	readonly datasetImport: DatasetImport;
	readonly datasetChecks: CheckStore;
	/** Making samples of answers. */
	readonly adding: Adding;
	readonly comparisons: ComparisonStore;
	/** Finding the settings with which a model is fastest. */
	readonly sweeps: SweepStore;
	readonly endNotice: EndNotice;
	readonly evaluations: EvaluationStore;
	readonly feedback: FeedbackStore;
	readonly feedbackReport: FeedbackReport;
	readonly models: ModelLibrary;
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
