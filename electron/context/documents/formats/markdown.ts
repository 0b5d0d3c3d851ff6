import type { BlockKind, DocumentBlock } from '../parsed-document.ts';

const heading = /^ {0,3}(#{1,6})(?:[ \t]+|$)/;
const underline = /^ {0,3}(?:=+|-+)[ \t]*$/;
const fence = /^[ \t]{0,8}(`{3,}|~{3,})/;
const listItem = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\S/;
const quote = /^ {0,3}>/;
const tableDelimiter = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

interface Line {
	readonly start: number;
	readonly text: string;
}

/**
 * Blocks of a Markdown text, with its own places: read line by line, because a full parser takes a hundred times the
 * memory of a text, and a passage needs no more structure. Front matter is code.
 */
export function markdownBlocks(text: string): DocumentBlock[] {
	const lines: Line[] = [];
	let at = 0;
	for (const line of text.split('\n')) {
		lines.push({ start: at, text: line });
		at += line.length + 1;
	}
	const blocks: DocumentBlock[] = [];
	let index = 0;
	/** Adds the lines from `index` up to `to` as one block and goes on after them. */
	function take(kind: BlockKind, to: number, level = 0): void {
		const first = lines[index]!;
		const last = lines[to - 1]!;
		const own = text.slice(first.start, last.start + last.text.length).trimEnd();
		if (own !== '') blocks.push({ kind, offset: first.start, length: own.length, page: null, level });
		index = to;
	}
	/** The first line from `from` on for which this is true, or the end. */
	function until(from: number, ends: (line: string) => boolean): number {
		let to = from;
		while (to < lines.length && !ends(lines[to]!.text)) to += 1;
		return to;
	}
	const isEmpty = (line: string): boolean => line.trim() === '';
	const interrupts = (line: string): boolean =>
		isEmpty(line) || heading.test(line) || fence.test(line) || listItem.test(line) || quote.test(line);
	if (lines[0]!.text.trim() === '---') {
		const end = until(1, (line) => /^(?:---|\.\.\.)\s*$/.test(line));
		if (end < Math.min(lines.length, 200)) take('code', end + 1);
	}
	while (index < lines.length) {
		const line = lines[index]!.text;
		const next = lines[index + 1]?.text;
		const fenced = fence.exec(line)?.[1];
		const level = heading.exec(line)?.[1]?.length;
		if (isEmpty(line)) index += 1;
		else if (fenced !== undefined) {
			const close = new RegExp(`^[ \\t]{0,8}${fenced[0]}{${fenced.length},}[ \\t]*$`);
			take('code', Math.min(until(index + 1, (other) => close.test(other)) + 1, lines.length));
		} else if (level !== undefined) take('heading', index + 1, level);
		else if (next !== undefined && line.includes('|') && tableDelimiter.test(next) && next.includes('-')) {
			take('table-header', index + 2);
			while (index < lines.length && lines[index]!.text.includes('|') && !interrupts(lines[index]!.text)) {
				take('table-row', index + 1);
			}
		} else if (quote.test(line))
			take(
				'quote',
				until(index + 1, (other) => isEmpty(other)),
			);
		else if (listItem.test(line)) take('list-item', until(index + 1, interrupts));
		else if (/^(?: {4}|\t)/.test(line) && blocks.at(-1)?.kind !== 'list-item') {
			take(
				'code',
				until(index + 1, (other) => !isEmpty(other) && !/^(?: {4}|\t)/.test(other)),
			);
		} else {
			const end = until(index + 1, (other) => interrupts(other) || underline.test(other));
			const isHeading = end < lines.length && underline.test(lines[end]!.text) && end === index + 1;
			if (isHeading) take('heading', end + 1, lines[end]!.text.trim().startsWith('=') ? 1 : 2);
			else take('paragraph', end < lines.length && underline.test(lines[end]!.text) ? end + 1 : end);
		}
	}
	return blocks;
}
