import type { ModelState } from '../contract/model.ts';
import type { WritableDatabase } from '../database/handle.ts';
import type { EventBus, InternalEvent } from '../events.ts';
import { type Activity, recordActivity } from './activity.ts';

/** Writes down loads, unloads, crashes, finished downloads and network requests. Returns the function that ends it. */
export function keepActivity(database: WritableDatabase, events: EventBus, clock: () => number): () => void {
	const states = new Map<number, ModelState['state']>();
	return events.subscribe((event) => {
		const before = event.type === 'model-state' ? states.get(event.state.modelFileId) : undefined;
		if (event.type === 'model-state') states.set(event.state.modelFileId, event.state.state);
		const activity = activityOf(event, before, clock());
		if (activity !== null) recordActivity(database, activity);
	});
}

function activityOf(event: InternalEvent, before: ModelState['state'] | undefined, at: number): Activity | null {
	switch (event.type) {
		case 'model-state':
			return stateActivity(event.state, before, at);
		case 'download': {
			const { state, name, source, receivedBytes, failure } = event.download;
			if (state !== 'done' && state !== 'failed' && state !== 'cancelled') return null;
			const detail = { source, receivedBytes, failure: failure?.code ?? null };
			return { at, kind: 'download', subject: name, outcome: state, detail };
		}
		case 'network-request':
			return {
				at: event.at,
				kind: 'network',
				subject: event.host,
				outcome: event.outcome,
				detail: { purpose: event.purpose, bytes: event.bytes },
			};
		case 'conversation-changed':
		case 'organisation-changed':
		case 'generation-started':
		case 'generation-ended':
		case 'feedback-changed':
		case 'models-changed':
		case 'model-hash':
		case 'presets-changed':
		case 'comparison-changed':
		case 'evaluation-changed':
		case 'prompts-changed':
		case 'dataset-changed':
		case 'job':
		case 'settings-changed':
		case 'data-replaced':
		case 'status':
			return null;
	}
}

/** A state that is only said again (progress, busy or idle) is no activity. */
function stateActivity(state: ModelState, before: ModelState['state'] | undefined, at: number): Activity | null {
	const subject = `model-file:${state.modelFileId}`;
	if (state.state === 'loaded' && before !== 'loaded') {
		const { loadMs, threads, contextSize } = state.capabilities;
		const detail = { loadMs, threads, contextSize, residentBytes: state.residentBytes };
		return { at, kind: 'load', subject, outcome: 'loaded', detail };
	}
	if (state.state !== 'unloaded' || before === undefined || before === 'unloaded') return null;
	if (state.failure === null) return { at, kind: 'unload', subject, outcome: 'unloaded', detail: {} };
	const kind = before === 'loaded' ? 'crash' : 'load';
	return { at, kind, subject, outcome: state.failure.code, detail: { message: state.failure.message } };
}
