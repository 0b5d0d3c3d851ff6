import type { EventBus, InternalEvent } from '../events.ts';

/** Whether people chat right now. */
export interface ChatActivity {
	/** Whether a chat answer is being written. */
	readonly answering: () => boolean;
	readonly events: EventBus;
}

const endings: ReadonlySet<InternalEvent['type']> = new Set(['generation-ended', 'temporary-ended']);

/** Whether the event says that a chat answer begins, of a conversation or of one that is stored nowhere. */
export function isAnswerStart(type: InternalEvent['type']): boolean {
	return type === 'generation-started' || type === 'temporary-started';
}

/** Resolves when no chat answer is being written. Rejects with the signal's reason. */
export function waitForChatIdle({ answering, events }: ChatActivity, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (act: () => void): void => {
			unsubscribe();
			signal.removeEventListener('abort', onAbort);
			act();
		};
		const look = (): void => {
			if (!answering()) settle(resolve);
		};
		const onAbort = (): void => settle(() => reject(signal.reason));
		// An answer counts as written a moment after it says so.
		const unsubscribe = events.subscribe(({ type }) => endings.has(type) && setImmediate(look));
		signal.addEventListener('abort', onAbort);
		if (signal.aborted) onAbort();
		else look();
	});
}

/** A chat answer began: what was being measured is given up and done again when the answer is written. */
class InterruptedByChat extends Error {}

/**
 * Does `work` while nobody chats, from the beginning again where an answer came in between. `onWait` is told when it has
 * to wait. Rejects with what the work rejects with, or the signal's reason.
 */
export async function runWhileChatIdle<T>(
	quiet: ChatActivity,
	signal: AbortSignal,
	work: (signal: AbortSignal) => Promise<T>,
	onWait: () => void = () => {},
): Promise<T> {
	for (;;) {
		if (quiet.answering()) onWait();
		await waitForChatIdle(quiet, signal);
		const chat = new AbortController();
		const unsubscribe = quiet.events.subscribe(
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
