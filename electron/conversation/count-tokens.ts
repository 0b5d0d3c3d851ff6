import type { ChatTurn, ContextUsage, CountTokensRequest, RequestTurn } from '../../models/contract/generation.ts';
import type { Engine } from '../../models/engine.ts';
import { measureContextUsage, reservedAnswerTokens } from '../../models/prompt/context-overflow.ts';
import { promptTooLong } from '../../models/prompt/prompt-failures.ts';
import { contextKindSchema, type LedgerKind } from '../contract/conversation/ledger.ts';
import type { CountTokensInput, PromptTokens, SendInput, TemporaryInput } from '../contract/conversation/schema.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { findAdapterRow } from '../library/adapters/adapter-rows.ts';
import { answerAdapters } from '../library/adapters/adapters.ts';
import { usableLoadOptions } from '../library/load-settings.ts';
import { type OfferedTools, offeredTools, toolUse } from './answer/tool-calls.ts';
import { type AssembledPrompt, assemblePrompt, droppedIds, overflowOf } from './assemble-prompt.ts';
import { chooseModel } from './choose-model.ts';
import { cleanText } from './clean-text.ts';
import type { ConversationContext } from './context.ts';
import { effectiveOptions, startingOptions, startingSystemPrompt } from './options.ts';
import { pieceTexts, stretchesOf } from './prompt-ledger.ts';
import { type PromptMessages, readPromptMessages } from './prompt-messages.ts';
import { attachmentBlock, contentWithAttachments } from './prompt-turns.ts';
import { preloadSavedState } from './saved-states.ts';
import { attachedText } from './store/attachments.ts';
import { getConversation, headOf } from './store/conversations.ts';
import { readOptions } from './store/options.ts';

/**
 * Throws Failure `prompt-too-long` if even the message alone exceeds the context of the loaded model, so that nothing
 * is stored that can't be answered. Unless the model is in memory nothing is certain; then the answer reports it.
 */
export async function assertMessageFits(
	context: ConversationContext,
	input: SendInput | TemporaryInput,
): Promise<void> {
	const asked = toCountInput(input);
	const { load, model } = readSubject(context, asked);
	const loaded = model.chat ? context.models.loaded(model.id) : null;
	const capabilities = loaded?.capabilities();
	if (capabilities === undefined || isCertainlyShort(context, asked, load ?? capabilities.contextSize)) return;
	const { exact, excess, contextSize, answerRoom } = await countPromptTokens(context, asked);
	if (!exact || excess === 0) return;
	const room = contextSize - answerRoom;
	throw promptTooLong(room + excess, room, contextSize, capabilities.trainedContextLength);
}

function toCountInput(input: SendInput | TemporaryInput): CountTokensInput {
	const { modelFileId, systemPrompt, options, contextSize } = input;
	const settings = { modelFileId, systemPrompt, options, contextSize };
	if ('turns' in input) {
		const last = input.turns.at(-1);
		const attachments = last?.attachments ?? [];
		return {
			...settings,
			conversationId: null,
			text: last?.content ?? '',
			attachmentIds: [],
			attachments: attachments.map((attached, index) => ({ ...attached, id: -1 - index })),
			before: input.turns.slice(0, -1),
		};
	}
	const { conversationId, parentId, text, attachmentIds = [], attachments = [] } = input;
	return {
		...settings,
		conversationId,
		parentId,
		text,
		attachmentIds,
		attachments: attachments.map((attached, index) => ({ ...attached, id: -1 - index })),
	};
}

/** Tokens that template and names may add to a message, generously. */
const tokensBeside = 256;

/** Whether the message fits whatever its words are, since no token is shorter than a byte; spares counting it. */
function isCertainlyShort(context: ConversationContext, input: CountTokensInput, contextSize: number): boolean {
	const { systemPrompt, attached, prompt } = readSubject(context, input);
	if (prompt !== null) return false;
	const texts = [input.text, systemPrompt, ...attached.map(attachmentBlock)];
	const bytes = sum(texts.map((text) => Buffer.byteLength(text)));
	return bytes + tokensBeside <= contextSize - reservedAnswerTokens(contextSize);
}

/** Assumed context of a model that is not loaded and has no setting, in tokens: what 'auto' chooses if memory allows. */
const usualContextSize = 8_192;

/**
 * Counts the context that a message would use and the messages that would be dropped for it. Loads nothing: unless the
 * model is in memory, the numbers are estimates. Throws Failure `no-model`, `model-unknown`, `conversation-unknown`,
 * `attachment-unknown`, `no-chat-template`, `template-refused`.
 */
export async function countPromptTokens(
	context: ConversationContext,
	input: CountTokensInput,
	signal?: AbortSignal,
): Promise<PromptTokens> {
	const { models } = context;
	const {
		existing,
		model,
		systemPrompt,
		attached,
		prompt,
		documents,
		overflow,
		memory,
		answerFormat,
		load: wanted,
	} = readSubject(context, input);
	const draft = cleanText(input.text);
	const content = contentWithAttachments(draft, attached);
	const loaded = model.chat ? models.loaded(model.id) : null;
	const contextSize = wanted ?? loaded?.capabilities().contextSize ?? usualSize(context, model);
	const { messages, tooOld } = await messagesBefore(context, input, contextSize, memory);
	const offered = await offeredForCount(context, existing?.id ?? null, input, answerFormat);
	const assembled = await assemblePrompt(
		context.contextBuilder,
		{
			conversationId: existing?.id ?? null,
			memory,
			documents,
			overflow,
			systemPrompt,
			prompt,
			history: messages,
			tooOld,
			message: { text: draft, content },
			contextSize,
			signal,
		},
		async (request) => (await countTurns(context, model, request, wanted, offered)).measure,
	);
	const blocks = attached.map(attachmentBlock);
	const pieces = pieceTexts(assembled);
	// If the message is only its text, its turn already counts it: a long text need not be sent and counted twice.
	const alone = attached.length === 0 && prompt === null && assembled.parts.at(-1)?.pieces.length === 0;
	const texts = [alone ? '' : draft, ...blocks, ...pieces];
	const { exact, measure } = await countTurns(context, model, { turns: [...assembled.turns], texts }, wanted, offered);
	const engine = exact ? models.loaded(model.id) : null;
	if (engine !== null && existing !== null) preloadFor(context, engine, existing.id, model, assembled, offered);
	return tokensByPart({
		exact,
		measure,
		assembled,
		attachmentIds: attached.map(({ id }) => id),
		hasPrompt: prompt !== null,
		alone,
		toolTokens: await tokensOfTools(engine, offered),
	});
}

/** Loads the saved state that the next answer will continue from while the person is still typing. */
function preloadFor(
	context: ConversationContext,
	engine: Engine,
	conversationId: number,
	model: ModelFile,
	{ turns }: AssembledPrompt,
	offered: OfferedTools | null,
): void {
	if (context.settings().stateLimitMb === 0) return;
	const adapters = adaptersToPreload(context, conversationId, model);
	const tools = offered === null ? {} : { tools: toolUse(offered.offers) };
	if (adapters !== null) preloadSavedState(engine, conversationId, { turns, ...adapters, ...tools });
}

/** The counted tokens of an assembled prompt. */
interface PromptCount {
	readonly exact: boolean;
	/** Its `textTokens` are of the draft, of each attachment, then of each piece of the prompt. */
	readonly measure: ContextUsage;
	readonly assembled: AssembledPrompt;
	readonly attachmentIds: readonly number[];
	/** Whether a prompt was applied to the message. */
	readonly hasPrompt: boolean;
	/** Whether the message is only its text, which its turn counts. */
	readonly alone: boolean;
	/** Of the definitions of tools. */
	readonly toolTokens: number;
}

/** Divides the tokens of a prompt between its parts; the rest is the template's. */
function tokensByPart(count: PromptCount): PromptTokens {
	const { exact, measure, assembled, attachmentIds, hasPrompt, alone, toolTokens } = count;
	const [textTokens = 0, ...others] = measure.textTokens;
	const attachmentTokens = attachmentIds.map((id, index) => ({ id, tokens: others[index] ?? 0 }));
	const attachments = sum(attachmentTokens.map(({ tokens }) => tokens));
	const pieceTokens = others.slice(attachmentIds.length);
	const stretches = stretchesOf(assembled, measure.turnTokens, pieceTokens);
	const tokensOf = (kind: LedgerKind): number =>
		sum(stretches.filter((stretch) => stretch.kind === kind).map(({ tokens }) => tokens));
	const message = tokensOf('message');
	const draft = alone ? message : textTokens;
	const prompt = hasPrompt ? tokensOf('prompt') + Math.max(0, message - attachments - draft) : 0;
	// Pieces of the kind `system` follow the system prompt and count as a part of it.
	const contextKinds = contextKindSchema.options.filter((kind) => kind !== 'system');
	const added = contextKinds
		.map((kind) => ({ kind, tokens: tokensOf(kind) + (kind === 'tools' ? toolTokens : 0) }))
		.filter(({ tokens }) => tokens > 0);
	const system = tokensOf('system');
	const history = tokensOf('history');
	const known = system + history + attachments + draft + prompt + sum(added.map(({ tokens }) => tokens));
	const { leftOut, documentUse } = assembled.context;
	const use = overflowOf(assembled, measure.droppedTurns);
	return {
		exact,
		contextSize: measure.contextSize,
		answerRoom: measure.answerRoom,
		system,
		history,
		attachments,
		draft,
		...(hasPrompt ? { prompt } : {}),
		...(added.length === 0 ? {} : { context: added }),
		...(leftOut.length === 0 ? {} : { leftOut: [...leftOut] }),
		...(documentUse === null ? {} : { documentUse }),
		...usedDocuments(assembled, pieceTokens),
		template: Math.max(0, measure.total - known),
		total: measure.total,
		sent: measure.sent,
		dropped: [...assembled.tooOld, ...droppedIds(assembled, measure.droppedTurns)],
		...(use === undefined ? {} : { overflow: use }),
		excess: measure.excess,
		attachmentTokens,
	};
}

/** Returns the tools that the answer would be offered; null: none. */
async function offeredForCount(
	context: ConversationContext,
	conversationId: number | null,
	{ tools }: CountTokensInput,
	answerFormat: string | undefined,
): Promise<OfferedTools | null> {
	if (answerFormat !== undefined) return null;
	return await offeredTools(context, conversationId, tools);
}

/** Tokens of the definitions that a model was offered last: counting them takes two renderings. */
const countedTools = new WeakMap<Engine, { readonly key: string; readonly tokens: Promise<number> }>();

/** Returns the tokens that the definitions of tools add to a prompt; an estimate without an engine. */
function tokensOfTools(engine: Engine | null, offered: OfferedTools | null): Promise<number> {
	if (offered === null) return Promise.resolve(0);
	const estimate = sum(offered.offers.map(({ tokens }) => tokens));
	if (engine === null) return Promise.resolve(estimate);
	const tools = toolUse(offered.offers);
	const key = JSON.stringify(tools);
	const known = countedTools.get(engine);
	if (known?.key === key) return known.tokens;
	async function count(of: Engine): Promise<number> {
		const request = { turns: [{ role: 'user' as const, content: 'x' }], texts: [] };
		const [plain, withTools] = [await of.countTokens(request), await of.countTokens({ ...request, tools })];
		return Math.max(0, withTools.total - plain.total);
	}
	const tokens = count(engine).catch(() => estimate);
	countedTools.set(engine, { key, tokens });
	return tokens;
}

/** Says which documents the message would be sent with. */
function usedDocuments({ parts }: AssembledPrompt, pieceTokens: readonly number[]): Pick<PromptTokens, 'documents'> {
	const before = sum(parts.slice(0, -1).map(({ pieces }) => pieces.length));
	const pieces = parts.at(-1)?.pieces ?? [];
	const used = pieces.flatMap(({ source }, index) => {
		const tokens = pieceTokens[before + index] ?? 0;
		return source === null ? [] : [{ title: source.title, documentId: source.documentId, whole: source.whole, tokens }];
	});
	return used.length === 0 ? {} : { documents: used };
}

/** Reads what a count depends on, apart from earlier messages. */
function readSubject(context: ConversationContext, input: CountTokensInput) {
	const { database, models, settings } = context;
	const existing = input.conversationId === null ? null : getConversation(database, input.conversationId);
	const model = chooseModel(models, input.modelFileId, existing?.modelFileId);
	const chosen = existing === null ? startingOptions(context, input.options) : readOptions(database, existing.id);
	const options = effectiveOptions(context, chosen, model);
	const systemPrompt = cleanText(
		input.systemPrompt ?? existing?.systemPrompt ?? startingSystemPrompt(options.preset, settings()),
	);
	const attached = [...input.attachmentIds.map((id) => ({ id, ...attachedText(database, id) })), ...input.attachments];
	const { prompt, documents, overflow, answerFormat, load } = options;
	// A temporary conversation brings its earlier turns along.
	const memory = options.memory ?? input.before === undefined;
	return {
		existing,
		model,
		systemPrompt,
		attached,
		prompt,
		documents,
		overflow,
		memory,
		answerFormat,
		load: input.contextSize ?? load.contextSize,
	};
}

/** Returns the adapters of the next answer; null if one is no longer in the library, which the answer will report. */
function adaptersToPreload({ database }: ConversationContext, conversationId: number, model: ModelFile) {
	const { adapters } = readOptions(database, conversationId);
	if (adapters?.some(({ id }) => findAdapterRow(database, id)?.removedAt !== null) === true) return null;
	return { adapters: answerAdapters(database, adapters, model).files };
}

/** Returns the branch before the message, as far as the context may have room for it. */
async function messagesBefore(
	context: ConversationContext,
	{ conversationId, parentId, before }: CountTokensInput,
	contextSize: number,
	memory: boolean,
): Promise<PromptMessages> {
	if (before !== undefined) {
		const messages = before.map(({ role, content, attachments = [], rounds }, id) => ({
			id,
			role,
			text: content,
			content: contentWithAttachments(content, attachments),
			pieces: [],
			...(rounds === undefined ? {} : { rounds }),
		}));
		return { messages, tooOld: [] };
	}
	if (conversationId === null || parentId === null) return nothing;
	const end = parentId ?? headOf(context.database, conversationId);
	return end === null ? nothing : readPromptMessages(context, end, contextSize, memory);
}

const nothing: PromptMessages = { messages: [], tooOld: [] };

function usualSize(context: ConversationContext, model: ModelFile): number {
	const { contextSize } = usableLoadOptions(context, model);
	if (typeof contextSize === 'number') return contextSize;
	return Math.min(usualContextSize, model.contextLength ?? usualContextSize);
}

async function countTurns(
	context: ConversationContext,
	model: ModelFile,
	request: { readonly turns: RequestTurn[]; readonly texts: string[] },
	contextSize: number | undefined,
	offered: OfferedTools | null = null,
): Promise<{ exact: boolean; measure: ContextUsage }> {
	const engine = model.chat ? context.models.loaded(model.id) : null;
	if (engine !== null) {
		try {
			const measure = await engine.countTokens({
				...request,
				...(contextSize === undefined ? {} : { contextSize }),
				...(offered === null ? {} : { tools: toolUse(offered.offers) }),
			});
			return { exact: true, measure };
		} catch (error) {
			// For example, the model was unloaded meanwhile; `send` will report its own failure.
			context.log(`conversation: the prompt was estimated, not counted: ${String(error)}`);
		}
	}
	const measure = estimateTurns({ ...request, contextSize: contextSize ?? usualSize(context, model) });
	const tools = sum(offered?.offers.map(({ tokens }) => tokens) ?? []);
	return { exact: false, measure: { ...measure, total: measure.total + tools, sent: measure.sent + tools } };
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, one) => total + one, 0);
}

/** Bytes of UTF-8 per token with a vocabulary of 32,000 to 256,000 entries; English is slightly above. */
const bytesPerToken = 4;

/** Tokens that chat templates add to a turn: 4 (Gemma) to 10 (Llama 3). */
const tokensAround = 6;

/** Estimates the tokens of a text from its length. */
export function estimateTokens(text: string): number {
	return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}

/** Estimates the numbers that a loaded model would return, with the model's own rules for dropping turns. */
function estimateTurns(request: CountTokensRequest & { readonly contextSize: number }): ContextUsage {
	return measureContextUsage(
		request,
		(turns: readonly ChatTurn[]) =>
			turns.reduce((sum, { content }) => sum + estimateTokens(content) + tokensAround, tokensAround),
		(tokens) => tokens,
		estimateTokens,
	);
}
