import { createAsyncQueue } from '../../models/async-queue.ts';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { ApplicationEvent } from '../contract/event.ts';
import type { Hello, Status } from '../contract/system/schema.ts';
import { contractVersion } from '../contract/system/version.ts';
import { type EventBus, isApplicationEvent } from '../events.ts';
import { type DoctorContext, runDoctor } from './doctor.ts';
import type { Implementer } from './implementer.ts';

export interface SystemContext extends DoctorContext {
	readonly events: EventBus;
	readonly hello: Omit<Hello, 'contractVersion' | 'firstRun'>;
	/** Whether there is neither a model nor a conversation. */
	readonly firstRun: () => boolean;
	readonly status: () => Status;
}

export function systemHandlers(os: Implementer, context: SystemContext) {
	const { system } = os;
	return {
		hello: system.hello.handler(({ input }) => {
			if (input.contractVersion !== contractVersion) throw mismatch(input.contractVersion);
			return { ...context.hello, contractVersion, firstRun: context.firstRun() };
		}),
		status: system.status.handler(() => context.status()),
		doctor: system.doctor.handler(() => runDoctor(context)),
		events: system.events.handler(({ signal }) => eventStream(context.events, signal)),
	};
}

function mismatch(theirs: number): Failure {
	const older = theirs < contractVersion;
	return new Failure({
		code: 'contract-mismatch',
		message: older
			? said`This page or command is older than the Assay that runs (contract ${theirs} and ${contractVersion}).`
			: said`This page or command is newer than the Assay that runs (contract ${theirs} and ${contractVersion}).`,
		next: older ? [said`Reload the page`] : [said`Quit Assay and start it again`],
	});
}

/**
 * Streams application events until `signal` aborts. The subscription exists when this returns. For events that only
 * repeat a state (a download's progress, a conversation that changed twice), a slow reader gets the newest.
 */
function eventStream(events: EventBus, signal?: AbortSignal): AsyncGenerator<ApplicationEvent> {
	const waiting = new Map<string, ApplicationEvent>();
	const queue = createAsyncQueue<string>();
	let counter = 0;
	const unsubscribe = events.subscribe((event) => {
		if (!isApplicationEvent(event)) return;
		const key = stateKey(event) ?? `event-${counter++}`;
		if (!waiting.has(key)) queue.push(key);
		waiting.set(key, event);
	});
	const keys = queue.read(signal, unsubscribe);
	async function* read(): AsyncGenerator<ApplicationEvent> {
		for await (const key of keys) {
			const event = waiting.get(key);
			waiting.delete(key);
			if (event !== undefined) yield event;
		}
	}
	return read();
}

/** The key of the state that an event updates; null if every event counts. */
function stateKey(event: ApplicationEvent): string | null {
	switch (event.type) {
		case 'conversation-changed':
			return `conversation-${event.conversationId}`;
		case 'summaries-changed':
			return `summaries-${event.conversationId}`;
		case 'feedback-changed':
			return `feedback-${event.messageId}`;
		case 'comparison-changed':
			return `comparison-${event.comparisonId}`;
		case 'evaluation-changed':
			return `evaluation-${event.runId}-${event.change}`;
		case 'training-changed':
			return `training-${event.runId}-${event.change}`;
		case 'prompts-changed':
			return `prompt-${event.promptId}`;
		case 'dataset-changed':
			return `dataset-${event.datasetId}`;
		case 'pages-changed':
			return `page-${event.pageId}`;
		case 'documents-changed':
			return `documents-${event.collectionId}`;
		case 'server-requests-changed':
			return event.type;
		case 'model-hash':
			return `hash-${event.modelFileId}`;
		case 'model-state':
			return `model-${event.state.modelFileId}`;
		case 'download':
			return `download-${event.download.id}`;
		case 'job':
			return `job-${event.job.id}`;
		case 'organisation-changed':
		case 'memory-changed':
		case 'models-changed':
		case 'adapters-changed':
		case 'presets-changed':
		case 'settings-changed':
		case 'tools-changed':
		case 'activity-changed':
		case 'data-replaced':
		case 'status':
		case 'update':
			return event.type;
		case 'generation-started':
		case 'generation-ended':
			return null;
	}
}
