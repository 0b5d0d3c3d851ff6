import type { DocumentBlock } from '../parsed-document.ts';

/** Blocks of plain text: paragraphs, separated by empty lines. */
export function textBlocks(text: string): DocumentBlock[] {
	return groups(text, /\n[^\S\n]*\n/g).map((group) => ({ kind: 'paragraph', ...group, page: null, level: 0 }));
}

/**
 * Blocks of source code: an empty line before a line that isn't indented ends one, so that a function stays together
 * with its comment.
 */
export function codeBlocks(text: string): DocumentBlock[] {
	return groups(text, /\n[^\S\n]*\n(?=[^\s})\]])/g).map((group) => ({ kind: 'code', ...group, page: null, level: 0 }));
}

/** The parts of a text between separators, without empty lines around them; indentation stays. */
function groups(text: string, separator: RegExp): { offset: number; length: number }[] {
	const found: { offset: number; length: number }[] = [];
	let from = 0;
	const add = (to: number): void => {
		const own = text.slice(from, to).trimEnd();
		const lead = /^(?:[^\S\n]*\n)*/.exec(own)?.[0].length ?? 0;
		if (own.trim() !== '') found.push({ offset: from + lead, length: own.length - lead });
	};
	for (const { index, 0: match } of text.matchAll(separator)) {
		add(index);
		from = index + match.length;
	}
	add(text.length);
	return found;
}
