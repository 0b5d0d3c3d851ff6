import { setTimeout as wait } from 'node:timers/promises';
import { greedySampling } from '../../../models/contract/default-sampling.ts';
import { Failure, type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import type { GenerateRequest } from '../../../models/contract/generation.ts';
import { said } from '../../../models/contract/said.ts';
import type { Engine } from '../../../models/engine.ts';
import type { Summaries, Summary } from '../../contract/conversation/overflow.ts';
import type { Conversation } from '../../contract/conversation/schema.ts';
import { branchPath } from '../../conversation/branch-path.ts';
import { chooseModel } from '../../conversation/choose-model.ts';
import { cleanText } from '../../conversation/clean-text.ts';
import type { ConversationContext } from '../../conversation/context.ts';
import { estimateTokens } from '../../conversation/count-tokens.ts';
import { type EffectiveOptions, effectiveOptions } from '../../conversation/options.ts';
import { readOverflow } from '../../conversation/store/context-overflow.ts';
import { getConversation, headOf } from '../../conversation/store/conversations.ts';
import { readOptions } from '../../conversation/store/options.ts';
import {
	chooseSummary,
	conversationsWithDraft,
	deleteSummaryDraft,
	getSummary,
	insertSummary,
	listSummaries,
	readSummaryDraft,
	type SummaryDraft,
	type SummaryRow,
	writeSummaryDraft,
} from '../../conversation/store/summaries.ts';
import { readCachedPrompt } from '../../conversation/turns-so-far.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { transaction } from '../../database/sql.ts';
import type { Lane } from '../../jobs/lane.ts';
import { runWhileChatIdle, waitForChatIdle } from '../../jobs/yield-to-chat.ts';
import {
	coveredMessages,
	isSummaryDue,
	promptRoom,
	type SummaryModel,
	type SummaryProgress,
	summarise,
	summaryRoom,
	summaryTokens,
	turnsToAskBehind,
} from './summarise.ts';
import { readSummarised } from './summarised-messages.ts';
import { isOvertaken, type SummaryLibrary } from './summary-source.ts';

/** How long nobody must have chatted before a summary is made, ms: the next message should not meet it. */
const usualIdleMs = 4_000;
/** Shortest time between two writes of a draft, and between two events about it, ms. */
const draftMs = 500;
/** Messages of the end of a branch among which the last summary in use is looked for: answers may have failed. */
const lookedBack = 20;
/** Messages to read at once. */
const readAtOnce = 500;
/** Fewest tokens that the rest of a summary gets. */
const leastRest = 16;

/** Versions of the summaries of stored conversations, and what makes them in idle time. */
export interface ConversationSummaries extends SummaryLibrary {
	/** Throws Failure `conversation-unknown`. */
	list(conversationId: number): Promise<Summaries>;
	/** Stores a person's text as a new version. Throws Failure `summary-unknown`. */
	edit(summaryId: number, text: string): Promise<Summaries>;
	/** Uses a version again. Throws Failure `summary-unknown`. */
	use(summaryId: number): Promise<Summaries>;
	/**
	 * Writes a new version from the messages themselves, as soon as nobody chats. Throws Failure `conversation-unknown`,
	 * `nothing-to-summarise`, `no-model`.
	 */
	make(conversationId: number): Promise<Summaries>;
	/** Gives up the version that is being made. Throws Failure `conversation-unknown`. */
	cancel(conversationId: number): Promise<Summaries>;
	/** Begins to make summaries in idle time, and goes on with those that an earlier process left unfinished. */
	start(): void;
	/** Ends the work; the next process goes on from there. */
	close(): Promise<void>;
}

interface Options {
	readonly idleMs?: number;
	/** Whether a chat answer is being written, on whatever model. */
	readonly answering?: () => boolean;
	/** Called in idle time with the messages of a conversation that looks things up in its own past. */
	readonly embedPast?: (messageIds: readonly number[], signal: AbortSignal) => Promise<void>;
}

export function createConversationSummaries(
	context: ConversationContext,
	lane: Lane,
	{ idleMs = usualIdleMs, answering = context.answers.isWriting, embedPast }: Options = {},
): ConversationSummaries {
	const { database, events, clock, log } = context;
	const closing = new AbortController();
	/** The wait or the work of each conversation. */
	const pending = new Map<number, AbortController>();
	const writing = new Map<number, { fraction: number; toldAt: number }>();
	const problems = new Map<number, FailureFacts>();
	let working: Promise<void> = Promise.resolve();
	let unsubscribe = (): void => {};

	const changed = (conversationId: number): void => events.publish({ type: 'summaries-changed', conversationId });

	/** Waits until nobody has chatted for a while, and for its turn; another call restarts the wait. */
	function schedule(id: number, afterMs = idleMs): void {
		pending.get(id)?.abort();
		const anew = new AbortController();
		pending.set(id, anew);
		const signal = AbortSignal.any([closing.signal, anew.signal]);
		async function run(): Promise<void> {
			await wait(afterMs, undefined, { signal, ref: false });
			// Whoever waits for the lane would wait for this answer without knowing it.
			await waitForChatIdle({ answering, events }, signal);
			await lane(async () => {
				if (signal.aborted) return;
				working = runWhileChatIdle({ answering, events }, signal, (undisturbed) => work(id, undisturbed));
				await working;
			}, said`the summary of a conversation`);
		}
		run()
			.catch((error: unknown) => {
				if (signal.aborted) return;
				const facts = failureFacts(error);
				log(`conversation: no summary was made: ${facts.detail ?? facts.message}`);
				problems.set(id, facts);
				try {
					deleteSummaryDraft(database, id);
				} catch (cause) {
					// The disk may be full. The next start continues with the draft.
					log(`conversation: the draft of a summary could not be deleted: ${String(cause)}`);
				}
				changed(id);
			})
			.finally(() => {
				if (pending.get(id) === anew) pending.delete(id);
			});
	}

	async function work(id: number, signal: AbortSignal): Promise<void> {
		const conversation = findConversation(database, id);
		if (conversation === null) return;
		const facts = await readFacts(context, conversation);
		if (facts === null) return;
		const { options, model, path } = facts;
		const draft = readSummaryDraft(database, id);
		if (options.overflow !== 'summary' && draft?.isAsked !== true) {
			if (options.overflow === 'retrieve') await embedIfDue(facts, signal);
			return;
		}
		const loaded = context.models.loaded(model.id);
		// Only what a person asks for loads a model.
		if (loaded === null && draft?.isAsked !== true) return;
		const engine = loaded ?? (await context.models.acquire(model.id, options.load, { signal }));
		const current = isCurrent(database, draft, path) ? draft : await plan(facts, engine, signal);
		if (current === null) return deleteSummaryDraft(database, id);
		await write(facts, current, engine, signal);
	}

	/** Begins a draft if a version is due; null: none is. */
	async function plan(facts: Facts, engine: Engine, signal: AbortSignal): Promise<SummaryDraft | null> {
		const { conversation, path, options, versions } = facts;
		const [newest] = versions;
		const from = newest === undefined ? 0 : path.indexOf(newest.untilId) + 1;
		const { contextSize } = engine.capabilities();
		const messages = await readSummarised(context, path.slice(from), contextSize, options.prompt);
		const tokens = await countTexts(
			engine,
			messages.map(({ sent }) => sent),
		);
		const { request } = await readCachedPrompt(context, conversation, options, null, contextSize);
		const room = await summaryRoom(
			contextSize,
			{ systemPrompt: conversation.systemPrompt, prompt: options.prompt, summary: newest?.text ?? '' },
			(turns) => engine.countTokens({ ...turns, ...(request.tools === undefined ? {} : { tools: request.tools }) }),
		);
		signal.throwIfAborted();
		const covered = coveredMessages(messages, tokens, room);
		const sum = tokens.reduce((total, one) => total + one, 0);
		if (!isSummaryDue(sum, room) || covered === 0) return null;
		const draft = newDraft(conversation.id, path[from + covered - 1]!, newest?.id ?? null, false);
		writeSummaryDraft(database, draft, clock());
		return draft;
	}

	async function write(facts: Facts, draft: SummaryDraft, engine: Engine, signal: AbortSignal): Promise<void> {
		const { conversation, path, versions, model } = facts;
		const { id } = conversation;
		const base = versions.find((one) => one.id === draft.basedOnId);
		const from = base === undefined ? 0 : path.indexOf(base.untilId) + 1;
		const end = path.indexOf(draft.untilId) + 1;
		const { contextSize } = engine.capabilities();
		const messages = await readSummarised(context, path.slice(from, end), contextSize, null);
		const behind = draft.isAsked ? null : await readBehind(facts, engine);
		let last = draft;
		let storedAt = performance.now();
		problems.delete(id);
		writing.set(id, { fraction: 0, toldAt: performance.now() });
		changed(id);
		function onProgress(progress: SummaryProgress): void {
			const isStep = progress.messages !== last.messages || progress.characters !== last.characters;
			last = { ...draft, ...progress };
			if (isStep || performance.now() - storedAt >= draftMs) keep();
			tell(id, fractionOf(progress, behind === null ? messages.length : 1, contextSize));
		}
		function keep(): void {
			storedAt = performance.now();
			// The draft may have been cancelled or replaced, or its conversation deleted.
			if (isKept(database, draft)) writeSummaryDraft(database, last, clock());
		}
		try {
			const work = {
				before: base?.text ?? '',
				messages,
				behind: behind?.turns ?? null,
				progress: draft,
			};
			const written = await summarise(
				{
					contextSize,
					countTokens: (texts) => countTexts(engine, texts),
					write: (request, onText) => generate(engine, request, behind?.request ?? apart(id), signal, onText),
				},
				work,
				onProgress,
			);
			signal.throwIfAborted();
			const isOutdated = transaction(database, () => {
				if (!isKept(database, draft)) return false;
				deleteSummaryDraft(database, id);
				// A person wrote or chose another version meanwhile.
				if (!isCurrent(database, draft, path)) return true;
				insertSummary(database, {
					conversationId: id,
					untilId: draft.untilId,
					text: written,
					messages: end,
					writtenBy: 'model',
					modelName: model.name,
					atOnce: draft.isAsked,
					createdAt: clock(),
				});
				return false;
			});
			if (isOutdated) return schedule(id);
			if (behind === null) await readAgain(facts, engine, signal);
		} catch (error) {
			if (signal.aborted) keep();
			throw error;
		} finally {
			writing.delete(id);
			changed(id);
		}
	}

	function tell(id: number, fraction: number): void {
		const entry = writing.get(id);
		if (entry === undefined) return;
		entry.fraction = Math.max(entry.fraction, fraction);
		if (performance.now() - entry.toldAt < draftMs) return;
		entry.toldAt = performance.now();
		changed(id);
	}

	/**
	 * The prompt that the model has in its cache, if it holds the version to continue and all that was said since. Asked at
	 * its end, the next message still finds it there.
	 */
	async function readBehind({ conversation, head, options, versions }: Facts, engine: Engine) {
		const { contextSize } = engine.capabilities();
		const read = await readCachedPrompt(context, conversation, options, head, contextSize);
		const { turns, tooOld, summary, hasFacts, request } = read;
		// Facts can be forgotten or switched off later: no summary must keep them.
		if (hasFacts || tooOld.length > 0) return null;
		if (summary !== null && versions.every(({ id }) => id !== summary.id)) return null;
		// What a person wrote must not be lost by continuing an older version.
		if (isOvertaken(versions, summary?.id ?? null)) return null;
		const { cacheKey: _, adapters: __, ...tools } = request;
		const fitting = await turnsToAskBehind(turns, contextSize, (counted) =>
			engine.countTokens({ ...counted, ...tools }),
		);
		return fitting === null ? null : { turns: fitting, request };
	}

	/** Puts the conversation back into the cache, where the summary took its place, so that the next answer starts at once. */
	async function readAgain({ conversation, head, options }: Facts, engine: Engine, signal: AbortSignal): Promise<void> {
		const { contextSize } = engine.capabilities();
		const { turns, request } = await readCachedPrompt(context, conversation, options, head, contextSize);
		try {
			await generate(engine, { turns, maxTokens: 1, begun: '' }, request, signal, () => {});
		} catch {
			// The summary is stored. A chat answer that interrupted this reads the conversation itself.
		}
	}

	async function embedIfDue({ path, model, options }: Facts, signal: AbortSignal): Promise<void> {
		const engine = context.models.loaded(model.id);
		if (embedPast === undefined || engine === null) return;
		const { contextSize } = engine.capabilities();
		const messages = await readSummarised(context, path, contextSize, options.prompt);
		const sum = messages.reduce((total, { sent }) => total + estimateTokens(sent), 0);
		if (isSummaryDue(sum, promptRoom(contextSize))) await embedPast(path, signal);
	}

	async function list(conversationId: number): Promise<Summaries> {
		const conversation = getConversation(database, conversationId);
		const path = new Set(await pathOf(context, conversationId));
		const stored = listSummaries(database, conversationId);
		const model = tryModel(context, conversation);
		const options = model === null ? null : effectiveOptions(context, readOptions(database, conversationId), model);
		const draft = readSummaryDraft(database, conversationId);
		const problem = problems.get(conversationId) ?? null;
		const progress = writing.get(conversationId);
		return {
			policy: options?.overflow ?? readOptions(database, conversationId).overflow ?? context.settings().overflow,
			versions: stored
				.map(({ atOnce: _, ...version }): Summary => ({ ...version, onBranch: path.has(version.untilId) }))
				.toSorted((one, other) => other.number - one.number),
			activeId: stored.find(({ untilId }) => path.has(untilId))?.id ?? null,
			making:
				draft === null && problem === null
					? null
					: {
							state: progress === undefined ? 'waiting' : 'writing',
							fraction: progress?.fraction ?? 0,
							problem: draft === null ? problem : null,
						},
		};
	}

	async function change(conversationId: number, act: () => void): Promise<Summaries> {
		transaction(database, act);
		changed(conversationId);
		return await list(conversationId);
	}

	/** A person's version wins: one that the model is making right now starts again from it. */
	async function choose(conversationId: number, act: () => void): Promise<Summaries> {
		problems.delete(conversationId);
		const changes = change(conversationId, () => {
			act();
			deleteSummaryDraft(database, conversationId);
		});
		if (pending.has(conversationId)) schedule(conversationId);
		return await changes;
	}

	return {
		versions: (path, conversationId) => (conversationId === null ? [] : versionsOn(database, path, conversationId)),
		lastUsed: (path) => lastUsedOn(database, path),
		list,
		async edit(summaryId, text) {
			const { conversationId, untilId, messages } = getSummary(database, summaryId);
			return await choose(conversationId, () =>
				insertSummary(database, {
					conversationId,
					untilId,
					messages,
					text: cleanText(text),
					writtenBy: 'person',
					modelName: '',
					atOnce: true,
					createdAt: clock(),
				}),
			);
		},
		async use(summaryId) {
			const summary = getSummary(database, summaryId);
			return await choose(summary.conversationId, () => chooseSummary(database, summary));
		},
		async make(conversationId) {
			const conversation = getConversation(database, conversationId);
			const model = chooseModel(context.models, undefined, conversation.modelFileId);
			const path = await pathOf(context, conversationId);
			const [newest] = versionsOn(database, path, conversationId);
			const contextSize = context.models.loaded(model.id)?.capabilities().contextSize ?? 4_096;
			const { prompt } = readOptions(database, conversationId);
			const messages = await readSummarised(context, path, contextSize, prompt ?? null);
			const tokens = messages.map(({ sent }) => estimateTokens(sent));
			// A person may want one before it is due: then all but the last exchange is covered.
			const beforeLast = Math.max(
				0,
				messages.findLastIndex(({ role }) => role === 'user'),
			);
			const covered = coveredMessages(messages, tokens, promptRoom(contextSize)) || beforeLast;
			const untilId = newest?.untilId ?? path[covered - 1];
			if (untilId === undefined) {
				throw new Failure({
					code: 'nothing-to-summarise',
					message: said`There is nothing to summarise: the last message and its answer always stay as they are.`,
					next: [said`Make a summary once the conversation is longer`],
				});
			}
			problems.delete(conversationId);
			const made = await change(conversationId, () =>
				writeSummaryDraft(database, newDraft(conversationId, untilId, null, true), clock()),
			);
			schedule(conversationId, 0);
			return made;
		},
		async cancel(conversationId) {
			getConversation(database, conversationId);
			problems.delete(conversationId);
			deleteSummaryDraft(database, conversationId);
			pending.get(conversationId)?.abort();
			return await change(conversationId, () => {});
		},
		start() {
			const resume = (): void => {
				for (const id of conversationsWithDraft(database)) if (!pending.has(id)) schedule(id);
			};
			const stop = events.subscribe((event) => {
				if (event.type === 'answer-ended' && event.message.status !== 'failed') schedule(event.message.conversationId);
				if (event.type === 'model-state' && event.state.state === 'loaded') resume();
			});
			unsubscribe = stop;
			resume();
		},
		async close() {
			unsubscribe();
			closing.abort(new Error('the application ends'));
			await working.catch(() => {});
		},
	};
}

/** What a summary of a conversation depends on. */
interface Facts {
	readonly conversation: Conversation;
	readonly model: ReturnType<typeof chooseModel>;
	readonly options: EffectiveOptions;
	readonly head: number;
	/** Its messages, oldest first. */
	readonly path: readonly number[];
	/** Those that hold for the branch; the one to use first. */
	readonly versions: readonly SummaryRow[];
}

async function readFacts(context: ConversationContext, conversation: Conversation): Promise<Facts | null> {
	const { database } = context;
	const head = headOf(database, conversation.id);
	const model = tryModel(context, conversation);
	if (head === null || model === null || conversation.generatingMessageId !== null) return null;
	const path = await branchPath(database, head);
	const options = effectiveOptions(context, readOptions(database, conversation.id), model);
	const versions = versionsOn(database, path, conversation.id);
	return { conversation, model, options, head, path, versions };
}

function tryModel({ models }: ConversationContext, { modelFileId }: Conversation) {
	try {
		return chooseModel(models, undefined, modelFileId);
	} catch {
		// The library is empty.
		return null;
	}
}

/** Returns a conversation that is there and not in the trash. */
function findConversation(database: ReadableDatabase, id: number): Conversation | null {
	try {
		const conversation = getConversation(database, id);
		return conversation.deletedAt === null ? conversation : null;
	} catch {
		// Deleted for good meanwhile.
		return null;
	}
}

async function pathOf({ database }: ConversationContext, conversationId: number): Promise<readonly number[]> {
	const head = headOf(database, conversationId);
	return head === null ? [] : await branchPath(database, head);
}

/** Whether a draft still holds: its messages are on the branch, and nobody chose another version since. */
function isCurrent(
	database: ReadableDatabase,
	draft: SummaryDraft | null,
	path: readonly number[],
): draft is SummaryDraft {
	if (draft === null || !path.includes(draft.untilId)) return false;
	return draft.isAsked || draft.basedOnId === (versionsOn(database, path, draft.conversationId)[0]?.id ?? null);
}

/** Whether this draft is still the one of its conversation, however far it has come. */
function isKept(database: ReadableDatabase, { conversationId, untilId, basedOnId, isAsked }: SummaryDraft): boolean {
	const kept = readSummaryDraft(database, conversationId);
	return kept?.untilId === untilId && kept.basedOnId === basedOnId && kept.isAsked === isAsked;
}

/** Returns the versions that hold for a branch; the one to use first. */
function versionsOn(
	database: ReadableDatabase,
	path: readonly number[],
	conversationId: number,
): readonly SummaryRow[] {
	const on = new Set(path);
	return listSummaries(database, conversationId).filter(({ untilId }) => on.has(untilId));
}

function lastUsedOn(database: ReadableDatabase, path: readonly number[]): number | null {
	const used = [...readOverflow(database, path.slice(-lookedBack)).values()];
	return used.findLast(({ summary }) => summary !== null)?.summary?.id ?? null;
}

function newDraft(conversationId: number, untilId: number, basedOnId: number | null, isAsked: boolean): SummaryDraft {
	return { conversationId, untilId, basedOnId, isAsked, notes: '', messages: 0, characters: 0, text: '' };
}

async function countTexts(engine: Engine, texts: readonly string[]): Promise<readonly number[]> {
	const counts: number[] = [];
	for (let from = 0; from < texts.length; from += readAtOnce) {
		const some = texts.slice(from, from + readAtOnce);
		const turns = [{ role: 'user' as const, content: '' }];
		counts.push(...(await engine.countTokens({ turns, texts: some })).textTokens);
	}
	return counts;
}

/** Keeps the prompt of a summary apart from the conversation's in the cache. */
function apart(conversationId: number): Pick<GenerateRequest, 'cacheKey'> {
	return { cacheKey: `summary-${conversationId}` };
}

function fractionOf({ messages, text }: SummaryProgress, all: number, contextSize: number): number {
	const step = Math.min(1, estimateTokens(text) / summaryTokens(contextSize));
	return Math.min(0.99, (messages + step) / Math.max(1, all));
}

async function generate(
	engine: Engine,
	{ turns, maxTokens, begun }: Parameters<SummaryModel['write']>[0],
	request: Omit<GenerateRequest, 'turns' | 'sampling'>,
	signal: AbortSignal,
	onText: (text: string) => void,
): Promise<string> {
	let text = '';
	const rest = Math.max(Math.min(leastRest, maxTokens), maxTokens - estimateTokens(begun));
	const sampling = { ...greedySampling, maxTokens: rest, seed: 0 };
	// A model that thinks first would spend all of the tokens on that.
	const thought = engine.capabilities().reasoning ? '<think>\n\n</think>\n\n' : '';
	const prefill = thought + begun === '' ? {} : { prefill: { text: thought + begun, tokens: null } };
	for await (const event of engine.generate({ ...request, turns: [...turns], sampling, ...prefill }, signal)) {
		if (event.type === 'tokens') {
			text += event.text;
			onText(text);
		}
		if (event.type === 'failed') throw new Failure({ ...event.failure, next: [...event.failure.next] });
	}
	signal.throwIfAborted();
	return text;
}
