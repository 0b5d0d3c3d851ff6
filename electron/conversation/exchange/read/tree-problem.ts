import type { ExportedConversation } from '../document.ts';

/** What is wrong with the tree of messages; null: nothing. Parents come first, so none is its own ancestor. */
export function treeProblem({ messages, headId }: ExportedConversation): string | null {
	const seen = new Set<number>();
	for (const { id, parentId, continuesId } of messages) {
		if (seen.has(id)) return `two messages have the number ${id}`;
		if (parentId !== null && !seen.has(parentId)) {
			return `message ${id} follows message ${parentId}, which is not before it`;
		}
		if (continuesId !== null && !seen.has(continuesId)) {
			return `message ${id} goes on from message ${continuesId}, which is not before it`;
		}
		seen.add(id);
	}
	return headId !== null && !seen.has(headId)
		? `the current branch ends in message ${headId}, which is not there`
		: null;
}
