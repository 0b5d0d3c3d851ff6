import { orAborted } from '../../models/abort-signal.ts';
import { Failure } from '../../models/contract/failure.ts';
import type {
	ChatTurn,
	GenerateRequest,
	GenerationEvent,
	GenerationResult,
	TokenScore,
} from '../../models/contract/generation.ts';
import type { ToolFormat } from '../../models/contract/tools.ts';
import type { Engine } from '../../models/engine.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { AcquireOptions } from '../library/model-service.ts';
import { servedId } from './choose-served-model.ts';
import type { ServerContext } from './context.ts';
import type { QueuePlace } from './model-queue.ts';

export interface ServedRequest extends GenerateRequest {
	readonly model: ModelFile;
	/** How the model is loaded, if something in particular was asked for. */
	readonly load?: AcquireOptions;
	/** The place that the request has in the queue already. */
	readonly place?: QueuePlace;
}

/** What happens to a request, in order. */
export type ServedEvent =
	/** What is waited for, in a few words at the time of the call. */
	| { readonly type: 'progress'; readonly words: () => string }
	/** Before the first text. */
	| {
			readonly type: 'prompt';
			readonly promptTokens: number;
			readonly opensReasoning: boolean;
			readonly toolFormat?: ToolFormat;
	  }
	/** `scores`: one of each token, if they were asked for. */
	| { readonly type: 'text'; readonly text: string; readonly scores: readonly TokenScore[] }
	| { readonly type: 'done'; readonly result: GenerationResult };

/** What answering needs of the server. */
type Answering = Pick<ServerContext, 'library' | 'beginAnswer' | 'queue' | 'metrics' | 'record'>;

/**
 * Loads the model if necessary and generates one answer, in the same queue and with the same prefix cache as chat; for
 * measurements it counts as a chat answer. Throws a Failure: what loading throws, `prompt-too-long`, `worker-crashed`, ….
 */
export async function* generateServed(
	{ library, beginAnswer, queue, metrics, record }: Answering,
	{ model, load = {}, place: held, ...request }: ServedRequest,
	signal: AbortSignal,
): AsyncGenerator<ServedEvent> {
	const end = beginAnswer();
	const place = held ?? queue.enter(model.id, signal);
	record.asks(model, servedId(model));
	record.asked(request);
	record.waits(place.place);
	const waiting = (words: string) => ({
		type: 'progress' as const,
		words: () => {
			const at = place.place();
			return at === null || at === 1 ? words : `${words}, place ${at}`;
		},
	});
	try {
		if (held === undefined && place.place() !== 1) {
			record.enter('waiting');
			yield waiting('waiting for other requests');
		}
		await place.admitted;
		if (library.loaded(model.id) === null) {
			record.enter('loading');
			yield waiting('loading the model');
		}
		const engine = await library.acquire(model.id, load, { signal });
		place.loaded();
		await requireRoom(engine, request);
		let last = performance.now();
		for await (const event of untilLeft(engine.generate(request, signal), signal)) {
			switch (event.type) {
				case 'queued':
					record.enter('waiting');
					yield waiting('waiting for other answers');
					break;
				case 'prompt': {
					const { processed, total, cached, droppedTurns, opensReasoning, toolFormat } = event;
					if (droppedTurns > 0) throw tooLong(total, engine.capabilities().contextSize);
					place.started();
					record.promptStarted(total, cached);
					yield { type: 'progress', words: () => `prompt ${processed}/${total}` };
					yield {
						type: 'prompt',
						promptTokens: total,
						opensReasoning,
						...(toolFormat === undefined ? {} : { toolFormat }),
					};
					break;
				}
				case 'tokens': {
					const now = performance.now();
					if (record.ttftMs !== null && event.count > 0) metrics.tokens(event.count, now - last);
					last = now;
					record.wrote(event.count);
					yield { type: 'text', text: event.text, scores: event.scores ?? [] };
					break;
				}
				case 'done':
					record.finished(event.result);
					yield { type: 'done', result: event.result };
					break;
				case 'failed':
					throw new Failure(event.failure);
			}
		}
	} finally {
		if (held === undefined) place.leave();
		end();
	}
}

/**
 * Passes events on. A client that leaves before the model has taken its request up leaves the queue at once: the engine
 * has done nothing for it yet. Throws the signal's reason then.
 */
async function* untilLeft(
	events: AsyncIterable<GenerationEvent>,
	signal: AbortSignal,
): AsyncGenerator<GenerationEvent> {
	const iterator = events[Symbol.asyncIterator]();
	let isStarted = false;
	let isAbandoned = false;
	try {
		for (;;) {
			const next = iterator.next();
			try {
				const result: IteratorResult<GenerationEvent> = await (isStarted ? next : orAborted(next, signal));
				if (result.done === true) return;
				isStarted ||= result.value.type !== 'queued';
				yield result.value;
			} catch (error) {
				// The engine learns of the abort by the signal, and is read to its end.
				isAbandoned = signal.aborted && !isStarted;
				if (isAbandoned) void drain(next, iterator);
				throw error;
			}
		}
	} finally {
		if (!isAbandoned) await iterator.return?.();
	}
}

async function drain(next: Promise<unknown>, iterator: AsyncIterator<unknown>): Promise<void> {
	try {
		await next;
		while ((await iterator.next()).done !== true);
	} catch {
		// Nobody reads its failure.
	}
}

/** Tokens that a chat template adds to a turn, at most, and to the whole. */
const templateTokens = { turn: 32, whole: 512 };

/** A client is told when its messages don't fit: they are never cut silently. Throws Failure `prompt-too-long`. */
async function requireRoom(engine: Engine, { turns, tools }: Pick<GenerateRequest, 'turns' | 'tools'>): Promise<void> {
	// Tokens and texts to continue were counted before.
	if (turns.length === 0) return;
	const { contextSize } = engine.capabilities();
	// A token has at least one byte, so few bytes need no counting, which would delay the first token.
	const most =
		turns.reduce((sum, turn) => sum + bytesOf(turn) + templateTokens.turn, 0) +
		// Templates write tools with spaces and line breaks.
		(tools === undefined ? 0 : 2 * Buffer.byteLength(JSON.stringify(tools.tools)) + templateTokens.whole);
	if (most + templateTokens.whole < contextSize) return;
	const { total, droppedTurns, excess } = await engine.countTokens({
		turns: [...turns],
		texts: [],
		...(tools === undefined ? {} : { tools }),
	});
	if (droppedTurns > 0 || excess > 0) throw tooLong(total, contextSize);
}

const bytesOf = ({ content, toolCalls }: ChatTurn): number =>
	Buffer.byteLength(content) + (toolCalls === undefined ? 0 : 2 * Buffer.byteLength(JSON.stringify(toolCalls)));

function tooLong(promptTokens: number, contextSize: number): Failure {
	return new Failure({
		code: 'prompt-too-long',
		message: `The messages have ${promptTokens} tokens; the context has ${contextSize}.`,
		next: ['Send fewer or shorter messages', 'Give the model a larger context in Assay, under Models'],
	});
}
