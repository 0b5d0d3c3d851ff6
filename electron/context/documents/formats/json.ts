import { type DocumentBlock, maxDocumentCharacters } from '../parsed-document.ts';

/** A JSON text with longer lines than this was written by a program for programs, characters on average. */
const longLines = 1_000;

/** Deepest indentation: a text of a million levels must not grow with their square. */
const deepestIndent = 16;

/** Gives a JSON text that is all in one line the line breaks that a person would expect. Numbers stay as written. */
export function readableJson(text: string): string {
	const breaks = text.match(/\n/g)?.length ?? 0;
	if (text.length < longLines * (breaks + 1) || text.length > maxDocumentCharacters) return text;
	const parts: string[] = [];
	let depth = 0;
	let from = 0;
	for (const { token, index } of marks(text)) {
		const opens = token === '[' || token === '{';
		if (token === '\n') continue;
		const line = (): string => `\n${'  '.repeat(Math.min(Math.max(0, depth), deepestIndent))}`;
		if (opens) depth += 1;
		if (token === ']' || token === '}') {
			depth -= 1;
			parts.push(text.slice(from, index), line(), token);
		} else parts.push(text.slice(from, index + 1), line());
		from = index + 1;
	}
	parts.push(text.slice(from));
	return parts.join('').replaceAll(/[^\S\n]+\n/g, '\n');
}

/** Blocks of a JSON text: its values down to the second level, so that a short object stays together. */
export function jsonBlocks(text: string): DocumentBlock[] {
	const blocks: DocumentBlock[] = [];
	let depth = 0;
	let from = 0;
	function end(to: number): void {
		const own = text.slice(from, to).trimEnd();
		const lead = /^\n*/.exec(own)![0].length;
		if (own.trim() !== '') {
			blocks.push({ kind: 'code', offset: from + lead, length: own.length - lead, page: null, level: 0 });
		}
		from = to;
	}
	for (const { token, index } of marks(text)) {
		if (token === '[' || token === '{') depth += 1;
		else if (token === ']' || token === '}') depth -= 1;
		else if (token === '\n' && depth <= 2) end(index);
	}
	end(text.length);
	return blocks;
}

/** The signs of structure outside of strings, and line breaks. */
function* marks(text: string): Generator<{ token: string; index: number }> {
	let inString = false;
	for (let index = 0; index < text.length; index += 1) {
		const token = text[index]!;
		if (token === '"') inString = !inString;
		else if (inString) index += token === '\\' ? 1 : 0;
		else if ('[]{},\n'.includes(token)) yield { token, index };
	}
}
