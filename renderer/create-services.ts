import { createStore } from 'zustand/vanilla';
import type { ApplicationEvent } from '../electron/contract/event.ts';
import type { Status } from '../electron/contract/system.ts';
import { createLayout } from './app/layout.ts';
import { createToasts } from './app/toast/toasts.ts';
import { createComparisons } from './comparison/comparisons.ts';
import type { Connection } from './connection/connection.ts';
import { createAttachments, placeOf } from './conversation/composer/attachment/attachments.ts';
import { createMeasure } from './conversation/composer/meter/measure.ts';
import { createConversationList } from './conversation/conversation-list.ts';
import { createDrafts } from './conversation/drafts.ts';
import { createOrganisation } from './conversation/organise/organisation.ts';
import { createSelection } from './conversation/organise/selection.ts';
import { createThread } from './conversation/thread.ts';
import { shownId } from './conversation/thread-state.ts';
import { createTrash } from './conversation/trash/trash.ts';
import { createAdding } from './dataset/add/adding.ts';
import { createChecks } from './dataset/check/checks.ts';
import { createDatasets, shownDataset, shownVersion } from './dataset/datasets.ts';
import { createDatasetImport } from './dataset/import/import-flow.ts';
import { createJobWatch } from './dataset/jobs.ts';
import { createSampleList } from './dataset/sample/samples.ts';
import { createEvaluations } from './evaluation/evaluations.ts';
import { announceEnd } from './evaluation/run-actions.ts';
import { createExchange } from './exchange/exchange.ts';
import { createFeedback } from './feedback/feedback.ts';
import { createFeedbackReport } from './feedback/report/feedback-report.ts';
import { createModelLibrary } from './model/model-library.ts';
import { createPresets } from './preset/presets.ts';
import { createPreview } from './prompt/preview/preview.ts';
import { createPrompts } from './prompt/prompts.ts';
import { createSearch } from './search/search.ts';
import type { Services } from './services.ts';
import { createSettings } from './setting/settings.ts';

/** Events come in bursts (a title, a message, an end): what they make stale is fetched once per pause, ms. */
const burstMs = 60;

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
	const services: Services = {
		connection,
		status: createStore<Status | null>(() => null),
		layout,
		toasts,
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
		comparisons: createComparisons(connection, toasts.fail),
		evaluations: createEvaluations(connection, toasts.fail, (run) => announceEnd({ layout, toasts }, run)),
		feedback: createFeedback(connection, toasts.fail),
		feedbackReport: createFeedbackReport(connection),
		models,
		presets: createPresets(connection),
		prompts: createPrompts(connection, sessionStorage),
		promptPreview: createPreview(connection),
		settings: createSettings(connection, toasts.fail),
	};
	const stale = refresher(services);

	connection.onReady((signal) => {
		void listen(connection, signal, (event) => apply(services, event, stale));
		for (const part of [
			'feedback',
			'settings',
			'models',
			'presets',
			'comparisons',
			'evaluations',
			'list',
			'organisation',
			'drafts',
			'thread',
			'attachments',
			'datasets',
			'prompts',
		] as const)
			stale(part, 0);
		void services.exchange.refresh();
		void services.datasetJobs.refresh();
		void services.datasetImport.refresh();
		connection.client.system.status().then(
			(status) => services.status.setState(status, true),
			() => {},
		);
	});
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
		text: 'Temporary conversation closed. It is kept nowhere.',
		action: { label: 'Go back', run: goBack },
	});
}

/** Files that wait in the conversation on the screen; counted anew, too, because the connection may be a new one. */
async function showAttachments({ attachments, measure, thread }: Services): Promise<void> {
	const place = placeOf(thread.state.getState());
	if (place !== null) await attachments.show(place);
	measure.refresh();
}

async function listen(
	connection: Connection,
	signal: AbortSignal,
	apply: (event: ApplicationEvent) => void,
): Promise<void> {
	try {
		for await (const event of await connection.client.system.events(undefined, { signal })) apply(event);
	} catch {
		// The link is gone: the connection says so, and listens again when it is back.
	}
}

type Part =
	| 'places'
	| 'feedback'
	| 'settings'
	| 'models'
	| 'presets'
	| 'comparisons'
	| 'evaluations'
	| 'list'
	| 'organisation'
	| 'drafts'
	| 'thread'
	| 'attachments'
	| 'datasets'
	| 'prompts';

function apply(services: Services, event: ApplicationEvent, stale: (part: Part) => void): void {
	services.search.notice(event);
	switch (event.type) {
		case 'conversation-changed':
		case 'generation-started':
		case 'generation-ended':
			stale('list');
			// What the list of the loose ones does not hold may be pinned, in a folder, or new there.
			if (!services.conversations.state.getState().conversations.some(({ id }) => id === event.conversationId)) {
				stale('organisation');
			}
			stale('feedback');
			if (event.conversationId === shownId(services.thread.state.getState())) stale('thread');
			break;
		case 'organisation-changed':
			for (const part of ['places', 'organisation', 'thread'] as const) stale(part);
			services.trash.noteChange();
			break;
		case 'feedback-changed':
			void services.feedback.refresh(event.messageId);
			stale('feedback');
			break;
		case 'models-changed':
			stale('models');
			break;
		case 'comparison-changed':
			void services.comparisons.apply(event.comparisonId);
			break;
		case 'evaluation-changed':
			services.evaluations.apply(event.runId);
			break;
		case 'dataset-changed':
			stale('datasets');
			break;
		case 'prompts-changed':
			stale('prompts');
			break;
		case 'presets-changed':
			stale('presets');
			break;
		case 'model-hash':
			services.models.fits.applyHash(event.modelFileId, event.doneBytes / Math.max(1, event.totalBytes));
			break;
		case 'model-state':
			services.models.applyState(event.state);
			break;
		case 'job':
			services.exchange.applyJob(event.job);
			services.datasetJobs.apply(event.job);
			services.evaluations.applyJob(event.job);
			services.models.fits.applyJob(event.job);
			break;
		case 'download':
			services.models.applyDownload(event.download);
			if (event.download.state === 'done') stale('models');
			break;
		case 'settings-changed':
			stale('settings');
			services.measure.refresh();
			break;
		case 'status':
			services.status.setState(event.status, true);
			break;
		case 'data-replaced':
			// Numbers mean other conversations now.
			if (services.layout.state.getState().route.section === 'chat') location.hash = '#/chat';
			location.reload();
			break;
	}
}

/** Marks parts stale; each is fetched once after the burst that touched it. */
function refresher(services: Services): (part: Part, delayMs?: number) => void {
	const { settings, models, presets, conversations, thread, organisation, drafts } = services;
	const refresh: Record<Part, () => Promise<void>> = {
		feedback: services.feedbackReport.refresh,
		settings: settings.refresh,
		models: models.refresh,
		presets: presets.refresh,
		comparisons: services.comparisons.refresh,
		evaluations: services.evaluations.refresh,
		list: conversations.refresh,
		places: conversations.reload,
		organisation: organisation.refresh,
		drafts: drafts.refresh,
		thread: thread.refresh,
		attachments: () => showAttachments(services),
		prompts: services.prompts.refresh,
		datasets: async () => {
			await services.datasets.refresh();
			await services.adding.refresh();
		},
	};
	const timers = new Map<Part, ReturnType<typeof setTimeout>>();
	return (part, delayMs = burstMs) => {
		if (timers.has(part)) return;
		timers.set(
			part,
			setTimeout(() => {
				timers.delete(part);
				void refresh[part]();
			}, delayMs),
		);
	};
}
