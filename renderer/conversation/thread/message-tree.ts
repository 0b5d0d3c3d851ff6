import type { Message } from '../../../electron/contract/conversation/schema.ts';

/** The messages of a temporary conversation as a tree, like stored ones. Ids are negative. */
export interface MessageTree {
	/** The current branch, first to last. */
	branch(): readonly Message[];
	/** All branches, parents before their children. */
	all(): readonly Message[];
	/** Appends below `parentId` and makes the new message the end of the branch. */
	add(
		message: Pick<Message, 'role' | 'content' | 'status' | 'parentId'> & Partial<Pick<Message, 'attachments'>>,
	): Message;
	replace(id: number, changes: Partial<Message>): void;
	get(id: number): Message | undefined;
	/** Makes the message part of the branch, followed by its newest descendants. */
	select(id: number): void;
}

export function createMessageTree(now: () => number = Date.now): MessageTree {
	const messages = new Map<number, Message>();
	let head: number | null = null;
	let lastId = 0;

	function siblingsOf(parentId: number | null): number[] {
		return [...messages.values()].filter((one) => one.parentId === parentId).map(({ id }) => id);
	}

	return {
		branch() {
			const path: Message[] = [];
			for (let id = head; id !== null; ) {
				const message = messages.get(id);
				if (message === undefined) break;
				path.unshift(message);
				id = message.parentId;
			}
			return path;
		},
		all: () => [...messages.values()].sort((a, b) => b.id - a.id),
		add(given) {
			lastId -= 1;
			const at = now();
			const message: Message = {
				id: lastId,
				conversationId: 0,
				reasoning: null,
				reasoningMs: null,
				failure: null,
				generation: null,
				createdAt: at,
				completedAt: given.role === 'user' ? at : null,
				continuesId: null,
				siblings: [],
				attachments: [],
				...given,
			};
			messages.set(lastId, message);
			head = lastId;
			// Each sibling is a new object, so that its pager renders again.
			const siblings = siblingsOf(given.parentId);
			for (const id of siblings) {
				const one = messages.get(id);
				if (one !== undefined) messages.set(id, { ...one, siblings });
			}
			return messages.get(lastId) ?? message;
		},
		replace(id, changes) {
			const message = messages.get(id);
			if (message !== undefined) messages.set(id, { ...message, ...changes });
		},
		get: (id) => messages.get(id),
		select(id) {
			if (!messages.has(id)) return;
			let leaf = id;
			for (let next: number | undefined = id; next !== undefined; ) {
				leaf = next;
				next = siblingsOf(leaf).at(-1);
			}
			head = leaf;
		},
	};
}
