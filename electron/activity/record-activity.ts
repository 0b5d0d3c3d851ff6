import type { FailureFacts } from '../../models/contract/failure.ts';
import type { ActivityKind, ActivityResult, AnswerFigures } from '../contract/activity/schema.ts';
import { dayMs } from '../contract/durations.ts';
import type { Job } from '../contract/jobs/schema.ts';
import type { ModelState } from '../contract/library/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { get, run, transaction } from '../database/sql.ts';
import type { EventBus, InternalEvent } from '../events.ts';

export interface RecordingContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	/** Name and quantisation of a model file; null if the id is unknown. */
	readonly modelName: (modelFileId: number) => string | null;
}

/** Characters kept from the end of a log. */
const keptLogCharacters = 8_000;

/** Jobs that the user starts directly; the others are steps of something else, or only read. */
const keptJobs: ReadonlySet<Job['kind']> = new Set([
	'import',
	'export',
	'evaluation',
	'dataset-import',
	'dataset-export',
	'quantise',
	'merge',
	'sweep',
]);

/**
 * Records answers, loads, unloads, crashes, downloads, network requests, finished jobs and changes of the defaults.
 * Returns the function that stops recording.
 */
export function recordEvents(context: RecordingContext): () => void {
	const { database, events, clock } = context;
	const states = new Map<number, ModelState['state']>();
	/** Downloads whose failure is recorded: removing one from the list later is not a second end. */
	const failedDownloads = new Set<string>();
	/** When each running job was first seen, ms of a clock that nobody sets. */
	const jobsSince = new Map<string, number>();
	return events.subscribe((event) => {
		if (event.type === 'download') {
			const { id, state } = event.download;
			if (state === 'cancelled' && failedDownloads.has(id)) return;
			if (state === 'failed') failedDownloads.add(id);
			else failedDownloads.delete(id);
		}
		const before = event.type === 'model-state' ? states.get(event.state.modelFileId) : undefined;
		if (event.type === 'model-state') states.set(event.state.modelFileId, event.state.state);
		const activity = activityOf(event, { ...context, before, at: clock(), tookMs: tookMs(event, jobsSince) });
		if (activity === null) return;
		recordActivity(database, activity);
		events.publish({ type: 'activity-changed' });
	});
}

/** Facts about an event that the event itself does not carry. */
interface Moment {
	/** The state of the event's model before. */
	readonly before: ModelState['state'] | undefined;
	readonly at: number;
	/** How long the event's job took; null: it is none, or runs. */
	readonly tookMs: number | null;
}

/** The duration of a job that ended, by a clock that nobody sets; by its dates if its beginning was not seen. */
function tookMs(event: InternalEvent, since: Map<string, number>): number | null {
	if (event.type !== 'job') return null;
	const { id, startedAt, endedAt } = event.job;
	const began = since.get(id);
	if (endedAt === null) {
		if (began === undefined) since.set(id, performance.now());
		return null;
	}
	since.delete(id);
	return began === undefined ? endedAt - startedAt : Math.round(performance.now() - began);
}

function activityOf(
	event: InternalEvent,
	{ modelName, before, at, tookMs }: RecordingContext & Moment,
): Activity | null {
	switch (event.type) {
		case 'model-state':
			return stateActivity(event.state, before, modelName, at);
		case 'answer-ended':
			return answerActivity(event, at);
		case 'download': {
			const { state, name, source, receivedBytes, failure } = event.download;
			if (state !== 'done' && state !== 'failed' && state !== 'cancelled') return null;
			return ended(at, 'download', name, state, { source, bytes: receivedBytes }, failure);
		}
		case 'job': {
			const { kind, title, state, failure } = event.job;
			if (!keptJobs.has(kind) || (state !== 'done' && state !== 'failed' && state !== 'cancelled')) return null;
			return ended(at, 'job', title, state, { work: kind, tookMs }, failure);
		}
		case 'network-request':
			return {
				at: event.at,
				kind: 'network',
				subject: event.host,
				result: requestResult(event.outcome),
				outcome: event.outcome,
				detail: { purpose: event.purpose, bytes: event.bytes },
			};
		case 'default-changed': {
			const { what, name, before, modelFileId } = event;
			return {
				...{ at, kind: 'default', result: 'fine', outcome: what, modelFileId },
				subject: name ?? '',
				detail: before === null ? {} : { before },
			};
		}
		case 'activity-changed':
		case 'conversation-changed':
		case 'organisation-changed':
		case 'temporary-started':
		case 'temporary-ended':
		case 'generation-started':
		case 'generation-ended':
		case 'feedback-changed':
		case 'summaries-changed':
		case 'memory-changed':
		case 'pages-changed':
		case 'documents-changed':
		case 'models-changed':
		case 'adapters-changed':
		case 'model-hash':
		case 'presets-changed':
		case 'comparison-changed':
		case 'evaluation-changed':
		case 'training-changed':
		case 'prompts-changed':
		case 'dataset-changed':
		case 'settings-changed':
		case 'data-replaced':
		case 'server-requests-changed':
		case 'tools-changed':
		case 'status':
		case 'update':
			return null;
	}
}

function ended(
	at: number,
	kind: ActivityKind,
	subject: string,
	state: 'done' | 'failed' | 'cancelled',
	facts: object,
	failure: FailureFacts | null,
): Activity {
	const result = ({ done: 'fine', failed: 'failed', cancelled: 'stopped' } as const)[state];
	return { at, kind, subject, result, outcome: failure?.code ?? state, detail: { ...facts, ...failed(failure) } };
}

/** HTTP success and redirect statuses count as fine. */
function requestResult(outcome: string): ActivityResult {
	if (outcome.startsWith('refused')) return 'blocked';
	if (outcome === 'cancelled') return 'stopped';
	return /^(?:2\d\d|3\d\d(?: to [^,]+)?)$/.test(outcome) ? 'fine' : 'failed';
}

/** A repeated state (progress, busy or idle) is not an activity. */
function stateActivity(
	state: ModelState,
	before: ModelState['state'] | undefined,
	modelName: RecordingContext['modelName'],
	at: number,
): Activity | null {
	const { modelFileId } = state;
	const name = modelName(modelFileId);
	const of = { at, modelFileId: name === null ? null : modelFileId, subject: name ?? 'Deleted model' };
	if (state.state === 'loaded' && before !== 'loaded') {
		const { loadMs, threads, contextSize } = state.capabilities;
		const detail = { loadMs, threads, contextSize, residentBytes: state.residentBytes };
		return { ...of, kind: 'load', result: 'fine', outcome: 'loaded', detail };
	}
	if (state.state !== 'unloaded' || before === undefined || before === 'unloaded') return null;
	const { failure } = state;
	if (failure === null) return { ...of, kind: 'unload', result: 'fine', outcome: 'unloaded', detail: {} };
	const kind = before === 'loaded' ? 'crash' : 'load';
	return { ...of, kind, result: 'failed', outcome: failure.code, detail: failed(failure) };
}

/** Keeps an answer's figures, never its text. */
function answerActivity({ message }: Extract<InternalEvent, { type: 'answer-ended' }>, at: number): Activity | null {
	const { generation, status, failure, id: messageId, conversationId } = message;
	if (generation === null) return null;
	const { promptTokens, cachedTokens, completionTokens, ttftMs, promptMs, generationMs } = generation;
	return {
		at,
		kind: 'answer',
		messageId,
		conversationId,
		modelFileId: generation.modelFileId,
		subject: `${generation.modelName} ${generation.quantization}`.trim(),
		result: status === 'failed' ? 'failed' : status === 'complete' ? 'fine' : 'stopped',
		outcome: failure?.code ?? (status === 'interrupted' ? status : (generation.stopReason ?? status)),
		detail: { contextSize: generation.contextSize, threads: generation.threads, ...failed(failure) },
		figures: { promptTokens, cachedTokens, completionTokens, ttftMs, promptMs, generationMs },
	};
}

function failed(failure: FailureFacts | null): { failure?: FailureFacts } {
	if (failure === null) return {};
	const { detail, ...rest } = failure;
	return { failure: detail === undefined ? rest : { ...rest, detail: detail.slice(-keptLogCharacters) } };
}

/** One recorded activity; `detail` is a small JSON object. */
interface Activity {
	readonly at: number;
	readonly kind: ActivityKind;
	readonly subject: string;
	readonly result: ActivityResult;
	readonly outcome: string;
	readonly detail: object;
	readonly modelFileId?: number | null;
	/** Id of an answer; it also leads to the conversation. */
	readonly messageId?: number;
	readonly conversationId?: number;
	readonly figures?: AnswerFigures;
}

/** How long an entry is kept, ms. */
const retentionMs = 90 * dayMs;

export function recordActivity(database: WritableDatabase, activity: Activity): void {
	const { detail, figures, ...rest } = activity;
	transaction(database, () => {
		const { id } = run(
			database,
			`INSERT INTO events (at, kind, subject, result, outcome, detail, model_file_id, message_id, conversation_id)
			 VALUES (:at, :kind, :subject, :result, :outcome, :detail, :modelFileId, :messageId, :conversationId)`,
			{ modelFileId: null, messageId: null, conversationId: null, ...rest, detail: JSON.stringify(detail) },
		);
		if (figures === undefined) return;
		run(
			database,
			`INSERT INTO answer_figures (event_id, prompt_tokens, cached_tokens, completion_tokens, ttft_ms, prompt_ms,
			   generation_ms)
			 VALUES (:id, :promptTokens, :cachedTokens, :completionTokens, :ttftMs, :promptMs, :generationMs)`,
			{ id, ...figures },
		);
	});
}

/** The time of the newest entry, ms since 1970; null: there is none. */
export function lastRecordedAt(database: ReadableDatabase): number | null {
	return get<{ at: number | null }>(database, 'SELECT max(at) AS at FROM events')?.at ?? null;
}

/** Deletes entries older than 90 days. */
export function deleteExpiredActivity(database: WritableDatabase, now: number): void {
	run(database, 'DELETE FROM events WHERE at < :oldest', { oldest: now - retentionMs });
}
