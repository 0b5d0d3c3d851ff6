import type { EventBus, InternalEvent } from '../events.ts';

/** Whether the user is chatting right now. */
export interface ChatActivity {
	/** Whether a chat answer is being written. */
	readonly answering: () => boolean;
	readonly events: EventBus;
}

const endings: ReadonlySet<InternalEvent['type']> = new Set(['generation-ended', 'temporary-ended']);

/** Returns whether the event marks the start of a chat answer, stored or temporary. */
export function isAnswerStart(type: InternalEvent['type']): boolean {
	return type === 'generation-started' || type === 'temporary-started';
}

/** Resolves once no chat answer is being written. Rejects with the signal's reason. */
export function waitForChatIdle({ answering, events }: ChatActivity, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (act: () => void): void => {
			unsubscribe();
			signal.removeEventListener('abort', onAbort);
			act();
		};
		const resolveIfIdle = (): void => {
			if (!answering()) settle(resolve);
		};
		const onAbort = (): void => settle(() => reject(signal.reason));
		// For a moment after this event the answer still counts as being written.
		const unsubscribe = events.subscribe(({ type }) => endings.has(type) && setImmediate(resolveIfIdle));
		signal.addEventListener('abort', onAbort);
		if (signal.aborted) onAbort();
		else resolveIfIdle();
	});
}

/** A chat answer began: the current measurement is abandoned and repeated after the answer. */
class InterruptedByChat extends Error {}

/**
 * Runs `work` while nobody chats, and starts it again if an answer interrupts it. Calls `onWait` when it has to wait.
 * Rejects with the error of the work or the signal's reason.
 */
export async function runWhileChatIdle<T>(
	chatActivity: ChatActivity,
	signal: AbortSignal,
	work: (signal: AbortSignal) => Promise<T>,
	onWait: () => void = () => {},
): Promise<T> {
	for (;;) {
		if (chatActivity.answering()) onWait();
		await waitForChatIdle(chatActivity, signal);
		const chat = new AbortController();
		const unsubscribe = chatActivity.events.subscribe(
			({ type }) => isAnswerStart(type) && chat.abort(new InterruptedByChat('a chat answer goes first')),
		);
		try {
			return await work(AbortSignal.any([signal, chat.signal]));
		} catch (error) {
			if (!(error instanceof InterruptedByChat)) throw error;
		} finally {
			unsubscribe();
		}
	}
}
