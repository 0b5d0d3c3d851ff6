/** Returns the whole sentences of a growing text after its first `spoken` characters; '' if none has ended since. */
export function nextSentences(text: string, spoken: number): string {
	const rest = text.slice(spoken);
	const end = Math.max(...['. ', '! ', '? ', '\n', '。', '！', '？'].map((mark) => rest.lastIndexOf(mark)));
	return end === -1 ? '' : rest.slice(0, end + 1);
}
