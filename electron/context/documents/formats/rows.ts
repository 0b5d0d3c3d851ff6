import { parse } from 'csv-parse/sync';
import { detectDelimiter, detectHead } from '../../../dataset/read/table.ts';
import type { DocumentBlock } from '../parsed-document.ts';

/** Rows that are examined for a header, and the most characters of them. */
const examined = { rows: 20, characters: 64 * 1024 };

/** Blocks of a CSV text: one for each row, the first of them a header if it looks like one. */
export function csvBlocks(text: string): DocumentBlock[] {
	const delimiter = detectDelimiter(text.slice(0, examined.characters));
	const blocks: DocumentBlock[] = [];
	for (const { offset, length } of rowsOf(text, delimiter)) {
		blocks.push({ kind: 'table-row', offset, length, page: null, level: 0 });
	}
	const head = blocks.slice(0, examined.rows).map(({ offset, length }) => text.slice(offset, offset + length));
	const [first, ...others] = blocks;
	if (first === undefined || head.join('').length > examined.characters) return blocks;
	const cells = parse(head.join('\n'), { delimiter, relax_column_count: true, relax_quotes: true });
	return cells.length > 1 && detectHead(cells) ? [{ ...first, kind: 'table-header' }, ...others] : blocks;
}

/** A quotation mark opens a cell only where one begins; a line break inside of one belongs to the cell. */
function* rowsOf(text: string, delimiter: string): Generator<{ offset: number; length: number }> {
	let start = 0;
	let quoted = false;
	let opens = true;
	for (let at = 0; at <= text.length; at += 1) {
		const character = text[at];
		if (character === '"' && (quoted || opens)) {
			quoted = !quoted;
			opens = true;
			continue;
		}
		const ends = character === undefined || (character === '\n' && !quoted);
		if (!quoted) opens = ends || character === delimiter;
		if (!ends) continue;
		const own = text.slice(start, at).trimEnd();
		if (own.trim() !== '') yield { offset: start, length: own.length };
		start = at + 1;
	}
}
