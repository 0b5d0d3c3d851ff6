/** Smallest segment, in characters, which takes a few milliseconds to highlight. */
const minSegment = 1_500;

/** Longest segment without a good place to cut; then it is cut at any line end. */
const maxSegment = 4_000;

/**
 * Splits code into parts that are highlighted separately, so that a growing block costs only its last part. It cuts
 * after a blank line followed by an unindented line, where strings and comments are rarely open.
 */
export function splitCode(code: string): string[] {
	const segments: string[] = [];
	let start = 0;
	let lineStart = 0;
	let blank = false;
	while (lineStart < code.length) {
		const newline = code.indexOf('\n', lineStart);
		const end = newline === -1 ? code.length : newline + 1;
		const length = lineStart - start;
		const topLevel = !/[\s}\])]/.test(code.charAt(lineStart));
		if ((length > minSegment && blank && topLevel) || length > maxSegment) {
			segments.push(code.slice(start, lineStart));
			start = lineStart;
		}
		blank = code.slice(lineStart, end).trim() === '';
		lineStart = end;
	}
	segments.push(code.slice(start));
	return segments;
}

/** Parses a fenced block: "```python\nx = 1\n```" → python, "x = 1\n". An unclosed one ends with the text. */
export function parseFence(block: string): { language: string | null; code: string } {
	const [, indent = '', fence = '```', info = ''] = /^( *)(`{3,}|~{3,})([^\n]*)/.exec(block) ?? [];
	const newline = block.indexOf('\n');
	const body = newline === -1 ? '' : block.slice(newline + 1);
	const close = body.lastIndexOf('\n');
	const lastLine = body.slice(close + 1).trim();
	const closed = lastLine.length >= fence.length && lastLine.replaceAll(fence.charAt(0), '') === '';
	const code = closed ? body.slice(0, close + 1) : body;
	const language = info.trim().split(/\s+/)[0] ?? '';
	const lines = indent === '' ? code : code.replaceAll(new RegExp(`^ {1,${indent.length}}`, 'gm'), '');
	return { language: language === '' ? null : language.replaceAll(/[{}.]/g, ''), code: lines };
}
