import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	Conversation,
	GenerationStart,
	Message,
	SendInput,
	Thread,
} from '../../electron/contract/conversation.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { failureOf, isConnectionLoss } from '../connection/failure.ts';
import { createGenerations, type Generations } from './generations.ts';

/** The conversation on the screen. */
export type ThreadState =
	/** Not begun: what is chosen here goes along with the first message. */
	| { status: 'new'; systemPrompt: string | null; modelFileId: number | null }
	| { status: 'loading'; conversationId: number }
	| { status: 'ready'; conversation: Conversation; messages: readonly Message[] }
	| { status: 'failed'; conversationId: number; failure: FailureFacts };

export type Outgoing = { status: 'idle' } | { status: 'sending' } | { status: 'failed'; failure: FailureFacts };

export interface OpenThread {
	readonly state: StoreApi<ThreadState>;
	/** The message on its way to the application. */
	readonly outgoing: StoreApi<Outgoing>;
	readonly generations: Generations;
	/** Shows a conversation; null: a new one. */
	open(conversationId: number | null): Promise<void>;
	/** Fetches what is shown afresh; keeps unchanged messages as they are. */
	refresh(): Promise<void>;
	/** Sends and shows the answer; the id of its conversation, or null where it failed (`outgoing` says why). */
	send(input: Omit<SendInput, 'conversationId'>): Promise<number | null>;
	regenerate(messageId: number, modelFileId?: number): Promise<void>;
	/** Stops the answer being written, if there is one. */
	stop(): Promise<void>;
	selectBranch(messageId: number): Promise<void>;
	setSystemPrompt(systemPrompt: string): Promise<void>;
	setModel(modelFileId: number): Promise<void>;
	clearFailure(): void;
}

const blank: ThreadState = { status: 'new', systemPrompt: null, modelFileId: null };

export function createThread(connection: Connection): OpenThread {
	const { client } = connection;
	const state = createStore<ThreadState>(() => blank);
	const outgoing = createStore<Outgoing>(() => ({ status: 'idle' }));
	const generations = createGenerations(connection, { ended: replaceMessage, lost: () => void refresh() });
	/** Counts openings: an answer to an older one is dropped. */
	let opening = 0;

	function show(thread: Thread): void {
		const now = state.getState();
		const before = now.status === 'ready' && now.conversation.id === thread.conversation.id ? now.messages : [];
		const messages = keepUnchanged(before, thread.messages);
		state.setState({ status: 'ready', conversation: thread.conversation, messages }, true);
		generations.followAll(messages);
	}

	async function load(conversationId: number): Promise<void> {
		const mine = opening;
		try {
			const thread = await client.conversations.get({ id: conversationId });
			if (mine === opening) show(thread);
		} catch (error) {
			if (mine !== opening || isConnectionLoss(error)) return;
			state.setState({ status: 'failed', conversationId, failure: failureOf(error) }, true);
		}
	}

	async function open(conversationId: number | null): Promise<void> {
		if (conversationId !== null && conversationId === shownId(state.getState())) return;
		opening += 1;
		outgoing.setState({ status: 'idle' }, true);
		if (conversationId === null) {
			state.setState(blank, true);
			return;
		}
		state.setState({ status: 'loading', conversationId }, true);
		await load(conversationId);
	}

	async function refresh(): Promise<void> {
		const id = shownId(state.getState());
		if (id !== null) await load(id);
	}

	function replaceMessage(message: Message): void {
		state.setState((now) =>
			now.status === 'ready' && now.conversation.id === message.conversationId
				? { ...now, messages: now.messages.map((one) => (one.id === message.id ? message : one)) }
				: now,
		);
	}

	/** Runs a call that starts an answer, and shows it. */
	async function begin(call: () => Promise<GenerationStart>): Promise<number | null> {
		const mine = opening;
		outgoing.setState({ status: 'sending' }, true);
		try {
			const start = await call();
			if (mine !== opening) return start.conversationId;
			generations.follow(start.messageId, start.generationId, null);
			const thread = await client.conversations.get({ id: start.conversationId });
			if (mine === opening) {
				show(thread);
				outgoing.setState({ status: 'idle' }, true);
			}
			return start.conversationId;
		} catch (error) {
			if (mine === opening) outgoing.setState({ status: 'failed', failure: failureOf(error) }, true);
			return null;
		}
	}

	return {
		state,
		outgoing,
		generations,
		open,
		refresh,
		send(input) {
			const now = state.getState();
			const chosen =
				now.status === 'new'
					? {
							...(now.modelFileId === null ? {} : { modelFileId: now.modelFileId }),
							...(now.systemPrompt === null ? {} : { systemPrompt: now.systemPrompt }),
						}
					: {};
			return begin(() => client.conversations.send({ conversationId: shownId(now), ...chosen, ...input }));
		},
		async regenerate(messageId, modelFileId) {
			await begin(() =>
				client.conversations.regenerate({ messageId, ...(modelFileId === undefined ? {} : { modelFileId }) }),
			);
		},
		async stop() {
			const now = state.getState();
			if (now.status !== 'ready') return;
			const written = now.messages.findLast(({ status }) => status === 'streaming');
			const live = written && generations.live(written.id);
			if (live) await client.generations.stop({ id: live.generationId });
		},
		async selectBranch(messageId) {
			const id = shownId(state.getState());
			if (id === null) return;
			const thread = await client.conversations.selectBranch({ id, messageId });
			if (shownId(state.getState()) === id) show(thread);
		},
		async setSystemPrompt(systemPrompt) {
			const now = state.getState();
			if (now.status === 'new') return state.setState({ ...now, systemPrompt }, true);
			if (now.status === 'ready')
				showConversation(await client.conversations.setSystemPrompt({ id: now.conversation.id, systemPrompt }));
		},
		async setModel(modelFileId) {
			const now = state.getState();
			if (now.status === 'new') return state.setState({ ...now, modelFileId }, true);
			if (now.status === 'ready')
				showConversation(await client.conversations.setModel({ id: now.conversation.id, modelFileId }));
		},
		clearFailure: () => outgoing.setState({ status: 'idle' }, true),
	};

	function showConversation(conversation: Conversation): void {
		state.setState((now) =>
			now.status === 'ready' && now.conversation.id === conversation.id ? { ...now, conversation } : now,
		);
	}
}

/** Which conversation is shown, be it loaded or not. */
export function shownId(state: ThreadState): number | null {
	switch (state.status) {
		case 'new':
			return null;
		case 'ready':
			return state.conversation.id;
		case 'loading':
		case 'failed':
			return state.conversationId;
	}
}

/** The fetched messages, with those that did not change being the very objects that were there: they don't render again. */
export function keepUnchanged(before: readonly Message[], fetched: readonly Message[]): readonly Message[] {
	const known = new Map(before.map((message) => [message.id, message]));
	return fetched.map((message) => {
		const old = known.get(message.id);
		if (old === undefined) return message;
		// What arrived by the stream's end is newer than a list fetched before it.
		if (message.status === 'streaming' && old.status !== 'streaming') return { ...old, siblings: message.siblings };
		return isSame(old, message) ? old : message;
	});
}

function isSame(a: Message, b: Message): boolean {
	return (
		a.status === b.status &&
		a.completedAt === b.completedAt &&
		a.parentId === b.parentId &&
		(a.status === 'streaming' || a.content.length === b.content.length) &&
		a.siblings.length === b.siblings.length &&
		a.siblings.every((id, index) => id === b.siblings[index])
	);
}
