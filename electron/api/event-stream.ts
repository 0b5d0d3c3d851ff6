import type { ApplicationEvent } from '../contract/event.ts';
import { createMailbox, type EventBus, isApplicationEvent } from '../events.ts';

/**
 * Application events from now on, until `signal`. Subscribed when this returns. Of a state that is only said again
 * (a download's progress, a conversation that changed twice) a reader that lags gets the newest.
 */
export function eventStream(events: EventBus, signal?: AbortSignal): AsyncGenerator<ApplicationEvent> {
	const waiting = new Map<string, ApplicationEvent>();
	const mailbox = createMailbox<string>();
	let counter = 0;
	const unsubscribe = events.subscribe((event) => {
		if (!isApplicationEvent(event)) return;
		const key = stateKey(event) ?? `event-${counter++}`;
		if (!waiting.has(key)) mailbox.push(key);
		waiting.set(key, event);
	});
	const keys = mailbox.read(signal, unsubscribe);
	async function* read(): AsyncGenerator<ApplicationEvent> {
		for await (const key of keys) {
			const event = waiting.get(key);
			waiting.delete(key);
			if (event !== undefined) yield event;
		}
	}
	return read();
}

/** What the event is the newest state of; null where every one counts. */
function stateKey(event: ApplicationEvent): string | null {
	switch (event.type) {
		case 'conversation-changed':
			return `conversation-${event.conversationId}`;
		case 'feedback-changed':
			return `feedback-${event.messageId}`;
		case 'comparison-changed':
			return `comparison-${event.comparisonId}`;
		case 'evaluation-changed':
			return `evaluation-${event.runId}-${event.change}`;
		case 'prompts-changed':
			return `prompt-${event.promptId}`;
		case 'dataset-changed':
			return `dataset-${event.datasetId}`;
		case 'model-hash':
			return `hash-${event.modelFileId}`;
		case 'model-state':
			return `model-${event.state.modelFileId}`;
		case 'download':
			return `download-${event.download.id}`;
		case 'job':
			return `job-${event.job.id}`;
		case 'organisation-changed':
		case 'models-changed':
		case 'presets-changed':
		case 'settings-changed':
		case 'activity-changed':
		case 'data-replaced':
		case 'status':
			return event.type;
		case 'generation-started':
		case 'generation-ended':
			return null;
	}
}
