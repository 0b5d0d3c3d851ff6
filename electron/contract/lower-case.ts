/**
 * Lower case of the same length, so that positions in it are positions in the original: "İ", the only letter whose lower
 * case is longer, becomes "i".
 */
export function lowerCase(text: string): string {
	return text.replaceAll('İ', 'i').toLowerCase();
}

/** A name as it stands inside an English sentence: "Zero-shot" becomes "zero-shot"; "CoT@5" and "JSON Schema" stay. */
export function lowerFirst(text: string): string {
	return text.replace(/^\p{Lu}(?=\p{Ll}+(?!\p{L}))/u, (letter) => letter.toLowerCase());
}
