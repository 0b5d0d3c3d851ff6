/** Returns a Markdown fence longer than any fence in the text. */
export function fenceFor(text: string): string {
	const longest = (text.match(/`{3,}/g) ?? []).reduce((length, run) => Math.max(length, run.length), 2);
	return '`'.repeat(longest + 1);
}
