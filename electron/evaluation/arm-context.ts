import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { greedySampling } from '../../models/contract/default-sampling.ts';
import { Failure, failureFacts } from '../../models/contract/failure.ts';
import type { PromptTurn, RequestTurn, Turn } from '../../models/contract/generation.ts';
import { figure, said, spoken } from '../../models/contract/said.ts';
import { joinSameRole, reservedAnswerTokens } from '../../models/prompt/context-overflow.ts';
import { createContextBuilder } from '../context/build-context.ts';
import { textOfBlock } from '../context/document-blocks.ts';
import { mostOfFree } from '../context/document-source.ts';
import { findStatedFacts } from '../context/memory/fact-rules.ts';
import { createMemorySource, type FactLibrary, type MemoryFact } from '../context/memory-source.ts';
import { replayConversation } from '../context/overflow/replay-conversation.ts';
import type { SummaryModel } from '../context/overflow/summarise.ts';
import { readCollectionContent, wholeCollectionTokens } from '../context/retrieval/collection-content.ts';
import { hasVectorsOf } from '../context/retrieval/embedding-model.ts';
import { embeddingModelMissing } from '../context/retrieval/embedding-model-missing.ts';
import type { ArmContext, DocumentContext, ManifestContext } from '../contract/evaluation/arm-context.ts';
import type { Manifest } from '../contract/evaluation/manifest.ts';
import type { Warning } from '../contract/evaluation/schema.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import type { PromptRequest, PromptSample } from '../contract/prompt/schema.ts';
import type { ContextPiece, ContextRoom, HistoryMessage } from '../conversation/context-builder.ts';
import { contentWithPieces, systemWithPieces } from '../conversation/prompt-turns.ts';
import { lastUserText } from '../prompt/compile-prompt.ts';
import type { EvaluationContext, Session } from './context.ts';
import { contextIdentity } from './manifest-hash.ts';
import { manifestModel, type PlannedArm } from './plan-arms.ts';
import type { SentPassage } from './scorers/expected-sources.ts';
import type { StoredArm } from './store/arms.ts';
import { toolsOf } from './tools/call-results.ts';

/** What an arm put into the prompt of a sample besides the sample itself. */
export interface AddedContext {
	readonly pieces: readonly ContextPiece[];
	/** Indices of earlier turns of the sample that were not sent: left out, or replaced by a piece. */
	readonly leftOut: readonly number[];
	/** Whether documents were looked up in, also where nothing was found. */
	readonly documents: boolean;
}

/** Builds the request for a sample. */
export type BuildRequest = (sample: PromptSample) => PromptRequest;

/**
 * Returns what the manifest says of a context; undefined if it adds nothing. Throws Failure `collection-unknown`,
 * `collection-in-trash`, `collection-empty`, `collection-indexing`, `embedding-model-missing`.
 */
export async function planContext(
	context: Pick<EvaluationContext, 'database' | 'library'>,
	{ documents, ...memory }: ArmContext,
	signal?: AbortSignal,
): Promise<ManifestContext | undefined> {
	const delimiters =
		documents === undefined && memory.overflow !== 'retrieve' ? {} : { delimiters: 'by-texts' as const };
	if (documents !== undefined) {
		return { documents: await planDocuments(context, documents, signal), ...memory, ...delimiters };
	}
	return Object.keys(memory).length === 0 ? undefined : { ...memory, ...delimiters };
}

async function planDocuments(
	{ database, library }: Pick<EvaluationContext, 'database' | 'library'>,
	documents: DocumentContext,
	signal?: AbortSignal,
): Promise<NonNullable<ManifestContext['documents']>> {
	const { collectionId, mode, k, search, rerank } = documents;
	const content = readCollectionContent(database, collectionId, { vectors: usesVectors(documents) });
	if (content.documents === 0 && content.waiting === 0) {
		throw new Failure({
			code: 'collection-empty',
			message: said`The collection “${content.name}” has no document that can be read.`,
			next: [said`Add documents to it`, said`Choose another collection`],
		});
	}
	const files = library.all().filter(({ problem }) => problem === null);
	const unembedded = usesVectors(documents) && content.vectors < content.chunks;
	const isIndexing = content.wantsVectors && files.some(({ kind }) => kind === 'embedding');
	if (unembedded && content.waiting === 0 && !isIndexing) {
		throw embeddingModelMissing(
			said`“${content.name}” has no vectors yet, so a run can’t search it by meaning.`,
			said`Download an embedding model in Documents`,
		);
	}
	if (content.waiting > 0 || unembedded) {
		throw new Failure({
			code: 'collection-indexing',
			message: said`The collection “${content.name}” is still being indexed, so answers would change while that continues.`,
			next: [said`Wait until its index is complete`],
		});
	}
	if (usesVectors(documents) && !files.some((file) => hasVectorsOf(content.vectorModel, file))) {
		throw embeddingModelMissing(
			said`The model that computed the vectors of “${content.name}” is no longer in the library.`,
		);
	}
	const ranker = rerank === null ? null : await manifestModel(library.modelFile(rerank.modelFileId), null, signal);
	return {
		collection: content.name,
		documents: content.documents,
		sha256: content.sha256,
		mode,
		k,
		search,
		rerank:
			rerank === null || ranker === null
				? null
				: { name: ranker.name, sha256: ranker.sha256, candidates: rerank.candidates },
	};
}

function usesVectors({ mode, search }: DocumentContext): boolean {
	return mode !== 'whole' && search !== 'bm25';
}

/** Beyond this share of the room, an estimate may be a little too low. */
const nearlyAll = 0.85;

/** Warns of whole collections that have no room in the context, so that samples would only fail. */
export function warnOfLongDocuments(
	{ database }: Pick<EvaluationContext, 'database'>,
	arms: readonly Pick<PlannedArm, 'stored' | 'manifest'>[],
): readonly Warning[] {
	const warnings = arms.flatMap(({ stored, manifest: { contextSize, context } }) => {
		const { documents } = stored.context;
		if (documents?.mode !== 'whole') return [];
		const tokens = wholeCollectionTokens(database, documents.collectionId);
		const room = (contextSize - reservedAnswerTokens(contextSize)) * mostOfFree;
		if (tokens < room * nearlyAll) return [];
		const name = context?.documents?.collection ?? '';
		const rounded = (count: number) => figure(Number(count.toPrecision(2)));
		const message = said`All of “${name}” is about ${rounded(tokens)} tokens, and a context of ${figure(contextSize)} has room for about ${rounded(room)} of them, so samples will fail. Give the run a larger context, or retrieve passages.`;
		return [spoken({ code: 'documents-too-long', message })];
	});
	return [...new Map(warnings.map((warning) => [warning.message, warning])).values()];
}

/** Throws Failure `run-context-changed` if the documents of an arm are not those that the run was planned with. */
export async function assertSameContexts(
	context: Pick<EvaluationContext, 'database' | 'library'>,
	{ manifest, arms }: { readonly manifest: Manifest; readonly arms: readonly { readonly stored: StoredArm }[] },
): Promise<void> {
	for (const { stored } of arms) {
		const planned = manifest.arms[stored.position]?.context;
		if (isDeepStrictEqual(contextIdentity(await planContext(context, stored.context)), contextIdentity(planned)))
			continue;
		throw contextChanged(planned);
	}
}

function contextChanged(planned: ManifestContext | undefined): Failure {
	return new Failure({
		code: 'run-context-changed',
		message: said`The documents of “${planned?.documents?.collection ?? ''}” have changed, so this run can’t continue.`,
		next: [said`Start a new run`],
	});
}

/**
 * Throws Failure `run-context-changed` if an arm's documents changed since the run was planned. Quick, unlike
 * `assertSameContexts`, so that it can be asked before each write.
 */
export function assertSameDocuments(
	{ database }: Pick<EvaluationContext, 'database'>,
	{ documents }: ArmContext,
	planned: ManifestContext | undefined,
): void {
	if (documents === undefined) return;
	const { collectionId } = documents;
	try {
		const content = readCollectionContent(database, collectionId, { vectors: usesVectors(documents) });
		if (content.waiting === 0 && content.sha256 === planned?.documents?.sha256) return;
	} catch (error) {
		if (failureFacts(error).code === 'internal') throw error;
		// The collection is gone or in the trash.
	}
	throw contextChanged(planned);
}

/** Collects the context of a sample, in the session that answers it. Throws the Failure of what can't be looked up. */
export type CollectContext = (sample: PromptSample, session: Session, signal: AbortSignal) => Promise<AddedContext>;

/**
 * Returns how an arm collects context: by the sources that chats use, with the room that the sample's own prompt leaves,
 * and in the form that its manifest says.
 * null: it adds nothing and leaves nothing out.
 */
export function createContextCollector(
	{ contextSources, log }: Pick<EvaluationContext, 'contextSources' | 'log'>,
	{ documents, overflow, facts }: ArmContext,
	planned: Pick<ManifestContext, 'delimiters'> | undefined,
	asking: { readonly build: BuildRequest; readonly technique: Technique },
): CollectContext | null {
	const { build } = asking;
	const delimiters = planned?.delimiters ?? ('by-message' as const);
	if (documents === undefined && overflow === undefined && facts === undefined) return null;
	return async (sample, session, signal) => {
		const prompt = promptOf(asking, sample, session, signal);
		const pieces: ContextPiece[] = [];
		const leftOut: number[] = [];
		const request = {
			conversationId: null,
			overflow: 'drop' as const,
			isMeasured: true as const,
			delimiters,
			systemPrompt: prompt.systemPrompt,
			history: prompt.earlier.map(historyMessage),
			tooOld: [],
			message: prompt.message,
			contextSize: prompt.contextSize,
			countTokens: prompt.countTokens,
			room: prompt.roomWith({ pieces: [], leftOut: [] }),
			signal,
		};
		if (facts === 'found') {
			const memory = createMemorySource(factsFoundIn(prompt.earlier));
			const built = await createContextBuilder([memory], log).build({ ...request, memory: true, documents: [] });
			pieces.push(...built.pieces);
		}
		const overflows = overflow !== undefined && prompt.earlier.length > 0 && session.facts.chat;
		if (overflows) {
			const { prompt: replayed } = await replayConversation(
				{ ...prompt, history: prompt.earlier.map(({ role, content }) => ({ role: asked(role), text: content })) },
				{
					policy: overflow,
					contextSize: prompt.contextSize,
					count: (request) => session.usage({ turns: plainTurns(request.turns), texts: request.texts }, { signal }),
					summaries: { write: (request) => writeSummary(session, request, signal) },
					isMeasured: true,
					delimiters,
					signal,
					log,
				},
			);
			pieces.push(...replayed.context.pieces);
			leftOut.push(...replayed.summarised);
		}
		if (documents !== undefined) {
			const sources = contextSources.filter(({ kind }) => kind === 'documents');
			const built = await createContextBuilder(sources, log).build({
				...request,
				// What was collected before takes room, too.
				room: prompt.roomWith({ pieces: [...pieces], leftOut: [...leftOut] }),
				memory: false,
				documents: [{ collectionId: documents.collectionId }],
				lookUp: documents,
			});
			pieces.push(...built.pieces);
		}
		if (overflows) leftOut.push(...(await turnsWithoutRoom(build, sample, { pieces, leftOut }, session, signal)));
		return { pieces, leftOut, documents: documents !== undefined };
	};
}

/** Facts that the person states in these turns, by the rules of memory, as if all had been accepted. */
function factsFoundIn(earlier: readonly Turn[]): FactLibrary {
	const texts = earlier.flatMap(({ role, content }) => (role === 'user' ? findStatedFacts(content) : []));
	const facts = [...new Set(texts.map(({ text }) => text))].map((text, index): MemoryFact => {
		return { id: index + 1, text, messageId: null, acceptedAt: index };
	});
	return {
		candidates: (_conversation, _message, most) => ({
			facts: facts.toReversed().slice(0, most),
			related: 0,
			total: facts.length,
		}),
		holding: (_conversation, ids) => facts.filter(({ id }) => ids.includes(id)),
		startOf: () => null,
	};
}

/** The prompt of a sample by itself, and how much room it leaves. */
function promptOf(
	{ build, technique }: { readonly build: BuildRequest; readonly technique: Technique },
	sample: PromptSample,
	session: Session,
	signal: AbortSignal,
) {
	const { contextSize, chat } = session.facts;
	const plain = build(sample);
	const tools = technique.kind === 'tools' ? toolsOf(sample, technique).tools : [];
	const earlier = earlierTurns(sample);
	const [first] = plain.kind === 'generate' ? plain.turns : [];
	const countTokens = async (texts: readonly string[]): Promise<readonly number[]> =>
		texts.length === 0 ? [] : (await session.usage({ turns: [], texts: [...texts] }, { signal })).textTokens;
	async function countRoom(added: Pick<AddedContext, 'pieces' | 'leftOut'>): Promise<ContextRoom> {
		const request = requestWithContext(build, sample, added);
		if (request.kind !== 'generate') throw new Error('a likelihood has no room for context');
		// Chat templates write tools much like their JSON.
		const toolTokens = await countTokens(tools.map((tool) => JSON.stringify(tool)));
		const reserved = toolTokens.reduce((sum, one) => sum + one, reservedAnswerTokens(contextSize));
		const limit = contextSize - reserved;
		if (!chat) {
			const [tokens = 0] = await countTokens([request.text]);
			return { free: Math.max(0, limit - tokens), dropped: new Set() };
		}
		const left = earlier.flatMap((_, index) => (added.leftOut.includes(index) ? [] : index));
		const turns = withKeptStart(request.turns, left.length);
		const { sent, droppedTurns } = await session.usage({ turns, texts: [] }, { signal });
		const gone = [...added.leftOut, ...left.slice(0, droppedTurns)];
		return { free: Math.max(0, limit - sent), dropped: new Set(gone.map((index) => index + 1)) };
	}
	return {
		contextSize,
		earlier,
		systemPrompt: first?.role === 'system' ? first.content : '',
		message: lastUserText(sample),
		countTokens,
		/** The room besides what was added; counted once. */
		roomWith(added: Pick<AddedContext, 'pieces' | 'leftOut'>): () => Promise<ContextRoom> {
			let room: Promise<ContextRoom> | null = null;
			return () => {
				room ??= countRoom(added);
				return room;
			};
		},
	};
}

/** Indices of the earlier turns that a chat would leave out of this prompt, besides those that are not in it. */
async function turnsWithoutRoom(
	build: BuildRequest,
	sample: PromptSample,
	added: Pick<AddedContext, 'pieces' | 'leftOut'>,
	session: Session,
	signal: AbortSignal,
): Promise<readonly number[]> {
	const request = requestWithContext(build, sample, added);
	if (request.kind !== 'generate') return [];
	const left = earlierTurns(sample).flatMap((_, index) => (added.leftOut.includes(index) ? [] : index));
	const turns = withKeptStart(request.turns, left.length);
	const { droppedTurns } = await session.usage({ turns, texts: [] }, { signal });
	return left.slice(0, droppedTurns);
}

/** Lets the model that answers write a summary. Throws the Failure of what it can't write. */
async function writeSummary(
	session: Session,
	{ turns, maxTokens }: Parameters<SummaryModel['write']>[0],
	signal: AbortSignal,
): Promise<string> {
	const row = { prompt: { turns: plainTurns(turns) }, sampling: { ...greedySampling, maxTokens }, seed: 0 };
	const [written] = await session.generate([row], { signal });
	if (written === undefined) throw new Error('no summary was written');
	if ('failure' in written) throw new Failure(written.failure);
	return written.text;
}

const asked = (role: Turn['role']): 'user' | 'assistant' => (role === 'user' ? 'user' : 'assistant');

/** A sample calls no tools. */
function plainTurns(turns: readonly RequestTurn[]): PromptTurn[] {
	return turns as PromptTurn[];
}

/** The turns of a sample before its question, without a system prompt. */
function earlierTurns({ input }: Pick<PromptSample, 'input'>): readonly Turn[] {
	return typeof input === 'string' ? [] : input.slice(0, -1).filter(({ role }) => role !== 'system');
}

/** Messages are numbered from 1, in order. */
function historyMessage({ role, content }: Turn, index: number): HistoryMessage {
	return { id: index + 1, role: asked(role), text: content, content, pieces: [] };
}

/** Marks the turns before the sample's own, such as examples, as those that are never left out. */
function withKeptStart(turns: readonly Turn[], earlier: number): PromptTurn[] {
	const own = turns.length - 1 - earlier;
	return turns.map((turn, index) => (index < own ? { ...turn, keep: true as const } : turn));
}

/**
 * Builds the request for a sample with context, as a chat would: pieces stand before the text of the message, or after
 * the system prompt, and the prompt is applied to both.
 */
export function requestWithContext(
	build: BuildRequest,
	sample: PromptSample,
	{ pieces, leftOut }: Pick<AddedContext, 'pieces' | 'leftOut'>,
): PromptRequest {
	const plain = build(sample);
	if (plain.kind !== 'generate' || pieces.length + leftOut.length === 0) return plain;
	const question = contentWithPieces(lastUserText(sample), pieces);
	const filled = build({ ...sample, input: withQuestion(sample.input, question) });
	if (filled.kind !== 'generate') return plain;
	// A prompt may put the question by a column of its own, and then shows no {{input}}.
	const takesInput = filled.text !== plain.text || pieces.every(({ place }) => place !== 'message');
	const turns = takesInput
		? filled.turns
		: plain.turns.map((turn, index) =>
				index < plain.turns.length - 1 ? turn : { ...turn, content: contentWithPieces(turn.content, pieces) },
			);
	const text = takesInput ? filled.text : contentWithPieces(plain.text, pieces);
	const system = pieces.filter(({ place }) => place === 'system');
	return {
		...filled,
		turns: withSystemPieces(withoutTurns(turns, earlierTurns(sample).length, leftOut), system),
		text: system.length === 0 ? text : systemWithPieces('', system).concat('\n\n', text),
	};
}

function withQuestion(input: PromptSample['input'], question: string): PromptSample['input'] {
	if (typeof input === 'string') return question;
	return input.map((turn, index) => (index < input.length - 1 ? turn : { ...turn, content: question }));
}

function withoutTurns(turns: readonly Turn[], earlier: number, leftOut: readonly number[]): Turn[] {
	if (leftOut.length === 0) return [...turns];
	const start = turns.length - 1 - earlier;
	const gone = new Set(leftOut.map((index) => start + index));
	const rest = turns.filter((_, index) => !gone.has(index));
	return [...rest.slice(0, start), ...joinSameRole(rest.slice(start))];
}

function withSystemPieces(turns: readonly Turn[], pieces: readonly ContextPiece[]): Turn[] {
	if (pieces.length === 0) return [...turns];
	const [first, ...rest] = turns;
	if (first?.role !== 'system') return [{ role: 'system', content: systemWithPieces('', pieces) }, ...turns];
	return [{ ...first, content: systemWithPieces(first.content, pieces) }, ...rest];
}

/** What an answer's row says of what was added to its prompt. */
interface StoredContext {
	readonly context?: { readonly sha256: string; readonly leftOut: readonly number[]; readonly documents?: true };
}

/** Whether some of what was added to a prompt is gone, with the documents that it was from. */
export function isContextGone({ context }: StoredContext, pieces: readonly ContextPiece[]): boolean {
	return context !== undefined && addedHash({ pieces, leftOut: context.leftOut }) !== context.sha256;
}

/**
 * Returns the passages of documents in a prompt, in order; null: nothing was looked up in documents, or some of it is
 * gone.
 */
export function passagesOf(detail: StoredContext, pieces: readonly ContextPiece[]): readonly SentPassage[] | null {
	if (detail.context?.documents !== true || isContextGone(detail, pieces)) return null;
	return pieces.flatMap(({ kind, source, text }) =>
		kind !== 'documents' || source === null
			? []
			: [{ title: source.title, page: source.page, text: textOfBlock(text), isWhole: source.whole }],
	);
}

/** Identifies what was added, hex: when a row is measured again, it must be the same. */
export function addedHash({ pieces, leftOut }: Pick<AddedContext, 'pieces' | 'leftOut'>): string {
	const texts = pieces.map(({ kind, place, text }) => [kind, place, text]);
	return createHash('sha256')
		.update(JSON.stringify([texts, leftOut]))
		.digest('hex');
}

/** Throws Failure `context-needs-answer`: rated choices have no prompt that context could be added to. */
export function assertAnswered(techniques: readonly Technique[]): void {
	if (techniques.every(({ kind }) => kind !== 'choice-likelihood')) return;
	throw new Failure({
		code: 'context-needs-answer',
		message: said`The technique “Likeliest choice” only rates choices, so nothing can be looked up for it.`,
		next: [said`Choose a technique that writes an answer`, said`Leave the documents out`],
	});
}
