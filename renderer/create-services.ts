import { createStore } from 'zustand/vanilla';
import type { Status } from '../electron/contract/system/schema.ts';
import { createActivityLogStore } from './activity/log-store.ts';
import { createUsageStore } from './activity/usage-store.ts';
import { announceTrainingEnd } from './adaptation/training-commands.ts';
import { createTrainingStore } from './adaptation/training-store.ts';
import { createLayoutStore } from './app/layout-store.ts';
import { createToastStore } from './app/toast-store.ts';
import { createComparisonStore } from './comparison/comparison-store.ts';
import { createSweepStore } from './comparison/settings-sweep-store.ts';
import type { Connection } from './connection/connection.ts';
import { getWindowBridge } from './connection/window-bridge.ts';
import { createAttachmentStore, findAttachmentPlace } from './conversation/composer/attachment-store.ts';
import { createDraftStore } from './conversation/composer/draft-store.ts';
import { createTokenCountStore } from './conversation/composer/token-count-store.ts';
import { createToolOffersStore } from './conversation/composer/tool-offers-store.ts';
import type { ShownSource } from './conversation/ledger/shown-source.ts';
import { createConversationListStore } from './conversation/list/conversation-list-store.ts';
import { createOrganisationStore } from './conversation/organise/organisation-store.ts';
import { createSelectionStore } from './conversation/organise/selection-store.ts';
import { createSummaryStore } from './conversation/overflow/summary-store.ts';
import { createThreadStore } from './conversation/thread/thread-store.ts';
import { createTrashStore } from './conversation/trash-store.ts';
import { createAddToDatasetStore } from './dataset/add-to-dataset-store.ts';
import { createCheckStore } from './dataset/check-store.ts';
import { createDatasetStore, shownDataset, shownVersion } from './dataset/dataset-store.ts';
import { createDatasetImportStore } from './dataset/import-store.ts';
import { createJobWatch } from './dataset/job-watch.ts';
import { createSampleListStore } from './dataset/sample-list-store.ts';
import { createDocumentStore } from './documents/document-store.ts';
import { createEndNotification } from './evaluation/end-notification.ts';
import { createEvaluationStore } from './evaluation/evaluation-store.ts';
import { announceRunEnd, openRun } from './evaluation/run-actions.ts';
import { createFeedbackReportStore } from './feedback/feedback-report-store.ts';
import { createFeedbackStore } from './feedback/feedback-store.ts';
import { followEvents } from './follow-events.ts';
import { createImportExportStore } from './import-export/import-export-store.ts';
import { createLibraryStore } from './library/library-store.ts';
import { createMemoryStore } from './memory/memory-store.ts';
import { t } from './messages/t.ts';
import { createPresetStore } from './preset/preset-store.ts';
import { createPreviewStore } from './prompt/preview-store.ts';
import { createPromptStore } from './prompt/prompt-store.ts';
import { followProvisional } from './prompt/provisional-prompt.ts';
import { createSearchStore } from './search/search-store.ts';
import { createServerPageStore } from './server/server-store.ts';
import type { Services } from './services.ts';
import { createSettingsStore } from './settings/settings-store.ts';
import { createUpdateStore } from './settings/update-store.ts';
import { createToolsStore } from './tools/tools-store.ts';
import { createPageStore } from './writing/page-store.ts';

/** Creates every store and keeps them fresh: all of them on each connect, affected ones on each event. */
export function createServices(connection: Connection): Services {
	const layout = createLayoutStore(location, history);
	const toasts = createToastStore(() => layout.state.getState().route.section);
	const attachments = createAttachmentStore(connection);
	const thread = createThreadStore(connection, toasts.fail, attachments.ownText);
	const models = createLibraryStore(connection, toasts.fail);
	const settings = createSettingsStore(connection, toasts.fail);
	const drafts = createDraftStore(connection, sessionStorage, toasts.fail);
	const datasets = createDatasetStore(connection);
	const datasetJobs = createJobWatch(connection);
	// In the window, the main process shows notifications; the page needs no permission.
	const inBrowser = getWindowBridge() === undefined && 'Notification' in globalThis;
	const endNotification = createEndNotification(inBrowser ? Notification : undefined);
	const services: Services = {
		connection,
		status: createStore<Status | null>(() => null),
		layout,
		toasts,
		trainings: createTrainingStore(connection, toasts.fail, (run) => announceTrainingEnd(services, run)),
		activityLog: createActivityLogStore(connection),
		activityUsage: createUsageStore(connection),
		conversations: createConversationListStore(connection),
		organisation: createOrganisationStore(connection, settings, toasts.fail),
		selection: createSelectionStore(),
		trash: createTrashStore(connection),
		search: createSearchStore(connection),
		thread,
		drafts,
		attachments,
		shownSource: createStore<ShownSource | null>(() => null),
		summaries: createSummaryStore(),
		tokenCount: createTokenCountStore({ connection, thread, drafts, attachments, models }),
		toolOffers: createToolOffersStore(connection, thread, () => services.tokenCount.refresh()),
		importExport: createImportExportStore(connection, toasts),
		datasets,
		samples: createSampleListStore(connection),
		datasetJobs,
		datasetImport: createDatasetImportStore(connection, datasetJobs, toasts, ({ dataset }) => {
			void datasets.changed(dataset.id).then(() => layout.go({ section: 'datasets', datasetId: dataset.id }));
		}),
		datasetChecks: createCheckStore(connection, datasetJobs),
		documents: createDocumentStore(connection, toasts.fail),
		addingToDataset: createAddToDatasetStore(connection, settings),
		comparisons: createComparisonStore(connection, settings, toasts.fail),
		sweeps: createSweepStore(connection, (modelId, { title, failure }) => {
			const show = { label: t('Show'), run: () => void services.sweeps.open(modelId) };
			if (failure === null) toasts.show({ text: t('{title}: measured', { title }), action: show, everywhere: true });
			else toasts.fail(t('{title}: {problem}', { title, problem: failure.message }));
		}),
		endNotification,
		evaluations: createEvaluationStore(connection, toasts.fail, (run) => {
			announceRunEnd({ layout, toasts }, run);
			endNotification.tell(run, () => openRun({ layout }, run.id));
		}),
		feedback: createFeedbackStore(connection, toasts.fail),
		feedbackReport: createFeedbackReportStore(connection),
		memory: createMemoryStore(connection, thread),
		models,
		pages: createPageStore(connection, sessionStorage, toasts.fail),
		presets: createPresetStore(connection),
		prompts: createPromptStore(connection, sessionStorage, toasts.fail),
		promptPreview: createPreviewStore(connection),
		serverPage: createServerPageStore(connection),
		settings,
		tools: createToolsStore(connection),
		updates: createUpdateStore(connection, toasts.fail, (version) =>
			toasts.note({
				text: t('Assay {version} is available', { version }),
				everywhere: true,
				action: { label: t('What’s new'), run: () => layout.go({ section: 'settings', part: 'updates' }) },
			}),
		),
	};
	followProvisional(services, sessionStorage);
	followEvents(services, () => showAttachments(services));
	// Clear the selection when the view changes: bulk actions apply only to what is visible.
	services.organisation.state.subscribe((now, before) => {
		if (now.view !== before.view) services.selection.clear();
	});
	services.search.state.subscribe(({ status }) => {
		if (status !== 'off') services.selection.clear();
	});
	// The rows follow the version on the screen and are fetched again when it changes.
	services.datasets.state.subscribe((now, before) => {
		const [version, old] = [shownVersion(now), shownVersion(before)];
		if (now.versions.length === 0) return;
		if (version?.id !== services.samples.state.getState().versionId)
			void services.samples.show(shownDataset(now)?.id ?? null, version?.id ?? null);
		else if (version?.revision !== old?.revision) void services.samples.refresh();
	});
	services.layout.state.subscribe((now, before) => {
		if (now.route === before.route) return;
		if (now.route.section !== before.route.section) toasts.leave(before.route.section);
		void showRoute(services);
	});
	services.thread.state.subscribe((now, before) => {
		if (findAttachmentPlace(now) !== findAttachmentPlace(before)) {
			// A temporary conversation leaves nothing behind.
			if (findAttachmentPlace(before) === 'temporary') services.attachments.forget('temporary');
			void showAttachments(services);
			// A source belongs to an answer of the conversation that was open.
			services.shownSource.setState(null, true);
		}
		if (now.status !== 'ready') return;
		const answers = now.messages.filter(({ role, status }) => role === 'assistant' && status !== 'streaming');
		const ids = answers.map(({ id }) => id);
		void services.feedback.show(ids);
		void services.addingToDataset.show(ids);
	});
	void showRoute(services);
	return services;
}

async function showRoute({ layout, thread, toasts }: Services): Promise<void> {
	const { route } = layout.state.getState();
	if (route.section !== 'chat') return;
	if (route.temporary) return thread.openTemporary();
	const back = thread.wayBack();
	await thread.open(route.conversationId);
	if (back === null) return;
	const goBack = () => {
		back();
		layout.go({ section: 'chat', conversationId: null, temporary: true });
	};
	toasts.note({
		text: t('Temporary conversation closed without saving'),
		everywhere: true,
		action: { label: t('Go back'), run: goBack },
	});
}

/**
 * Shows the pending files of the conversation on the screen. Counts tokens again, because the connection may be new.
 */
async function showAttachments({ attachments, tokenCount, thread }: Services): Promise<void> {
	const place = findAttachmentPlace(thread.state.getState());
	if (place !== null) await attachments.show(place);
	tokenCount.refresh();
}
