import { type ChatActivity, isAnswerStart, waitForChatIdle } from './yield-to-chat.ts';

/** Work in another process that is held while a chat answer is written. */
export interface ChatHold {
	/** Aborts if the process has to be given up for the chat. */
	readonly signal: AbortSignal;
	/** How long it was held so far, ms. */
	heldMs(): number;
	/** Releases it and no longer listens for chat answers. */
	end(): void;
}

/** A chat answer began, and both models together don't fit into memory: the work is given up and repeated later. */
export class ChatFirst extends Error {}

/**
 * Lets chat answers go first: holds the process between two steps of its work, which changes neither its state nor its
 * bits, until the answer is written. `needsAllMemory`: its model fits into memory only alone, so it is given up instead.
 */
export function holdForChat(
	context: ChatActivity,
	session: { hold(held: boolean): void },
	{ needsAllMemory, onHold }: { needsAllMemory: boolean; onHold: (held: boolean) => void },
): ChatHold {
	const giveUp = new AbortController();
	const ended = new AbortController();
	let heldSince: number | null = null;
	let heldBefore = 0;
	const release = (): void => {
		if (heldSince === null) return;
		heldBefore += performance.now() - heldSince;
		heldSince = null;
		session.hold(false);
		onHold(false);
	};
	const hold = (): void => {
		if (heldSince !== null || ended.signal.aborted) return;
		if (needsAllMemory) {
			giveUp.abort(new ChatFirst('a chat answer goes first'));
			return;
		}
		heldSince = performance.now();
		session.hold(true);
		onHold(true);
		waitForChatIdle(context, ended.signal).then(release, () => {});
	};
	const unsubscribe = context.events.subscribe(({ type }) => isAnswerStart(type) && hold());
	if (context.answering()) hold();
	return {
		signal: giveUp.signal,
		heldMs: () => heldBefore + (heldSince === null ? 0 : performance.now() - heldSince),
		end() {
			unsubscribe();
			ended.abort();
			release();
		},
	};
}
