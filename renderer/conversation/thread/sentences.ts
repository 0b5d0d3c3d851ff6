const sentenceEnd = /[.!?…]["'”’)]*(?=\s)|[。！？]|\n+/g;

/** The whole sentences of `text` from `from` on, without Markdown's marks, and where they end. Half a sentence waits. */
export function nextSentences(text: string, from: number): { text: string; end: number } {
	let end = from;
	for (const match of text.slice(from).matchAll(sentenceEnd)) end = from + match.index + match[0].length;
	const spoken = text
		.slice(from, end)
		.replaceAll(/[`*_#>|~]+/g, ' ')
		.replaceAll(/\s+/g, ' ')
		.trim();
	return { text: spoken, end };
}
