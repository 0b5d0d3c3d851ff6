import type {
	AnswerOptions,
	Conversation,
	GenerationStart,
	Message,
	Thread,
} from '../../../electron/contract/conversation/schema.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { Route } from '../../app/route.ts';

/** Options chosen for a conversation that is not stored; null uses the settings. */
export interface NewConversationChoices {
	readonly systemPrompt: string | null;
	readonly modelFileId: number | null;
	readonly options: AnswerOptions | null;
	/** Ids of the tools that the model is offered; null: those that are on. */
	readonly tools: readonly number[] | null;
}

/** The conversation on the screen. */
export type ThreadState =
	/** Not started; these options go with the first message. */
	| ({ status: 'new' } & NewConversationChoices)
	/** Kept only in this page. */
	| ({ status: 'temporary'; messages: readonly Message[] } & NewConversationChoices)
	| { status: 'loading'; conversationId: number }
	| ({ status: 'ready' } & ReadyThread)
	| { status: 'failed'; conversationId: number; failure: FailureFacts };

export type ReadyThread = Omit<Thread, 'messages'> & { readonly messages: readonly Message[] };

export type Outgoing = { status: 'idle' } | { status: 'sending' } | { status: 'failed'; failure: FailureFacts };

export const noChoices: NewConversationChoices = {
	systemPrompt: null,
	modelFileId: null,
	options: null,
	tools: null,
};

/** Returns the id of the shown conversation, loaded or not; null if it is not stored. */
export function shownConversationId(state: ThreadState): number | null {
	switch (state.status) {
		case 'new':
		case 'temporary':
			return null;
		case 'ready':
			return state.conversation.id;
		case 'loading':
		case 'failed':
			return state.conversationId;
	}
}

/** Returns the route that brings back what Chat shows. */
export function chatRoute(state: ThreadState): Route {
	if (state.status === 'temporary') return { section: 'chat', conversationId: null, temporary: true };
	return { section: 'chat', conversationId: shownConversationId(state) };
}

/** Returns the id of the model chosen for the shown conversation; null: the default. */
export function chosenModelId(state: ThreadState): number | null {
	switch (state.status) {
		case 'new':
		case 'temporary':
			return state.modelFileId;
		case 'ready':
			return state.conversation.modelFileId;
		case 'loading':
		case 'failed':
			return null;
	}
}

/** Returns the messages on the screen; empty if there are none. */
export function shownMessages(state: ThreadState): readonly Message[] {
	return state.status === 'ready' || state.status === 'temporary' ? state.messages : none;
}

const none: readonly Message[] = [];

/** Returns the stored conversation on the screen; null if there is none. */
export function shownConversation(state: ThreadState): Conversation | null {
	return state.status === 'ready' ? state.conversation : null;
}

/** false: a message of a temporary conversation, which only this page knows. */
export function isStored({ id }: Pick<Message, 'id'>): boolean {
	return id > 0;
}

/** Whether an answer is being written here, on the shown branch or side by side with it. */
export function isWriting(state: ThreadState): boolean {
	if (state.status === 'ready' && state.conversation.generatingMessageId !== null) return true;
	return shownMessages(state).some(({ status }) => status === 'streaming');
}

/**
 * Returns the thread with a newly started answer; null if the parent message is not shown, because only the application
 * knows the branch then.
 */
export function withStarted(now: ThreadState, start: GenerationStart): Thread | null {
	const shown = now.status === 'ready' && now.conversation.id === start.conversationId ? now : null;
	const stored = start.messages.filter(({ id }) => id === start.userMessageId || id === start.messageId);
	const parentId = stored[0]?.parentId ?? null;
	const end = parentId === null ? 0 : (shown?.messages.findIndex(({ id }) => id === parentId) ?? -1) + 1;
	if (stored.length === 0 || (parentId !== null && end === 0)) return null;
	const before = shown?.messages.slice(0, end) ?? [];
	const { conversation, options } = start;
	return { conversation, options, origin: shown?.origin ?? null, messages: [...before, ...stored] };
}

/**
 * Returns the end of a branch with what is known of its beginning: the path to a message never changes, so nothing that
 * was fetched before is fetched again.
 */
export function withKnownBeginning(before: readonly Message[], end: readonly Message[]): readonly Message[] {
	const parentId = end[0]?.parentId ?? null;
	if (parentId === null) return end;
	const at = before.findIndex(({ id }) => id === parentId);
	return at === -1 ? end : [...before.slice(0, at + 1), ...end];
}

/** Returns the fetched messages but reuses the previous objects of unchanged ones, so that they don't render again. */
export function reuseUnchanged(before: readonly Message[], fetched: readonly Message[]): readonly Message[] {
	const known = new Map(before.map((message) => [message.id, message]));
	return fetched.map((message) => {
		const old = known.get(message.id);
		if (old === undefined) return message;
		// A message completed by its stream is newer than a list fetched before that.
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
