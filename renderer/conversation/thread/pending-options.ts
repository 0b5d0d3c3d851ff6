import type { AnswerOptions } from '../../../electron/contract/conversation/schema.ts';

/** A conversation's own choices, without its preset. */
export type ConversationChoices = Omit<AnswerOptions, 'presetId'>;

/** Dragging a slider writes once it rests, ms. */
const storePauseMs = 250;

/** Choices on their way to the application. */
export interface PendingOptions {
	/** Stores them after a pause; of several for one conversation the newest. */
	set(conversationId: number, choices: ConversationChoices): void;
	/** Stores at once what waits; resolves when it is stored. */
	flush(): Promise<void>;
	/** Something waits for this conversation: what was fetched of it is older. */
	waits(conversationId: number): boolean;
	/** Forgets what waits. */
	drop(): void;
}

export function createPendingOptions(
	store: (conversationId: number, choices: ConversationChoices) => Promise<void>,
): PendingOptions {
	let pending: { conversationId: number; choices: ConversationChoices } | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;

	async function flush(): Promise<void> {
		clearTimeout(timer);
		const now = pending;
		pending = null;
		if (now !== null) await store(now.conversationId, now.choices);
	}

	return {
		set(conversationId, choices) {
			if (pending !== null && pending.conversationId !== conversationId) void flush();
			pending = { conversationId, choices };
			clearTimeout(timer);
			timer = setTimeout(() => void flush(), storePauseMs);
		},
		flush,
		waits: (conversationId) => pending?.conversationId === conversationId,
		drop() {
			clearTimeout(timer);
			pending = null;
		},
	};
}
