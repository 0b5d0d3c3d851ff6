import { createStore } from 'zustand/vanilla';
import type { Status } from '../electron/contract/system.ts';
import { createActivityLog } from './activity/log/log.ts';
import { createUsage } from './activity/usage/usage.ts';
import { createLayout } from './app/layout.ts';
import { createToasts } from './app/toast/toasts.ts';
import { createComparisons } from './comparison/comparisons.ts';
import { createSweepStore } from './comparison/sweep/sweeps.ts';
import { windowBridge } from './connection/bridge.ts';
import type { Connection } from './connection/connection.ts';
import { createAttachments, placeOf } from './conversation/composer/attachment/attachments.ts';
import { createMeasure } from './conversation/composer/meter/measure.ts';
import { createConversationList } from './conversation/conversation-list.ts';
import { createDrafts } from './conversation/drafts.ts';
import { createOrganisation } from './conversation/organise/organisation.ts';
import { createSelection } from './conversation/organise/selection.ts';
import { createThread } from './conversation/thread.ts';
import { createTrash } from './conversation/trash/trash.ts';
import { createAdding } from './dataset/add/adding.ts';
import { createChecks } from './dataset/check/checks.ts';
import { createDatasets, shownDataset, shownVersion } from './dataset/datasets.ts';
import { createDatasetImport } from './dataset/import/import-flow.ts';
import { createJobWatch } from './dataset/jobs.ts';
import { createSampleList } from './dataset/sample/samples.ts';
import { createEvaluations } from './evaluation/evaluations.ts';
import { createEndNotice } from './evaluation/progress/end-notice.ts';
import { announceEnd, showRun } from './evaluation/run-actions.ts';
import { createExchange } from './exchange/exchange.ts';
import { createFeedback } from './feedback/feedback.ts';
import { createFeedbackReport } from './feedback/report/feedback-report.ts';
import { followEvents } from './follow-events.ts';
import { createModelLibrary } from './model/model-library.ts';
import { createPresets } from './preset/presets.ts';
import { createPreview } from './prompt/preview/preview.ts';
import { createPrompts } from './prompt/prompts.ts';
import { createSearch } from './search/search.ts';
import type { Services } from './services.ts';
import { createSettings } from './setting/settings.ts';

/** Makes every store, and keeps them fresh: all of them on each connect, the touched ones on each event. */
export function createServices(connection: Connection): Services {
	const toasts = createToasts();
	const layout = createLayout(location, history);
	const attachments = createAttachments(connection);
	const thread = createThread(connection, toasts.fail, attachments.ownText);
	const models = createModelLibrary(connection, toasts.fail);
	const drafts = createDrafts(connection, sessionStorage, toasts.fail);
	const datasets = createDatasets(connection);
	const datasetJobs = createJobWatch(connection);
	// The window's program shows its own; its page has none to ask for.
	const inBrowser = windowBridge() === undefined && 'Notification' in globalThis;
	const endNotice = createEndNotice(inBrowser ? Notification : undefined);
	const services: Services = {
		connection,
		status: createStore<Status | null>(() => null),
		layout,
		toasts,
		activityLog: createActivityLog(connection),
		activityUsage: createUsage(connection),
		conversations: createConversationList(connection),
		organisation: createOrganisation(connection, localStorage, toasts.fail),
		selection: createSelection(),
		trash: createTrash(connection),
		search: createSearch(connection),
		thread,
		drafts,
		attachments,
		measure: createMeasure({ connection, thread, drafts, attachments, models }),
		exchange: createExchange(connection, toasts),
		datasets,
		samples: createSampleList(connection),
		datasetJobs,
		datasetImport: createDatasetImport(connection, datasetJobs, toasts, ({ dataset }) => {
			void datasets.changed(dataset.id).then(() => layout.go({ section: 'datasets', datasetId: dataset.id }));
		}),
		datasetChecks: createChecks(connection, datasetJobs),
		adding: createAdding(connection, localStorage),
		comparisons: createComparisons(connection, localStorage, toasts.fail),
		sweeps: createSweepStore(connection, (modelId, { title, failure }) => {
			const show = { label: 'Show', run: () => void services.sweeps.open(modelId) };
			if (failure === null) toasts.show({ text: `${title}: measured`, action: show });
			else toasts.fail(`${title}: ${failure.message}`);
		}),
		endNotice,
		evaluations: createEvaluations(connection, toasts.fail, (run) => {
			announceEnd({ layout, toasts }, run);
			endNotice.tell(run, () => showRun({ layout }, run.id));
		}),
		feedback: createFeedback(connection, toasts.fail),
		feedbackReport: createFeedbackReport(connection),
		models,
		presets: createPresets(connection),
		prompts: createPrompts(connection, sessionStorage),
		promptPreview: createPreview(connection),
		settings: createSettings(connection, toasts.fail),
	};
	followEvents(services, () => showAttachments(services));
	// What is done with a selection is done with what one sees.
	services.organisation.state.subscribe((now, before) => {
		if (now.view !== before.view) services.selection.clear();
	});
	services.search.state.subscribe(({ status }) => {
		if (status !== 'off') services.selection.clear();
	});
	// The rows follow the version on the screen, and are fetched again when it changes.
	services.datasets.state.subscribe((now, before) => {
		const [version, old] = [shownVersion(now), shownVersion(before)];
		if (now.versions.length === 0) return;
		if (version?.id !== services.samples.state.getState().versionId)
			void services.samples.show(shownDataset(now)?.id ?? null, version?.id ?? null);
		else if (version?.revision !== old?.revision) void services.samples.refresh();
	});
	services.layout.state.subscribe((now, before) => {
		if (now.route !== before.route) void showRoute(services);
	});
	services.thread.state.subscribe((now, before) => {
		if (placeOf(now) !== placeOf(before)) {
			// A temporary conversation leaves nothing behind.
			if (placeOf(before) === 'temporary') services.attachments.forget('temporary');
			void showAttachments(services);
		}
		if (now.status !== 'ready') return;
		const answers = now.messages.filter(({ role, status }) => role === 'assistant' && status !== 'streaming');
		const ids = answers.map(({ id }) => id);
		void services.feedback.show(ids);
		void services.adding.show(ids);
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
	toasts.show({
		text: 'Temporary conversation closed. It was not saved.',
		action: { label: 'Go back', run: goBack },
	});
}

/** Files that wait in the conversation on the screen; counted anew, too, because the connection may be a new one. */
async function showAttachments({ attachments, measure, thread }: Services): Promise<void> {
	const place = placeOf(thread.state.getState());
	if (place !== null) await attachments.show(place);
	measure.refresh();
}
