import { type ChatActivity, isAnswerStart, waitForChatIdle } from './yield-to-chat.ts';

export interface ChatHold {
	/** Aborts if the process has to be given up for the chat. */
	readonly signal: AbortSignal;
	/** Milliseconds for which it was held. */
	heldMs(): number;
	end(): void;
}

/** A chat answer began and both models together are too large: the shard is given up and measured again later. */
export class ChatFirst extends Error {}

/**
 * Lets a chat answer go first: holds the process between two decodes, with its state kept and its bits unchanged, until
 * the answer is written. `alone`: the model is too large to stay in memory with another one.
 */
export function holdForChat(
	context: ChatActivity,
	session: { hold(held: boolean): void },
	{ needsAllMemory, onHold }: { needsAllMemory: boolean; onHold: (held: boolean) => void },
): ChatHold {
	const room = new AbortController();
	const ended = new AbortController();
	let heldSince: number | null = null;
	let stood = 0;
	const release = (): void => {
		if (heldSince === null) return;
		stood += performance.now() - heldSince;
		heldSince = null;
		session.hold(false);
		onHold(false);
	};
	const hold = (): void => {
		if (heldSince !== null || ended.signal.aborted) return;
		if (needsAllMemory) {
			room.abort(new ChatFirst('a chat answer goes first'));
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
		signal: room.signal,
		heldMs: () => stood + (heldSince === null ? 0 : performance.now() - heldSince),
		end() {
			unsubscribe();
			ended.abort();
			release();
		},
	};
}
