import { Failure } from '../../../models/contract/failure.ts';
import type { Capabilities } from '../../../models/contract/load.ts';
import { said } from '../../../models/contract/said.ts';
import type { Engine } from '../../../models/engine.ts';
import type { Generation, Message, TemporaryInput } from '../../contract/conversation/schema.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import type { AnswerAdapters } from '../../library/adapters/adapters.ts';
import { answerGrammar } from '../../prompt/answer-format.ts';
import { type AssembledPrompt, assemblePrompt } from '../assemble-prompt.ts';
import { chooseModel } from '../choose-model.ts';
import { cleanText } from '../clean-text.ts';
import type { ConversationContext } from '../context.ts';
import { effectiveOptions, requestedLoad, startingOptions, startingSystemPrompt } from '../options.ts';
import { countParts, ledgerOf, sourcesOf } from '../prompt-ledger.ts';
import { contentWithAttachments } from '../prompt-turns.ts';
import { perSecond } from '../store/generations.ts';
import type { AnswerOutcome } from './finish-answer.ts';
import { createLiveAnswer, type LiveAnswer } from './live-answers.ts';
import { type SeededSampling, withSeed } from './start-answer.ts';
import { countWithTools, type OfferedTools, offeredTools } from './tool-calls.ts';
import { type AnswerRequest, type PromptTurns, writeAnswer } from './write-answer.ts';

/** Time for which an ended answer can still be fetched, ms, because it may end right after it starts. */
const keptForMs = 60_000;

/**
 * Answers `turns` without storing anything. Returns the id to subscribe to and to stop; the messages in its updates
 * carry no ids. Throws Failure `message-empty`, `no-model`, `model-unknown`.
 */
export function startTemporaryAnswer(context: ConversationContext, input: TemporaryInput): number {
	const turns = input.turns.map(({ role, content, attachments = [], rounds }, id) => ({
		id,
		role,
		text: cleanText(content),
		content: cleanText(contentWithAttachments(content, attachments)),
		pieces: [],
		...(rounds === undefined ? {} : { rounds }),
	}));
	if (turns.at(-1)?.role !== 'user' || turns.at(-1)?.content.trim() === '') {
		throw new Failure({
			code: 'message-empty',
			message: said`The message has no text.`,
			next: [said`Write a message first`],
		});
	}
	const model = chooseModel(context.models, input.modelFileId, null);
	const settings = context.settings();
	const options = effectiveOptions(context, startingOptions(context, input.options), model);
	const { preset, prompt, documents, overflow, sampling: chosen, load } = options;
	const { memory = false } = options;
	const adapters = options.adapters();
	const grammar = answerGrammar(options.answerFormat);
	const systemPrompt = cleanText(input.systemPrompt ?? startingSystemPrompt(preset, settings));
	const sampling = withSeed(chosen, input.sampling);
	const generationId = context.answers.temporaryId();
	const ids = { conversationId: 0, messageId: generationId, generationId, modelFileId: model.id };
	const live = createLiveAnswer(ids, emptyMessage(model, sampling, adapters, context.clock()));
	context.answers.add(live);
	context.events.publish({ type: 'temporary-started' });
	const assembled: { prompt: AssembledPrompt | null } = { prompt: null };
	async function build(engine: Engine, offered: OfferedTools | null): Promise<PromptTurns> {
		const { contextSize } = engine.capabilities();
		const made = await assemblePrompt(
			context.contextBuilder,
			{
				...{ conversationId: null, memory, documents, overflow, systemPrompt, prompt, tooOld: [], contextSize },
				signal: live.signal,
				history: turns.slice(0, -1),
				message: turns.at(-1) ?? null,
			},
			countWithTools(engine, offered),
		);
		assembled.prompt = made;
		return { turns: [...made.turns], leftOut: 0 };
	}
	void writeTemporaryAnswer(context, live, assembled, {
		modelName: model.name,
		turns: build,
		request: {
			sampling,
			cacheKey: `temporary${generationId}`,
			...(grammar === undefined ? {} : { grammar }),
			...(adapters.files === undefined ? {} : { adapters: adapters.files }),
		},
		load: { ...load, ...requestedLoad(input) },
		tools: () => offeredTools(context, input.chat ?? `answer ${generationId}`, input.tools),
	});
	return generationId;
}

async function writeTemporaryAnswer(
	context: ConversationContext,
	live: LiveAnswer,
	assembled: { readonly prompt: AssembledPrompt | null },
	asked: AnswerRequest,
): Promise<void> {
	let loaded: Capabilities | null = null;
	let engine: Engine | null = null;
	let tools: OfferedTools | null = null;
	const outcome = await writeAnswer(context, live, asked, {
		engine: (one) => {
			engine = one;
			loaded = one.capabilities();
		},
		text: () => {},
		offered: (offered) => {
			tools = offered;
		},
		round: () => {},
		step: () => {},
	});
	const { prompt } = assembled;
	const numbers = { ...outcome.numbers, droppedTurns: live.firstDropped() ?? outcome.numbers.droppedTurns };
	const usage = numbers.promptTokens === 0 ? null : await countParts(context, engine, prompt, tools);
	const ended = endedMessage(live, outcome, loaded, context.clock());
	const message: Message =
		prompt === null || usage === null
			? ended
			: { ...ended, ledger: { ...ledgerOf(prompt, usage, numbers, ended), sources: sourcesOf(prompt) } };
	context.answers.hold(live, message);
	live.broadcast.end(message);
	live.settle();
	context.events.publish({ type: 'temporary-ended' });
	setTimeout(() => context.answers.remove(live), keptForMs).unref();
}

function emptyMessage(
	model: ModelFile,
	sampling: SeededSampling,
	{ used }: AnswerAdapters,
	createdAt: number,
): Message {
	const generation: Generation = {
		id: 0,
		modelFileId: model.id,
		modelName: model.name,
		quantization: model.quantization,
		engineBuild: '',
		sampling,
		contextSize: 0,
		threads: 0,
		stopReason: null,
		stopString: null,
		promptTokens: 0,
		cachedTokens: 0,
		completionTokens: 0,
		droppedTurns: 0,
		ttftMs: 0,
		promptMs: 0,
		generationMs: 0,
		tokensPerSecond: null,
		promptTokensPerSecond: null,
		...(used.length === 0 ? {} : { adapters: used }),
	};
	return {
		id: 0,
		conversationId: 0,
		parentId: null,
		role: 'assistant',
		status: 'streaming',
		siblings: [0],
		continuesId: null,
		attachments: [],
		content: '',
		reasoning: null,
		reasoningMs: null,
		createdAt,
		completedAt: null,
		failure: null,
		generation,
	};
}

function endedMessage(
	live: LiveAnswer,
	{ status, failure, numbers }: AnswerOutcome,
	loaded: Capabilities | null,
	completedAt: number,
): Message {
	const message = live.message();
	const { tokenIds: _, ...known } = numbers;
	const generation: Generation | null = message.generation && {
		...message.generation,
		...(loaded && {
			engineBuild: loaded.engineBuild,
			contextSize: loaded.contextSize,
			threads: loaded.threads,
		}),
		...known,
		tokensPerSecond: perSecond(known.completionTokens - 1, known.generationMs),
		promptTokensPerSecond: perSecond(known.promptTokens - known.cachedTokens, known.promptMs),
	};
	return { ...message, status, failure, completedAt, generation };
}
