import type { ApplicationEvent } from '../electron/contract/event.ts';
import { announceInterrupted } from './app/announce-interrupted.ts';
import type { Connection } from './connection/connection.ts';
import { shownConversationId, shownMessages, type ThreadState } from './conversation/thread/thread-state.ts';
import type { Services } from './services.ts';

/** Events come in bursts (a title, a message, an end), so stale data is fetched once per pause, in ms. */
const burstMs = 60;

/**
 * Fetches everything on each connect, and affected data soon after an event. `showAttachments` refreshes the pending
 * files of the conversation on the screen.
 */
export function followEvents(services: Services, showAttachments: () => Promise<void>): void {
	const { connection } = services;
	const stale = refresher(services, showAttachments);

	connection.onReady((signal) => {
		void listen(connection, signal, (event) => apply(services, event, stale));
		for (const part of [
			'feedback',
			'settings',
			'models',
			'presets',
			'comparisons',
			'evaluations',
			'trainings',
			'list',
			'organisation',
			'drafts',
			'thread',
			'attachments',
			'datasets',
			'documents',
			'prompts',
			'activity',
			'pages',
			'memory',
		] as const)
			stale(part, 0);
		void services.toolOffers.refresh();
		void services.importExport.refresh();
		void services.datasetJobs.refresh();
		void services.sweeps.refresh();
		void services.datasetImport.refresh();
		void services.updates.refresh();
		void services.serverPage.refresh();
		connection.client.system.status().then(
			(status) => {
				services.status.setState(status, true);
				announceInterrupted(services, status.interrupted);
			},
			() => {},
		);
	});
}

async function listen(
	connection: Connection,
	signal: AbortSignal,
	apply: (event: ApplicationEvent) => void,
): Promise<void> {
	try {
		for await (const event of await connection.client.system.events(undefined, { signal })) apply(event);
	} catch {
		// The link is lost: the connection reports it and listens again after the reconnect.
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
	| 'trainings'
	| 'list'
	| 'organisation'
	| 'drafts'
	| 'thread'
	| 'attachments'
	| 'datasets'
	| 'documents'
	| 'prompts'
	| 'activity'
	| 'pages'
	| 'memory';

function apply(services: Services, event: ApplicationEvent, stale: (part: Part) => void): void {
	services.search.notice(event);
	switch (event.type) {
		case 'conversation-changed':
		case 'generation-started':
		case 'generation-ended':
			stale('list');
			// A conversation missing from the main list may be pinned, in a folder, or new.
			if (!services.conversations.state.getState().conversations.some(({ id }) => id === event.conversationId)) {
				stale('organisation');
			}
			stale('feedback');
			if (changesThread(event, services.thread.state.getState())) stale('thread');
			break;
		case 'organisation-changed':
			for (const part of ['places', 'organisation', 'thread'] as const) stale(part);
			services.trash.noteChange();
			break;
		case 'summaries-changed':
			services.summaries.apply(event.conversationId);
			break;
		case 'feedback-changed':
			void services.feedback.refresh(event.messageId);
			stale('feedback');
			break;
		case 'models-changed':
		case 'adapters-changed':
			stale('models');
			break;
		case 'comparison-changed':
			void services.comparisons.apply(event.comparisonId);
			services.trainings.applyComparison(event.comparisonId);
			break;
		case 'evaluation-changed':
			services.evaluations.apply(event.runId);
			if (event.change === 'status') services.trainings.applyEvaluation(event.runId);
			break;
		case 'training-changed':
			void services.trainings.apply(event.runId, event.change);
			break;
		case 'pages-changed':
			services.pages.apply(event.pageId);
			break;
		case 'dataset-changed':
			stale('datasets');
			break;
		case 'memory-changed':
			stale('memory');
			break;
		case 'documents-changed':
			stale('documents');
			break;
		case 'prompts-changed':
			stale('prompts');
			break;
		case 'activity-changed':
			stale('activity');
			break;
		case 'server-requests-changed':
			services.serverPage.apply();
			break;
		case 'tools-changed':
			void services.toolOffers.refresh();
			services.tokenCount.refresh();
			services.tools.apply();
			break;
		case 'presets-changed':
			stale('presets');
			break;
		case 'model-hash':
			services.models.fits.applyHash(event.modelFileId, event.doneBytes / Math.max(1, event.totalBytes));
			break;
		case 'model-state':
			services.models.applyState(event.state);
			services.pages.recount();
			break;
		case 'job':
			services.importExport.applyJob(event.job);
			services.datasetJobs.apply(event.job);
			services.documents.applyJob(event.job);
			services.evaluations.applyJob(event.job);
			services.models.fits.applyJob(event.job);
			services.sweeps.applyJob(event.job);
			break;
		case 'download':
			services.models.applyDownload(event.download);
			if (event.download.state === 'done') stale('models');
			break;
		case 'settings-changed':
			stale('settings');
			services.tokenCount.refresh();
			break;
		case 'status':
			services.status.setState(event.status, true);
			break;
		case 'update':
			services.updates.apply(event.status);
			break;
		case 'data-replaced':
			// Ids now refer to other conversations.
			if (services.layout.state.getState().route.section === 'chat') location.hash = '#/chat';
			if (services.layout.state.getState().route.section === 'write') location.hash = '#/write';
			location.reload();
			break;
	}
}

/** Returns whether an event changes the conversation on the screen beyond what is already shown. */
function changesThread(
	event: Extract<ApplicationEvent, { type: 'conversation-changed' | 'generation-started' | 'generation-ended' }>,
	shown: ThreadState,
): boolean {
	if (event.conversationId !== shownConversationId(shown)) return false;
	if (event.type === 'generation-ended') return true;
	// An answer started here is already in the thread, from the result of the call.
	const started = event.type === 'generation-started' ? event.messageId : event.startedMessageId;
	return !shownMessages(shown).some(({ id }) => id === started);
}

/** Returns a function that marks parts as stale; each is fetched once after a burst. */
function refresher(services: Services, showAttachments: () => Promise<void>): (part: Part, delayMs?: number) => void {
	const { settings, models, presets, conversations, thread, organisation, drafts } = services;
	const refresh: Record<Part, () => Promise<void>> = {
		feedback: services.feedbackReport.refresh,
		settings: settings.refresh,
		models: models.refresh,
		presets: presets.refresh,
		comparisons: services.comparisons.refresh,
		evaluations: services.evaluations.refresh,
		trainings: services.trainings.refresh,
		list: conversations.refresh,
		places: conversations.reload,
		organisation: organisation.refresh,
		drafts: drafts.refresh,
		thread: thread.refresh,
		attachments: showAttachments,
		prompts: services.prompts.refresh,
		documents: services.documents.refresh,
		memory: services.memory.refresh,
		pages: services.pages.refresh,
		activity: async () => {
			await Promise.all([services.activityLog.refresh(), services.activityUsage.refresh()]);
		},
		datasets: async () => {
			await services.datasets.refresh();
			await services.addingToDataset.refresh();
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
