/** What a dragged row carries: a JSON array of the numbers of conversations. */
export const draggedType = 'application/x-assay-conversations';

/** True while something is dragged that a folder can take. What it is, a page learns only when it is dropped. */
export function carriesConversations({ types }: DataTransfer): boolean {
	return types.includes(draggedType);
}

/** Numbers of the conversations that were dropped; of anything else none. */
export function readDroppedIds(data: DataTransfer): number[] {
	try {
		const ids: unknown = JSON.parse(data.getData(draggedType));
		return Array.isArray(ids) ? ids.filter((id) => Number.isInteger(id)) : [];
	} catch {
		return [];
	}
}
