import { failureFacts } from '../../../models/contract/failure.ts';
import type { GenerateRequest, GenerationEvent, PromptTurn } from '../../../models/contract/generation.ts';
import type { Engine } from '../../../models/engine.ts';
import { openThinking } from '../../../models/prompt/reasoning-tag.ts';
import type { AcquireOptions } from '../../library/model-service.ts';
import type { ConversationContext } from '../context.ts';
import type { AnswerOutcome } from './finish-answer.ts';
import type { LiveAnswer } from './live-answers.ts';

/** The request to the model, and how to load it. */
export interface AnswerRequest {
	readonly modelName: string;
	readonly request: Omit<GenerateRequest, 'turns'>;
	/** Builds the turns for the loaded model. */
	readonly turns: (engine: Engine) => Promise<PromptTurns>;
	readonly load: AcquireOptions;
}

/** The model's input, without `leftOut` older turns that can't fit into its context. */
export interface PromptTurns {
	readonly turns: PromptTurn[];
	readonly leftOut: number;
}

/** Records an answer while it is generated. */
export interface AnswerRecorder {
	/** Called when the model is loaded. */
	engine(engine: Engine): void;
	text(text: string): void;
}

/**
 * Loads the model and generates the answer, sending it to subscribers and the recorder. Never rejects: any error
 * becomes the answer's failure. The draft is complete when this resolves.
 */
export async function writeAnswer(
	context: ConversationContext,
	answer: LiveAnswer,
	asked: AnswerRequest,
	keeper: AnswerRecorder,
): Promise<AnswerOutcome> {
	try {
		const engine = await acquire(context, answer, asked, (loaded) => keeper.engine(loaded));
		return await generate(engine, answer, asked, (text) => keeper.text(text));
	} catch (error) {
		return answer.signal.aborted ? stopped(answer) : failed(context, answer, error);
	} finally {
		answer.text.finish();
	}
}

async function acquire(
	context: ConversationContext,
	answer: LiveAnswer,
	asked: AnswerRequest,
	onEngine: (engine: Engine) => void,
): Promise<Engine> {
	const { modelName } = asked;
	const { modelFileId } = answer.ids;
	const engine = await context.models.acquire(modelFileId, asked.load, {
		signal: answer.signal,
		onProgress: (progress) => answer.broadcast.phase({ type: 'loading', modelName, ...progress }),
	});
	onEngine(engine);
	return engine;
}

async function generate(
	engine: Engine,
	answer: LiveAnswer,
	{ request, turns: buildTurns, modelName }: AnswerRequest,
	keep: (text: string) => void,
): Promise<AnswerOutcome> {
	const { turns, leftOut } = await buildTurns(engine);
	function write(text: string, count: number): void {
		const clean = text.replaceAll('\0', '\uFFFD');
		keep(clean);
		answer.tokens(clean, count);
	}
	/** The tag that the template wrote instead of the model. It is put before the model's first text. */
	let opening = '';
	answer.markSent();
	const events = engine.generate({ ...request, turns }, answer.signal)[Symbol.asyncIterator]();
	while (true) {
		const event = await nextEvent(events, answer);
		if (event === null) return stopped(answer);
		// The engine accepts the next answer only once this one's iterator is closed.
		if (event.type === 'done' || event.type === 'failed') await events.return?.();
		switch (event.type) {
			case 'queued':
				answer.broadcast.phase({ type: 'loading', modelName, stage: 'queued', fraction: null });
				break;
			case 'prompt': {
				const { processed, total, cached, opensReasoning } = event;
				const droppedTurns = event.droppedTurns + leftOut;
				// A continuation starts with text that already has its tag.
				if (opensReasoning && request.prefill === undefined) opening = openThinking;
				answer.prompt({ promptTokens: total, cachedTokens: cached, droppedTurns });
				answer.broadcast.phase({ type: 'prompt', processed, total, cached, droppedTurns });
				break;
			}
			case 'tokens':
				write(opening + event.text, event.count);
				opening = '';
				break;
			case 'done': {
				const { result } = event;
				const status = result.stopReason === 'stopped' ? 'stopped' : 'complete';
				return { status, failure: null, numbers: { ...result, droppedTurns: result.droppedTurns + leftOut } };
			}
			case 'failed':
				return { status: 'failed', failure: event.failure, numbers: answer.numbers() };
		}
	}
}

/**
 * Returns the engine's next event; null if the answer was stopped while queued behind another one: the engine has done
 * nothing for it yet, so there is no reason to wait for the other to end.
 */
async function nextEvent(events: AsyncIterator<GenerationEvent>, answer: LiveAnswer): Promise<GenerationEvent | null> {
	const next = events.next().then(({ done, value }) => {
		if (done === true) throw new Error('the engine ended an answer without saying how');
		return value;
	});
	if (answer.hasStarted()) return next;
	const { promise: abandoned, resolve: abandon } = Promise.withResolvers<null>();
	const giveUp = (): void => {
		abandon(null);
		void waitForEngine(next, events);
	};
	if (answer.signal.aborted) giveUp();
	answer.signal.addEventListener('abort', giveUp);
	try {
		return await Promise.race([next, abandoned]);
	} finally {
		answer.signal.removeEventListener('abort', giveUp);
	}
}

/** Lets the engine finish an answer that nobody waits for any more: it keeps its place in the queue until then. */
async function waitForEngine(next: Promise<unknown>, events: AsyncIterator<GenerationEvent>): Promise<void> {
	try {
		await next;
		while ((await events.next()).done !== true);
	} catch {
		// Nobody reads its failure.
	}
}

function stopped(answer: LiveAnswer): AnswerOutcome {
	return { status: 'stopped', failure: null, numbers: { ...answer.numbers(), stopReason: 'stopped' } };
}

function failed(context: ConversationContext, answer: LiveAnswer, error: unknown): AnswerOutcome {
	const failure = failureFacts(error);
	if (failure.code === 'internal') context.log(`conversation: ${failure.detail ?? failure.message}`);
	return { status: 'failed', failure, numbers: answer.numbers() };
}
