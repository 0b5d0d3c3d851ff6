import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AdapterUse } from '../../../electron/contract/adapters/schema.ts';
import type { DocumentChoice } from '../../../electron/contract/conversation/ledger.ts';
import type { OverflowPolicy } from '../../../electron/contract/conversation/overflow.ts';
import type {
	AnswerOptions,
	AttachedText,
	Conversation,
	GenerationStart,
	Message,
	MessagePrompt,
	Thread,
} from '../../../electron/contract/conversation/schema.ts';
import type { CallDecision } from '../../../electron/contract/conversation/steps.ts';
import type { Recipe } from '../../../electron/contract/server/recipe.ts';
import type { Connection } from '../../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { type AnswerVersions, createAnswerVersions } from '../answer/answer-versions.ts';
import { createGenerations, type Generations } from '../answer/generations.ts';
import { type ConversationChoices, createPendingOptions } from './pending-options.ts';
import {
	type AnswerSettings,
	createTemporaryConversation,
	type MessageInput,
	type TemporaryConversation,
} from './temporary-conversation.ts';
import {
	type NewConversationChoices,
	noChoices,
	type Outgoing,
	reuseUnchanged,
	shownConversationId,
	shownMessages,
	type ThreadState,
	withKnownBeginning,
	withStarted,
} from './thread-state.ts';

/** Messages to fetch when a conversation opens: enough for the screen, and soon there. */
const endSize = 100;

/** Messages of one page of the rest. */
const pageSize = 500;

/** `collectText` returns the texts of files attached to a temporary conversation. */
export function createThreadStore(
	connection: Connection,
	onFailure: (message: string) => void,
	textOf: (attachmentId: number) => AttachedText | undefined,
): ThreadStore {
	const { client } = connection;
	const state = createStore<ThreadState>(() => ({ status: 'new', ...noChoices }));
	const outgoing = createStore<Outgoing>(() => ({ status: 'idle' }));
	const additionalModelIds = createStore<readonly number[]>(() => []);
	const generations = createGenerations(connection, { ended, lost });
	const versions = createAnswerVersions(client, followShown);
	const pending = createPendingOptions(async (id, choices) => {
		try {
			await client.conversations.setOptions({ ...choices, id });
		} catch (error) {
			onFailure(toFailure(error).message);
			if (shownConversationId(state.getState()) === id) await refresh();
		}
	});
	let fetching: Promise<void> | null = null;
	let temporary: TemporaryConversation | null = null;
	/** Counts openings; the response to an older one is discarded. */
	let opening = 0;
	/** Number of the latest call that returns the conversation; `shown` is the latest one shown. */
	let asked = 0;
	let shown = 0;
	/** Counts changes of adapters; only the answer to the latest is shown. */
	let adaptersSet = 0;

	function show(thread: Thread): void {
		const now = state.getState();
		const same = now.status === 'ready' && now.conversation.id === thread.conversation.id;
		const known = same ? now.messages : [];
		const messages = withKnownBeginning(known, reuseUnchanged(known, thread.messages));
		const options = same && pending.waits(thread.conversation.id) ? now.options : thread.options;
		const conversation = { ...thread.conversation, generatingMessageId: stillWritten(thread.conversation, messages) };
		state.setState({ status: 'ready', ...thread, conversation, options, messages }, true);
		followShown();
		void fetchEarlier();
		void (versions.state.getState() === null ? showOthersBeingWritten(thread, same) : versions.refresh());
	}

	/** Fetches the rest of a long branch in the background, page by page. Resolves when all of it is here. */
	function fetchEarlier(): Promise<void> {
		fetching ??= fetchPages().finally(() => {
			fetching = null;
		});
		return fetching;
	}

	async function fetchPages(): Promise<void> {
		for (;;) {
			const now = state.getState();
			const [first] = shownMessages(now);
			if (now.status !== 'ready' || first === undefined || first.parentId === null) return;
			let page: readonly Message[];
			try {
				({ messages: page } = await client.conversations.earlier({ before: first.id, limit: pageSize }));
			} catch {
				// The connection is lost, or the conversation is gone: the next refresh tries again.
				return;
			}
			if (page.length === 0) return;
			state.setState((then) =>
				then.status === 'ready' && then.messages[0]?.id === first.id
					? { ...then, messages: [...page, ...then.messages] }
					: then,
			);
		}
	}

	/** Returns the messages of the branch and those shown side by side with it. */
	function withBeside(messages: readonly Message[]): readonly Message[] {
		const known = new Set(messages.map(({ id }) => id));
		return [...messages, ...(versions.state.getState()?.answers ?? []).filter(({ id }) => !known.has(id))];
	}

	function oneBeingWritten(messages: readonly Message[]): number | null {
		return withBeside(messages).find(({ status }) => status === 'streaming')?.id ?? null;
	}

	/** The fetched data may be older than a stream's end that has arrived since. */
	function stillWritten({ generatingMessageId }: Conversation, messages: readonly Message[]): number | null {
		const message = withBeside(messages).find(({ id }) => id === generatingMessageId);
		return message === undefined || message.status === 'streaming' ? generatingMessageId : oneBeingWritten(messages);
	}

	/** Shows answers side by side again if the page was reloaded while several models were answering. */
	async function showOthersBeingWritten({ conversation, messages }: Thread, known: boolean): Promise<void> {
		const last = messages.at(-1);
		if (known || conversation.generatingMessageId === null || last === undefined || last.siblings.length < 2) return;
		await versions.showIfWritten(last).catch(() => {});
	}

	function followShown(): void {
		const now = state.getState();
		if (now.status !== 'ready') return;
		generations.followAll(withBeside(now.messages), now.conversation.generatingMessageId);
	}

	/** Shows the result of a call unless a later call's result is already shown. */
	async function showNewest(call: Promise<Thread>, wanted: () => boolean): Promise<void> {
		asked += 1;
		const turn = asked;
		const thread = await call;
		if (turn < shown || !wanted()) return;
		shown = turn;
		show(thread);
	}

	async function load(conversationId: number): Promise<void> {
		const mine = opening;
		try {
			await showNewest(client.conversations.get({ id: conversationId, limit: endSize }), () => mine === opening);
		} catch (error) {
			if (mine !== opening || isConnectionLoss(error)) return;
			state.setState({ status: 'failed', conversationId, failure: toFailure(error) }, true);
		}
	}

	function leave(): void {
		opening += 1;
		temporary?.stop();
		temporary = null;
		versions.close();
		additionalModelIds.setState([], true);
		outgoing.setState({ status: 'idle' }, true);
	}

	async function open(conversationId: number | null): Promise<void> {
		if (conversationId !== null && conversationId === shownConversationId(state.getState())) return;
		leave();
		if (conversationId === null) {
			state.setState({ status: 'new', ...noChoices }, true);
			return;
		}
		state.setState({ status: 'loading', conversationId }, true);
		await load(conversationId);
	}

	async function refresh(): Promise<void> {
		const id = shownConversationId(state.getState());
		if (id !== null) await load(id);
	}

	function ended(messageId: number, message: Message): void {
		temporary?.ended(messageId, message);
		versions.replace(message);
		state.setState((now) => {
			if (now.status !== 'ready' || now.conversation.id !== message.conversationId) return now;
			const messages = now.messages.map((one) => (one.id === message.id ? message : one));
			const next = oneBeingWritten(messages);
			return { ...now, messages, conversation: { ...now.conversation, generatingMessageId: next } };
		});
	}

	function lost(): void {
		if (temporary === null) void refresh();
		else temporary.lost();
	}

	/** Runs a call that starts an answer and reports its failure. */
	async function attempt(work: () => Promise<void>): Promise<boolean> {
		const mine = opening;
		outgoing.setState({ status: 'sending' }, true);
		try {
			await pending.flush();
			await work();
			if (mine === opening) outgoing.setState({ status: 'idle' }, true);
			return true;
		} catch (error) {
			if (mine === opening) outgoing.setState({ status: 'failed', failure: toFailure(error) }, true);
			return false;
		}
	}

	/** Runs a call that starts an answer, and shows it; `several`: side by side with the others started with it. */
	function begin(call: () => Promise<GenerationStart>, several = false): Promise<boolean> {
		return attempt(async () => {
			const mine = opening;
			const start = await call();
			if (mine !== opening) return;
			generations.follow(start.messageId, start.generationId, findAnswer(start));
			versions.close();
			if (several) await versions.show({ id: start.messageId, parentId: start.userMessageId });
			if (mine !== opening) return;
			// If the branch was changed elsewhere, only the application knows which messages precede the new ones.
			const known = withStarted(state.getState(), start);
			const thread =
				known === null
					? client.conversations.get({ id: start.conversationId, limit: endSize })
					: Promise.resolve(known);
			await showNewest(thread, () => mine === opening);
		});
	}

	function change(changes: Partial<NewConversationChoices>): boolean {
		const now = state.getState();
		if (now.status !== 'new' && now.status !== 'temporary') return false;
		state.setState({ ...now, ...changes }, true);
		return true;
	}

	function showChanged(changed: { conversation: Conversation; options?: AnswerOptions }): void {
		state.setState((now) =>
			now.status === 'ready' && now.conversation.id === changed.conversation.id ? { ...now, ...changed } : now,
		);
	}

	function showOptions(id: number, options: AnswerOptions): void {
		state.setState((now) => (now.status === 'ready' && now.conversation.id === id ? { ...now, options } : now));
	}

	return {
		state,
		outgoing,
		generations,
		versions,
		additionalModelIds,
		open,
		openTemporary() {
			if (state.getState().status === 'temporary') return;
			leave();
			const conversation = createTemporaryConversation(client, generations, textOf, () => {
				if (temporary !== conversation) return;
				state.setState((now) => (now.status === 'temporary' ? { ...now, messages: conversation.branch() } : now));
			});
			temporary = conversation;
			state.setState({ status: 'temporary', ...noChoices, messages: [] }, true);
		},
		wayBack() {
			const [now, left] = [state.getState(), temporary];
			if (now.status !== 'temporary' || left === null || now.messages.length === 0) return null;
			return () => {
				leave();
				temporary = left;
				state.setState({ ...now, messages: left.branch() }, true);
			};
		},
		async keep() {
			const now = state.getState();
			if (now.status !== 'temporary' || temporary === null) return null;
			const kept = await temporary.keep(toAnswerSettings(now));
			// It is stored now, so leaving it loses nothing.
			temporary = null;
			return kept;
		},
		refresh,
		send(input) {
			const now = state.getState();
			const others = additionalModelIds.getState();
			if (now.status === 'temporary' && temporary !== null) {
				const conversation = temporary;
				return attempt(() => conversation.send(input, toAnswerSettings(now)));
			}
			const chosen = now.status === 'new' ? toAnswerSettings(now) : {};
			const several = others.length > 0 ? { alsoModelFileIds: [...others] } : {};
			const conversationId = shownConversationId(now);
			const { attachments = [], parts = [], ...message } = input;
			const attachmentIds = attachments.map(({ id }) => id);
			return begin(
				() =>
					client.conversations.send({
						...chosen,
						...several,
						...message,
						...(parts.length > 0 ? { attachments: [...parts] } : {}),
						attachmentIds,
						conversationId,
					}),
				others.length > 0,
			);
		},
		async regenerate(messageId, modelFileId) {
			const now = state.getState();
			const asked = modelFileId === undefined ? {} : { modelFileId };
			const conversation = temporary;
			if (now.status === 'temporary' && conversation !== null)
				await attempt(() => conversation.regenerate(messageId, { ...toAnswerSettings(now), ...asked }));
			else await begin(() => client.conversations.regenerate({ ...asked, messageId }));
		},
		async continue(messageId) {
			await begin(() => client.conversations.continue({ messageId }));
		},
		branch: (messageId) => client.conversations.branch({ messageId }),
		async stop() {
			const lives = [...generations.state.getState().values()];
			await Promise.all(lives.map(({ generationId }) => client.generations.stop({ id: generationId })));
		},
		async selectBranch(messageId) {
			if (temporary !== null) return temporary.select(messageId);
			const id = shownConversationId(state.getState());
			if (id === null) return;
			const selected = client.conversations.selectBranch({ id, messageId, limit: endSize });
			await showNewest(selected, () => shownConversationId(state.getState()) === id);
		},
		async reach(messageId) {
			const isShown = (): boolean => shownMessages(state.getState()).some(({ id }) => id === messageId);
			if (!isShown()) await fetchEarlier();
			return isShown();
		},
		async setSystemPrompt(systemPrompt) {
			const id = shownConversationId(state.getState());
			if (change({ systemPrompt }) || id === null) return;
			showChanged({ conversation: await client.conversations.setSystemPrompt({ id, systemPrompt }) });
		},
		async setModel(modelFileId) {
			const id = shownConversationId(state.getState());
			additionalModelIds.setState(
				additionalModelIds.getState().filter((other) => other !== modelFileId),
				true,
			);
			if (change({ modelFileId }) || id === null) return;
			showChanged({ conversation: await client.conversations.setModel({ id, modelFileId }) });
		},
		setOptions(choices, base) {
			const now = state.getState();
			const options = { ...base, ...choices };
			if (change({ options }) || now.status !== 'ready') return;
			state.setState({ ...now, options }, true);
			pending.set(now.conversation.id, choices);
		},
		async setPrompt(prompt, base) {
			const id = shownConversationId(state.getState());
			if (change({ options: { ...base, prompt } }) || id === null) return;
			await pending.flush();
			showChanged(await client.conversations.setPrompt({ id, prompt }));
		},
		async setAdapters(adapters, base, of) {
			const id = of ?? shownConversationId(state.getState());
			const { adapters: _, ...rest } = base;
			const options = adapters === null ? rest : { ...rest, adapters: [...adapters] };
			if ((of === undefined && change({ options })) || id === null) return;
			// At once: the next key on a scale counts from this one.
			showOptions(id, options);
			const order = ++adaptersSet;
			await pending.flush();
			try {
				const set = await client.conversations.setAdapters({ id, adapters: adapters === null ? null : [...adapters] });
				if (order === adaptersSet) showChanged(set);
			} catch (error) {
				if (shownConversationId(state.getState()) === id) await refresh();
				throw error;
			}
		},
		async setOverflow(overflow, base) {
			const id = shownConversationId(state.getState());
			const { overflow: _, ...rest } = base;
			if (change({ options: overflow === null ? rest : { ...rest, overflow } }) || id === null) return;
			await pending.flush();
			showChanged(await client.conversations.setOverflow({ id, overflow }));
		},
		async setDocuments(documents, base) {
			const id = shownConversationId(state.getState());
			if (change({ options: { ...base, documents: [...documents] } }) || id === null) return;
			await pending.flush();
			showChanged(await client.conversations.setDocuments({ id, documents: [...documents] }));
		},
		async setMemory(memory, base) {
			const id = shownConversationId(state.getState());
			if (change({ options: { ...base, memory } }) || id === null) return;
			await pending.flush();
			showChanged(await client.conversations.setMemory({ id, memory }));
		},
		async replay(messageId) {
			await begin(() => client.conversations.replay({ messageId }));
		},
		async applyPreset(presetId, systemPrompt) {
			const id = shownConversationId(state.getState());
			const now = state.getState();
			const before = now.status === 'loading' || now.status === 'failed' ? null : now.options;
			const kept = { answerFormat: before?.answerFormat, documents: before?.documents, memory: before?.memory };
			const options: AnswerOptions = { presetId, sampling: {}, contextSize: null, ...kept };
			if (change({ options, ...(systemPrompt === null ? {} : { systemPrompt }) }) || id === null) return;
			pending.drop();
			showChanged(await client.conversations.applyPreset({ id, presetId }));
		},
		async applyRecipe(modelFileId, { systemPrompt, sampling, contextSize, prompt = null, adapters }) {
			const now = state.getState();
			if (now.status === 'loading' || now.status === 'failed') return;
			const id = shownConversationId(now);
			const chosen: AnswerOptions = { presetId: null, sampling, contextSize, prompt };
			const { adapters: _, ...others } = now.options ?? chosen;
			const own = adapters === undefined ? {} : { adapters };
			const options: AnswerOptions = { ...others, ...chosen, ...own };
			if (change({ modelFileId, systemPrompt, options }) || id === null) return;
			pending.drop();
			await client.conversations.setModel({ id, modelFileId });
			await client.conversations.applyPreset({ id, presetId: null });
			await client.conversations.setOptions({ id, sampling, contextSize, answerFormat: options.answerFormat });
			await client.conversations.setSystemPrompt({ id, systemPrompt });
			await client.conversations.setPrompt({ id, prompt });
			showChanged(await client.conversations.setAdapters({ id, adapters: adapters ?? null }));
		},
		setNewTools: (tools) => void change({ tools }),
		async decide(messageId, callId, decision) {
			const live = generations.live(messageId);
			if (live !== undefined) await client.generations.decide({ id: live.generationId, callId, decision });
		},
		clearFailure: () => outgoing.setState({ status: 'idle' }, true),
	};
}

function findAnswer({ messages, messageId }: GenerationStart): Message | null {
	return messages.find(({ id }) => id === messageId) ?? null;
}

function toAnswerSettings({ systemPrompt, modelFileId, options, tools }: NewConversationChoices): AnswerSettings {
	return {
		...(modelFileId === null ? {} : { modelFileId }),
		...(systemPrompt === null ? {} : { systemPrompt }),
		...(options === null ? {} : { options }),
		...(tools === null ? {} : { tools: [...tools] }),
	};
}

/** The conversation on the screen, stored or temporary, and all its actions. */
export interface ThreadStore {
	readonly state: StoreApi<ThreadState>;
	/** The message on its way to the application. */
	readonly outgoing: StoreApi<Outgoing>;
	readonly generations: Generations;
	/** Answers shown side by side. */
	readonly versions: AnswerVersions;
	/** Models that answer the next message in addition to the chosen one. */
	readonly additionalModelIds: StoreApi<readonly number[]>;
	/** Shows a conversation; null: a new one. */
	open(conversationId: number | null): Promise<void>;
	/** Shows a temporary conversation: the current one, or an empty one. */
	openTemporary(): void;
	/**
	 * Returns a function that restores the temporary conversation on the screen after it was left; null if it is empty.
	 */
	wayBack(): (() => void) | null;
	/** Stores the temporary conversation on the screen and returns it; null if none is shown. */
	keep(): Promise<Conversation | null>;
	/** Fetches the shown conversation again; keeps the objects of unchanged messages. */
	refresh(): Promise<void>;
	/** Sends a message and shows the answer. Returns false on failure (`outgoing` has the reason). */
	send(input: MessageInput): Promise<boolean>;
	regenerate(messageId: number, modelFileId?: number): Promise<void>;
	/** Generates another answer that starts with this one's text. */
	continue(messageId: number): Promise<void>;
	/** Creates a conversation that starts as a copy up to this message. */
	branch(messageId: number): Promise<Conversation>;
	/** Stops every answer being written here. */
	stop(): Promise<void>;
	selectBranch(messageId: number): Promise<void>;
	/** Fetches the rest of the branch if the message may be there. Returns whether it is. */
	reach(messageId: number): Promise<boolean>;
	setSystemPrompt(systemPrompt: string): Promise<void>;
	setModel(modelFileId: number): Promise<void>;
	/** Takes effect at once and is stored after a short pause. */
	setOptions(choices: ConversationChoices, base: AnswerOptions): void;
	/**
	 * Replaces the LoRA adapters of the next answers; null: those of the model's load settings. `of`: of this conversation,
	 * even if another is on the screen.
	 */
	setAdapters(adapters: readonly AdapterUse[] | null, base: AnswerOptions, of?: number): Promise<void>;
	/** Chooses what happens once the context is full; null: what the preset says, else the settings. */
	setOverflow(overflow: OverflowPolicy | null, base: AnswerOptions): Promise<void>;
	/** Replaces the prompt that is applied to each message; null: none. `base` are the options until now. */
	setPrompt(prompt: MessagePrompt | null, base: AnswerOptions): Promise<void>;
	/** Chooses the tools of a conversation that is not stored. */
	setNewTools(tools: readonly number[]): void;
	/** Answers the question about a call that waits for permission. */
	decide(messageId: number, callId: string, decision: CallDecision): Promise<void>;
	/** Replaces the collections and documents that answers may use. `base` are the options until now. */
	setDocuments(documents: readonly DocumentChoice[], base: AnswerOptions): Promise<void>;
	/** Sets whether answers use what is remembered, and messages propose more. */
	setMemory(memory: boolean, base: AnswerOptions): Promise<void>;
	/** Answers again with the same prompt, context, parameters and seed. */
	replay(messageId: number): Promise<void>;
	/** `systemPrompt` is the preset's; null: it leaves the conversation's own. */
	applyPreset(presetId: number | null, systemPrompt: string | null): Promise<void>;
	/** Answers as an alias does from now on: its model, and everything that was chosen with it. */
	applyRecipe(modelFileId: number, recipe: Recipe): Promise<void>;
	clearFailure(): void;
}
