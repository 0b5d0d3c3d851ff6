import { failureFacts } from '../../../models/contract/failure.ts';
import type { GenerateRequest, GenerationEvent, RequestTurn } from '../../../models/contract/generation.ts';
import type { ToolCall } from '../../../models/contract/tools.ts';
import type { Engine } from '../../../models/engine.ts';
import { openThinking } from '../../../models/prompt/reasoning-tag.ts';
import type { AnswerRound, AnswerStep, ToolLimits } from '../../contract/conversation/steps.ts';
import type { AcquireOptions } from '../../library/model-service.ts';
import type { ConversationContext } from '../context.ts';
import { turnsOfRounds } from '../prompt-turns.ts';
import type { AnswerOutcome } from './finish-answer.ts';
import type { LiveAnswer } from './live-answers.ts';
import { createRoundReader, type RoundReader } from './round-reader.ts';
import { endOpenSteps, type OfferedTools, roomForResults, runSteps, toolUse, waitingSteps } from './tool-calls.ts';

/** The request to the model, and how to load it. */
export interface AnswerRequest {
	readonly modelName: string;
	readonly request: Omit<GenerateRequest, 'turns'>;
	/** Builds the turns for the loaded model, which is offered these tools. */
	readonly turns: (engine: Engine, offered: OfferedTools | null) => Promise<PromptTurns>;
	readonly load: AcquireOptions;
	/** Returns the tools that the model is offered; null: none. */
	readonly tools: () => Promise<OfferedTools | null>;
}

/** The model's input, without `leftOut` older turns that can't fit into its context. */
export interface PromptTurns {
	readonly turns: RequestTurn[];
	readonly leftOut: number;
}

/** Records an answer while it is generated. */
export interface AnswerRecorder {
	/** Called when the model is loaded. */
	engine(engine: Engine): void;
	text(text: string): void;
	/** Called with the tools that the model is offered, if there are any. */
	offered(offered: OfferedTools): void;
	/** Called when a round of writing ended with calls, before any of them runs. */
	round(index: number, round: AnswerRound): void;
	/** Called with every change of a step. */
	step(round: number, position: number, step: AnswerStep): void;
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
		return await writeRounds(context, answer, asked, keeper);
	} catch (error) {
		return answer.signal.aborted ? stopped(answer) : failed(context, answer, error);
	} finally {
		endOpenSteps(answer);
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

/**
 * Lets the model write, run the calls that it writes, and write on with their results, until it makes none. The model is
 * the same in each round; it is acquired again because it may have been unloaded while a person was asked.
 */
async function writeRounds(
	context: ConversationContext,
	answer: LiveAnswer,
	asked: AnswerRequest,
	keeper: AnswerRecorder,
): Promise<AnswerOutcome> {
	let engine = await acquire(context, answer, asked, (loaded) => keeper.engine(loaded));
	// A format of answers leaves no place for calls.
	const offered = asked.request.grammar === undefined ? await asked.tools() : null;
	if (offered !== null) keeper.offered(offered);
	const { turns, leftOut } = await asked.turns(engine, offered);
	const limits = context.settings().toolLimits;
	const beganAt = performance.now();
	let waitedMs = 0;
	/** Of an answer that is taken up again, the size of the prompt is not known yet. */
	let roomTokens = engine.capabilities().contextSize / 4;

	async function runRound(index: number, refusal: string | null): Promise<void> {
		if (offered === null) return;
		await runSteps(context, answer, {
			offered,
			index,
			roomTokens,
			refusal,
			onStep: (position, step) => keeper.step(index, position, step),
			onWaited: (ms) => {
				waitedMs += ms;
			},
		});
	}

	// An answer that is taken up again may have calls that were never made.
	if (answer.rounds.length > 0) await runRound(answer.rounds.length - 1, null);
	const { prefill: given, ...request } = asked.request;
	let prefill = given;
	let isLast = false;
	for (;;) {
		if (answer.signal.aborted) return stopped(answer);
		// Words that are continued end without calls: no grammar begins in the middle of a text.
		const choice = isLast || prefill !== undefined ? 'none' : 'auto';
		const round = await writeRound(engine, answer, {
			modelName: asked.modelName,
			request: {
				...request,
				...(prefill === undefined ? {} : { prefill }),
				...(offered === null ? {} : { tools: toolUse(offered.offers, choice) }),
				turns: [...turns, ...turnsOfRounds(answer.text.content, answer.rounds)],
			},
			leftOut,
			keeper,
		});
		const { outcome, calls } = round;
		if (round.malformed !== null) context.log(`conversation: a call could not be read: ${round.malformed}`);
		if (offered === null || calls.length === 0 || outcome.status !== 'complete') {
			return { ...outcome, numbers: answer.total(outcome.numbers) };
		}
		prefill = undefined;
		const { promptTokens, cachedTokens, completionTokens } = outcome.numbers;
		const steps = waitingSteps(calls, offered.offers, answer.rounds);
		const index = answer.rounds.length;
		const place = answer.endRound(outcome.numbers);
		const begun = { ...place, promptTokens, cachedTokens, completionTokens, steps };
		answer.setRound(index, begun);
		keeper.round(index, begun);
		const { contextSize } = engine.capabilities();
		roomTokens = roomForResults(contextSize, outcome.numbers);
		const used = {
			rounds: index,
			tokens: answer.numbers().completionTokens,
			minutes: (performance.now() - beganAt - waitedMs) / 60_000,
			hasRoom: roomTokens > leastRoom.answer + leastRoom.call * steps.length,
		};
		const refusal: string | null = isLast ? 'Not run: no more calls are possible.' : limitReached(limits, used);
		await runRound(index, refusal);
		if (isLast) return { ...outcome, numbers: answer.numbers() };
		isLast = refusal !== null;
		if (answer.signal.aborted) return stopped(answer);
		engine = await acquire(context, answer, asked, () => {});
	}
}

/** Fewest tokens of context that must be left to make calls: for each call, and besides. */
export const leastRoom = { call: 200, answer: 128 };

/** Returns what to tell a model whose answer has reached a limit; null: it hasn't. */
export function limitReached(
	limits: ToolLimits,
	used: { readonly rounds: number; readonly tokens: number; readonly minutes: number; readonly hasRoom: boolean },
): string | null {
	if (!used.hasRoom) return 'Not run: the context is full. Answer now with what you have.';
	const refuse = (limit: string): string =>
		`Not run: this answer has reached its limit of ${limit}. Answer now with what you have.`;
	if (used.rounds >= limits.rounds) return refuse(`${limits.rounds} rounds of calls`);
	if (used.tokens >= limits.tokens) return refuse(`${limits.tokens} tokens`);
	if (used.minutes >= limits.minutes) return refuse(`${limits.minutes} minutes`);
	return null;
}

interface WrittenRound {
	/** Its numbers are those of this round alone. */
	readonly outcome: AnswerOutcome;
	readonly calls: readonly ToolCall[];
	/** Why a call could not be read; its text is part of the answer. */
	readonly malformed: string | null;
}

async function writeRound(
	engine: Engine,
	answer: LiveAnswer,
	{
		request,
		modelName,
		leftOut,
		keeper,
	}: {
		readonly request: GenerateRequest;
		readonly modelName: string;
		readonly leftOut: number;
		readonly keeper: Pick<AnswerRecorder, 'text'>;
	},
): Promise<WrittenRound> {
	function write(text: string, count: number): void {
		const clean = text.replaceAll('\0', '\uFFFD');
		keeper.text(clean);
		answer.tokens(clean, count);
	}
	const without = (outcome: AnswerOutcome): WrittenRound => ({ outcome, calls: [], malformed: null });
	/** The tag that the template wrote instead of the model. It is put before the model's first text. */
	let opening = '';
	let reader: RoundReader | null = null;
	answer.markSent();
	const events = engine.generate(request, answer.signal)[Symbol.asyncIterator]();
	while (true) {
		const event = await nextEvent(events, answer);
		if (event === null) return without(stoppedRound(answer));
		// The engine accepts the next answer only once this one's iterator is closed.
		if (event.type === 'done' || event.type === 'failed') {
			await events.return?.();
			const rest = reader?.end() ?? '';
			if (rest !== '') write(rest, 0);
		}
		switch (event.type) {
			case 'queued':
				answer.broadcast.phase({ type: 'loading', modelName, stage: 'queued', fraction: null });
				break;
			case 'prompt': {
				const { processed, total, cached, opensReasoning, toolFormat } = event;
				const droppedTurns = event.droppedTurns + leftOut;
				// A continuation starts with text that already has its tag.
				const isOpen = opensReasoning && request.prefill === undefined;
				if (toolFormat !== undefined && request.tools !== undefined && request.prefill === undefined) {
					reader ??= createRoundReader(toolFormat, request.tools, isOpen);
				} else if (isOpen) opening = openThinking;
				answer.prompt({ promptTokens: total, cachedTokens: cached, droppedTurns });
				answer.broadcast.phase({ type: 'prompt', processed, total, cached, droppedTurns });
				break;
			}
			case 'tokens':
				write(reader === null ? opening + event.text : reader.push(event.text), event.count);
				opening = '';
				break;
			case 'done': {
				const { result } = event;
				const status = result.stopReason === 'stopped' ? answer.stoppedStatus() : 'complete';
				const numbers = { ...result, droppedTurns: result.droppedTurns + leftOut };
				return {
					outcome: { status, failure: null, numbers },
					calls: reader?.calls ?? [],
					malformed: reader?.malformed ?? null,
				};
			}
			case 'failed':
				return without({ status: 'failed', failure: event.failure, numbers: answer.roundNumbers() });
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
	return { status: answer.stoppedStatus(), failure: null, numbers: { ...answer.numbers(), stopReason: 'stopped' } };
}

function stoppedRound(answer: LiveAnswer): AnswerOutcome {
	return {
		status: answer.stoppedStatus(),
		failure: null,
		numbers: { ...answer.roundNumbers(), stopReason: 'stopped' },
	};
}

function failed(context: ConversationContext, answer: LiveAnswer, error: unknown): AnswerOutcome {
	const failure = failureFacts(error);
	if (failure.code === 'internal') context.log(`conversation: ${failure.detail ?? failure.message}`);
	return { status: 'failed', failure, numbers: answer.numbers() };
}
