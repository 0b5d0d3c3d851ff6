/**
 * Lower case of the same length, so that positions in it are positions in the original: "İ", the only letter whose lower
 * case is longer, becomes "i".
 */
export function lowerCase(text: string): string {
	return text.replaceAll('İ', 'i').toLowerCase();
}
