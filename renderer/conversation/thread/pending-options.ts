import type { AnswerOptions } from '../../../electron/contract/conversation/schema.ts';
import { createDebounce } from '../../connection/debounce.ts';

/** A conversation's own options, without its preset, its prompt for messages and its documents. */
export type ConversationChoices = Omit<
	AnswerOptions,
	'adapters' | 'presetId' | 'prompt' | 'documents' | 'overflow' | 'memory'
>;

/** Pause after the last change, such as a slider drag, before it is stored; in ms. */
const storePauseMs = 250;

/** Options on their way to the application. */
export interface PendingOptions {
	/** Stores the options after a pause, or when the page is left; of several for one conversation, only the newest. */
	set(conversationId: number, choices: ConversationChoices): void;
	/** Stores pending options at once; resolves when they are stored. */
	flush(): Promise<void>;
	/** Whether options are pending for this conversation; anything fetched about it is then older. */
	waits(conversationId: number): boolean;
	/** Discards pending options. */
	drop(): void;
}

export function createPendingOptions(
	store: (conversationId: number, choices: ConversationChoices) => Promise<void>,
): PendingOptions {
	let pending: { conversationId: number; choices: ConversationChoices } | null = null;
	const pause = createDebounce();

	async function flush(): Promise<void> {
		pause.cancel();
		const now = pending;
		pending = null;
		if (now !== null) await store(now.conversationId, now.choices);
	}

	return {
		set(conversationId, choices) {
			if (pending !== null && pending.conversationId !== conversationId) void flush();
			pending = { conversationId, choices };
			pause.start(() => void flush(), storePauseMs);
		},
		flush,
		waits: (conversationId) => pending?.conversationId === conversationId,
		drop() {
			pause.cancel();
			pending = null;
		},
	};
}
