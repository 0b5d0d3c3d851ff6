/** Name of a kind of text for people: "structured-data" → "Structured data". */
export function formatCategory(category: string): string {
	const words = category.replaceAll(/[-_]+/g, ' ');
	return words.slice(0, 1).toUpperCase() + words.slice(1);
}
