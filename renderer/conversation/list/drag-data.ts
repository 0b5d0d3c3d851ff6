/** Type of a dragged row's data: a JSON array of conversation ids. */
export const draggedType = 'application/x-assay-conversations';

/** Whether the user drags something that a folder accepts. The page can read the data only on drop. */
export function carriesConversations({ types }: DataTransfer): boolean {
	return types.includes(draggedType);
}

/** Reads the ids of dropped conversations; empty for anything else. */
export function readDroppedIds(data: DataTransfer): number[] {
	try {
		const ids: unknown = JSON.parse(data.getData(draggedType));
		return Array.isArray(ids) ? ids.filter((id) => Number.isInteger(id)) : [];
	} catch {
		return [];
	}
}
