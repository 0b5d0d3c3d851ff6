/** One top-level block of a Markdown text, rendered and memoised separately. */
export interface Block {
	readonly text: string;
	/** Fenced code and display maths are drawn without parsing Markdown in them. */
	readonly kind: 'text' | 'code' | 'maths';
	/** The last block of a growing text, which may still change. */
	readonly open: boolean;
	/** Continues the block before it (a long list in parts), without a gap. */
	readonly continues: boolean;
}

/** The blocks so far; passed back in, so that only the growing end is parsed again. */
export interface Split {
	readonly source: string;
	readonly blocks: readonly Block[];
	/** Start of the last block in `source`; everything before it is final. */
	readonly tail: number;
	/** Link definitions (`[name]: https://…`) found anywhere, which other blocks may use. */
	readonly definitions: string;
}

export const emptySplit: Split = { source: '', blocks: [], tail: 0, definitions: '' };

/** Longer lists are cut between items, so that a growing list is not parsed whole for every token. */
const maxListCharacters = 1_500;

const fencePattern = /^\s*(?:[-*+]\s+|\d{1,9}[.)]\s+)*(`{3,}|~{3,})/;
const markerPattern = /^ {0,1}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const headingPattern = /^#{1,6}(?:\s|$)/;
/**
 * Display maths begins with its delimiter alone on a line; a line that ends with the closing one ends it, and a blank
 * line cancels it.
 */
const mathsPattern = /^ {0,3}(\$\$|\\\[)\s*$/;
const definitionPattern = /^ {0,3}\[[^\]\n]+\]:\s+\S+.*$/;

/**
 * Splits Markdown into blocks. A text that only grew keeps its completed blocks (the same objects) and costs as much as
 * its last block. The split is coarser than CommonMark's (it never cuts inside a fence, a list item or a table).
 */
export function splitBlocks(source: string, previous: Split = emptySplit): Split {
	const grew = previous.blocks.length > 0 && source.startsWith(previous.source);
	const from = grew ? previous.tail : 0;
	const unchanged = grew ? previous.blocks.slice(0, -1) : [];
	const continues = grew ? (previous.blocks.at(-1)?.continues ?? false) : false;
	const cut = cutFrom(source, from, continues);
	const blocks = [...unchanged, ...cut.blocks];
	const newTexts = cut.blocks.filter(({ kind }) => kind === 'text');
	const known = grew ? previous.definitions : '';
	return { source, blocks, tail: cut.tail, definitions: collectDefinitions(known, newTexts) };
}

interface Cutting {
	start: number;
	list: boolean;
	kind: Block['kind'];
	continues: boolean;
}

function cutFrom(source: string, from: number, continues: boolean): { blocks: Block[]; tail: number } {
	const blocks: Block[] = [];
	let current: Cutting = { start: from, list: false, kind: 'text', continues };
	let empty = true;
	let blank = false;
	let fence: string | null = null;
	let mathsClose: string | null = null;
	let tail = from;

	function finish(end: number, next: Partial<Cutting>): void {
		if (!empty) {
			const text = source.slice(current.start, end).trimEnd();
			if (text !== '') {
				blocks.push({ text, kind: current.kind, open: false, continues: current.continues });
				tail = current.start;
			}
		}
		current = { start: end, list: false, kind: 'text', continues: false, ...next };
		empty = true;
		blank = false;
	}

	for (let at = from; at < source.length; ) {
		const newline = source.indexOf('\n', at);
		const end = newline === -1 ? source.length : newline + 1;
		const line = source.slice(at, newline === -1 ? source.length : newline);
		if (fence !== null) {
			if (line.trimStart().startsWith(fence) && line.trim().replaceAll(fence.charAt(0), '') === '') {
				fence = null;
				if (current.kind === 'code') finish(end, {});
			}
			at = end;
			continue;
		}
		if (mathsClose !== null) {
			if (line.trimEnd().endsWith(mathsClose)) {
				mathsClose = null;
				finish(end, {});
				at = end;
				continue;
			}
			if (line.trim() !== '') {
				at = end;
				continue;
			}
			mathsClose = null;
			current.kind = 'text';
		}
		if (line.trim() === '') {
			blank = !empty;
			at = end;
			continue;
		}
		const opened = fencePattern.exec(line)?.[1];
		// A line that is still growing may become something else.
		const mathsOpen = newline === -1 ? undefined : mathsPattern.exec(line)?.[1];
		const marker = markerPattern.test(line);
		const indented = /^\s/.test(line);
		if (!empty && startsBlock()) {
			const goesOn = current.list && marker && !blank;
			finish(at, goesOn ? { continues: true } : {});
		}
		if (empty) {
			current.start = at;
			current.list = marker;
			current.kind = opened !== undefined && !marker ? 'code' : mathsOpen !== undefined ? 'maths' : 'text';
			empty = false;
		}
		blank = false;
		if (opened !== undefined) fence = opened;
		if (current.kind === 'maths') mathsClose = mathsOpen === '$$' ? '$$' : '\\]';
		at = end;

		function startsBlock(): boolean {
			if (current.list) {
				if (marker) return at - current.start > maxListCharacters;
				return blank ? !indented : (opened ?? mathsOpen) !== undefined && !indented;
			}
			return blank || ((opened ?? mathsOpen) !== undefined && !indented) || headingPattern.test(line);
		}
	}
	if (!empty) {
		const text = source.slice(current.start).trimEnd();
		if (text !== '') {
			blocks.push({ text, kind: current.kind, open: true, continues: current.continues });
			tail = current.start;
		}
	}
	return { blocks, tail };
}

function collectDefinitions(known: string, blocks: readonly Block[]): string {
	let definitions = known;
	for (const { text } of blocks) {
		if (!text.includes(']:')) continue;
		for (const line of text.split('\n')) {
			if (definitionPattern.test(line) && !`${definitions}\n`.includes(`${line}\n`)) definitions += `\n${line}`;
		}
	}
	return definitions;
}

/** Closes bold and inline code that the growing end has opened, so that no bare marks flash up while it is written. */
export function closeOpenMarks(text: string): string {
	const lastParagraph = text.slice(text.lastIndexOf('\n\n') + 1);
	if (lastParagraph.includes('```')) return text;
	const ticks = lastParagraph.split('`').length - 1;
	if (ticks % 2 === 1) return `${text}\``;
	const withoutCode = lastParagraph.replace(/`[^`]*`/g, '');
	const bold = withoutCode.split('**').length - 1;
	if (bold % 2 === 0) return text;
	return text.endsWith('**') ? text.slice(0, -2) : `${text.trimEnd()}**`;
}
