/** A fenced block as a screen reader should hear it: what it is, not its every sign. */
const fence = /^[ \t]*(`{3,}|~{3,})([^\n]*)\n([\s\S]*?)^[ \t]*\1[`~]*[ \t]*$/gm;
const openFence = /^[ \t]*(?:`{3,}|~{3,})/m;
const sentenceEnd = /[.!?…]["'”’)*_]*(?=\s)|[。！？]|\n+/g;

/**
 * Markdown as it should be heard. What is said of the start of a text never changes when the text grows (but for a link
 * that is cut in two), so a place in it can be remembered.
 */
export function toSpokenText(markdown: string): string {
	const withoutCode = markdown.replaceAll(fence, (_whole, _mark, info: string, code: string) => {
		const language = info.trim().split(/\s+/)[0] || 'text';
		const lines = code.split('\n').length - 1;
		return `Code, ${language}, ${lines} ${lines === 1 ? 'line' : 'lines'}.`;
	});
	const open = openFence.exec(withoutCode);
	const whole = open === null ? withoutCode : withoutCode.slice(0, open.index);
	return whole
		.replaceAll(/^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|?)+[ \t]*$/gm, '')
		.replaceAll(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
		.replaceAll(/[`*_#>|~]+/g, ' ')
		.replaceAll(/[ \t]+/g, ' ')
		.replaceAll(/ ?\n[\n ]*/g, '\n');
}

/**
 * What is said next of `spoken` from `from` on: whole sentences, up to about `limit` characters, and where they end.
 * Half a sentence waits; one that is longer than the limit is cut between words.
 */
export function takeSentences(spoken: string, from: number, limit: number): { text: string; end: number } {
	let end = from;
	for (const match of spoken.slice(from).matchAll(sentenceEnd)) {
		const at = from + match.index + match[0].length;
		if (at - from > limit && end > from) break;
		end = at;
		if (at - from > limit) break;
	}
	if (end - from > limit) end = from + Math.max(1, spoken.slice(from, from + limit).lastIndexOf(' ') + 1 || limit);
	return { text: spoken.slice(from, end).replaceAll(/\s+/g, ' ').trim(), end };
}

/** Words left from `from` on. */
export function countWordsLeft(spoken: string, from: number): number {
	return spoken.slice(from).match(/\S+/g)?.length ?? 0;
}
