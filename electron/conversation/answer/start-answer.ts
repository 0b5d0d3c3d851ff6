import { randomInt } from 'node:crypto';
import { Failure, type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Sampling } from '../../../models/contract/sampling.ts';
import type { Engine } from '../../../models/engine.ts';
import type { DocumentChoice } from '../../contract/conversation/ledger.ts';
import type { OverflowPolicy } from '../../contract/conversation/overflow.ts';
import type {
	Conversation,
	GenerationIds,
	GenerationStart,
	MessagePrompt,
} from '../../contract/conversation/schema.ts';
import type { AnswerRound } from '../../contract/conversation/steps.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { transaction } from '../../database/sql.ts';
import type { AnswerAdapters } from '../../library/adapters/adapters.ts';
import type { AcquireOptions } from '../../library/model-service.ts';
import { answerGrammar } from '../../prompt/answer-format.ts';
import { type AssembledPrompt, assemblePrompt, overflowOf } from '../assemble-prompt.ts';
import type { ConversationContext } from '../context.ts';
import type { BuiltContext } from '../context-builder.ts';
import { type CountedParts, countParts, ledgerOf } from '../prompt-ledger.ts';
import { readPromptMessages } from '../prompt-messages.ts';
import { cacheKeyOf } from '../saved-states.ts';
import { appendChunk, removeChunks } from '../store/chunks.ts';
import { storeOverflow } from '../store/context-overflow.ts';
import { insertContext } from '../store/context-pieces.ts';
import { getConversation, setHead, touchConversation } from '../store/conversations.ts';
import { insertGeneration, setGenerationEngine, setGenerationTools } from '../store/generations.ts';
import { insertMessage, setTextSoFar } from '../store/messages.ts';
import { readOptions } from '../store/options.ts';
import { insertRounds, updateStep } from '../store/rounds.ts';
import { readMessage } from '../store/thread.ts';
import { createChunkWriter } from './chunk-writer.ts';
import { type AnswerOutcome, finishAnswer } from './finish-answer.ts';
import { createLiveAnswer, type LiveAnswer } from './live-answers.ts';
import { countWithTools, type OfferedTools, offeredTools, storedTools } from './tool-calls.ts';
import { type AnswerRequest, type PromptTurns, writeAnswer } from './write-answer.ts';

/** An answer to generate for the message `questionId`. */
export interface NewAnswer {
	readonly conversationId: number;
	readonly questionId: number;
	readonly model: ModelFile;
	readonly systemPrompt: string;
	/** Applied to each message; null: none. */
	readonly prompt: MessagePrompt | null;
	/** Whether it may use facts about the person. */
	readonly memory: boolean;
	/** What it may use. */
	readonly documents: readonly DocumentChoice[];
	/** What happens once the context is full. */
	readonly overflow: OverflowPolicy;
	/** The context that another answer was given, to give the same again; if absent, it is collected. */
	readonly given?: BuiltContext | undefined;
	readonly sampling: SeededSampling;
	readonly adapters: AnswerAdapters;
	readonly load: AcquireOptions;
	/** Format that it must follow; ignored if it continues another answer. */
	readonly answerFormat?: string | undefined;
	readonly continues?: Continuation;
}

/** The answer that a new one continues. */
export interface Continuation {
	readonly messageId: number;
	/** As the model wrote it; '': nothing since the last round. */
	readonly text: string;
	/** The text in tokens of the model that continues; null if only the text can be used. */
	readonly tokens: readonly number[] | null;
	/** Thinking time of that model, ms. */
	readonly reasoningMs: number | null;
	/** Its rounds of calls, and what was written in them; `text` is what was written after them. */
	readonly rounds?: readonly AnswerRound[];
	readonly earlier?: { readonly content: string; readonly reasoning: string | null };
}

/** An answer whose rows have been inserted. */
export interface InsertedAnswer {
	readonly answer: NewAnswer;
	readonly start: GenerationIds;
}

export type SeededSampling = Sampling & { readonly seed: number };

/** Fills in missing parameters; draws a seed if none is given, so that every answer can be reproduced. */
export function withSeed(
	defaults: Sampling,
	changes: { readonly [K in keyof Sampling]?: Sampling[K] | undefined } = {},
): SeededSampling {
	const given = Object.entries(changes).filter(([, value]) => value !== undefined);
	const sampling: Sampling = { ...defaults, ...Object.fromEntries(given) };
	return { ...sampling, seed: sampling.seed ?? randomInt(2 ** 32) };
}

/**
 * Inserts the rows of an unfinished answer before it starts, so that a crash cannot lose it. Answers started together
 * share one `now`. Call it in a transaction.
 */
export function insertAnswer(
	{ database, clock }: ConversationContext,
	answer: NewAnswer,
	now = clock(),
): GenerationIds {
	const { conversationId, questionId, model, systemPrompt, prompt, sampling, continues } = answer;
	const messageId = insertMessage(database, {
		conversationId,
		parentId: questionId,
		role: 'assistant',
		status: 'streaming',
		content: '',
		createdAt: now,
		completedAt: null,
		continuesId: continues?.messageId ?? null,
	});
	if (continues !== undefined) {
		const { rounds = [], earlier, text } = continues;
		if (earlier !== undefined) setTextSoFar(database, messageId, earlier);
		insertRounds(database, messageId, rounds);
		if (text !== '') appendChunk(database, messageId, 0, text);
	}
	const generationId = insertGeneration(database, {
		messageId,
		modelFileId: model.id,
		modelName: model.name,
		quantization: model.quantization,
		sampling,
		systemPrompt,
		prompt,
		answerFormat: continues === undefined ? (answer.answerFormat ?? '') : '',
		adapters: answer.adapters.used,
	});
	setHead(database, conversationId, messageId);
	touchConversation(database, conversationId, now);
	return { conversationId, userMessageId: null, messageId, generationId };
}

/** Starts the inserted answer and returns at once. */
export function startAnswer(context: ConversationContext, answer: NewAnswer, start: GenerationIds): GenerationStart {
	return startAnswersInTurn(context, [{ answer, start }]);
}

/**
 * Starts inserted answers to one message, one after another. Returns at once, with the first answer and everything that
 * was stored.
 */
export function startAnswersInTurn(
	context: ConversationContext,
	started: readonly [InsertedAnswer, ...InsertedAnswer[]],
): GenerationStart {
	// All of them can be watched and stopped before the first begins.
	const runs = started.map(({ answer, start }) => prepareRun(context, answer, start));
	async function run(): Promise<void> {
		for (const each of runs) await each();
	}
	void run();
	const [{ start }] = started;
	const { conversationId, userMessageId } = start;
	const messageIds = [
		...(userMessageId === null ? [] : [userMessageId]),
		...started.map((each) => each.start.messageId),
	];
	return {
		...start,
		conversation: getConversation(context.database, conversationId),
		options: readOptions(context.database, conversationId),
		messages: messageIds.map((id) => context.answers.message(id) ?? readMessage(context.database, id)),
	};
}

function prepareRun(context: ConversationContext, answer: NewAnswer, start: GenerationIds): () => Promise<void> {
	const { conversationId, model, sampling, load, continues, answerFormat } = answer;
	const { files: adapters } = answer.adapters;
	const grammar = continues === undefined ? answerGrammar(answerFormat) : undefined;
	const { messageId, generationId } = start;
	const ids = { conversationId, messageId, generationId, modelFileId: model.id };
	const live = createLiveAnswer(ids, readMessage(context.database, messageId), continues);
	context.answers.add(live);
	context.events.publish({ type: 'generation-started', conversationId, messageId, generationId });
	context.events.publish({ type: 'conversation-changed', conversationId, startedMessageId: messageId });
	const request = {
		sampling,
		cacheKey: cacheKeyOf(conversationId),
		keepState: context.settings().stateLimitMb > 0,
		...(adapters === undefined ? {} : { adapters }),
		...(grammar === undefined ? {} : { grammar }),
		...(continues === undefined || continues.text === ''
			? {}
			: { prefill: { text: continues.text, tokens: continues.tokens === null ? null : [...continues.tokens] } }),
	};
	let assembled: AssembledPrompt | null = null;
	async function turns(engine: Engine, offered: OfferedTools | null): Promise<PromptTurns> {
		const prompt = await assembleFor(context, answer, { engine, offered }, live.signal);
		assembled = prompt;
		transaction(context.database, () => {
			insertContext(context.database, messageId, prompt.context);
			// How many more turns the engine leaves out is known when the answer ends.
			storeOverflow(context.database, messageId, overflowOf(prompt, 0));
		});
		return { turns: [...prompt.turns], leftOut: prompt.tooOld.length };
	}
	const tools = () => offeredTools(context, conversationId);
	return () => runAnswer(context, live, { modelName: model.name, request, turns, load, tools }, () => assembled);
}

/** Puts the prompt together once the model's context is known: of a long conversation, only the end can fit. */
async function assembleFor(
	context: ConversationContext,
	{ conversationId, questionId, systemPrompt, prompt, memory, documents, overflow, given }: NewAnswer,
	{ engine, offered }: { readonly engine: Engine; readonly offered: OfferedTools | null },
	signal: AbortSignal,
): Promise<AssembledPrompt> {
	const { contextSize } = engine.capabilities();
	const { messages, tooOld } = await readPromptMessages(context, questionId, contextSize, memory);
	const message = messages.at(-1) ?? null;
	return assemblePrompt(
		context.contextBuilder,
		{
			...{
				conversationId,
				memory,
				documents,
				overflow,
				systemPrompt,
				prompt,
				tooOld,
				message,
				contextSize,
				given,
				signal,
			},
			history: messages.slice(0, -1),
		},
		countWithTools(engine, offered),
	);
}

/** Generates the answer and stores its outcome. Never rejects: any error becomes the answer's failure. */
async function runAnswer(
	context: ConversationContext,
	answer: LiveAnswer,
	asked: AnswerRequest,
	assembled: () => AssembledPrompt | null,
): Promise<void> {
	let engine: Engine | null = null;
	let tools: OfferedTools | null = null;
	let counted: Promise<CountedParts | null> | null = null;
	const { database } = context;
	const { messageId } = answer.ids;
	const unsaved: FailureFacts[] = [];
	function fail(error: unknown): void {
		context.log(`conversation: text of answer ${messageId} could not be saved: ${String(error)}`);
		unsaved.push(failureFacts(error));
		answer.stop();
	}
	const chunks = createChunkWriter(database, messageId, fail);
	const outcome = await writeAnswer(context, answer, asked, {
		engine: (loaded) => {
			engine = loaded;
			setGenerationEngine(database, answer.ids.generationId, loaded.capabilities());
		},
		text: (text) => {
			// Once the first word is there: no answer waits for its ledger.
			counted ??= countParts(context, engine, assembled(), tools);
			chunks.add(text);
		},
		offered: (offered) => {
			tools = offered;
			setGenerationTools(database, answer.ids.generationId, storedTools(offered.offers));
		},
		round(index, round) {
			const { content, reasoning } = answer.text;
			transaction(database, () => {
				setTextSoFar(database, messageId, { content, reasoning });
				insertRounds(database, messageId, [round], index);
				removeChunks(database, messageId);
			});
			chunks.restart();
		},
		step(round, position, step) {
			try {
				updateStep(database, { messageId, round, position }, step);
			} catch (error) {
				fail(error);
			}
		},
	});
	chunks.stop();
	const prompt = assembled();
	const usage =
		outcome.numbers.promptTokens === 0 ? null : await (counted ?? countParts(context, engine, prompt, tools));
	const numbers = { ...outcome.numbers, droppedTurns: answer.firstDropped() ?? outcome.numbers.droppedTurns };
	const ledger = prompt === null || usage === null ? null : ledgerOf(prompt, usage, numbers, answer.message());
	const [failure] = unsaved;
	const ended: AnswerOutcome = failure === undefined ? outcome : { ...outcome, status: 'failed', failure };
	finishAnswer(context, answer, ended, ledger);
}

/** Throws Failure `conversation-in-trash` or `answer-in-progress` if no message can be sent now. */
export function assertCanAnswer(conversation: Conversation): void {
	if (conversation.deletedAt !== null) {
		throw new Failure({
			code: 'conversation-in-trash',
			message: said`The conversation “${conversation.title}” is in the trash.`,
			next: [said`Restore it, then send the message`],
		});
	}
	if (conversation.generatingMessageId !== null) {
		throw new Failure({
			code: 'answer-in-progress',
			message: said`The conversation “${conversation.title}” is still being answered.`,
			next: [said`Wait for the answer, or stop it`],
		});
	}
}
