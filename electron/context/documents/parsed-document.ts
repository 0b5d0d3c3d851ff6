import { z } from 'zod';

/** Formats that can be read; `ods` and `odp` are the tables and slides of the same family as `odt`. */
export const documentFormats = [
	'text',
	'markdown',
	'code',
	'csv',
	'json',
	'html',
	'pdf',
	'docx',
	'pptx',
	'xlsx',
	'odt',
	'ods',
	'odp',
	'rtf',
	'epub',
] as const;

export type DocumentFormat = (typeof documentFormats)[number];

/** A table's header row explains the rows after it, until something else follows. */
export const blockKinds = ['heading', 'paragraph', 'list-item', 'quote', 'code', 'table-header', 'table-row'] as const;

export type BlockKind = (typeof blockKinds)[number];

/** A part of a document's text. Blocks are in the order of the text and don't overlap; only white space lies between. */
export interface DocumentBlock {
	readonly kind: BlockKind;
	/** Where it begins in the document's text, and its length; UTF-16 units, as strings count. */
	readonly offset: number;
	readonly length: number;
	/** From 1: a page, or a slide of a presentation; null: the format has none. */
	readonly page: number | null;
	/** Depth of a heading, from 1; 0: the block is none. */
	readonly level: number;
}

/**
 * A file of any format as text with structure. Text, Markdown, code, CSV and JSON keep the text of the file (with `\n`
 * as line end), so that an offset can be found in the file.
 */
export interface ParsedDocument {
	/** The document's own title, its first heading, or the file's name without its ending. */
	readonly title: string;
	readonly format: DocumentFormat;
	/** Number of pages or slides; null: the format has none. */
	readonly pages: number | null;
	readonly text: string;
	readonly blocks: readonly DocumentBlock[];
}

/** Returns the text of a block. */
export function blockText({ text }: ParsedDocument, { offset, length }: DocumentBlock): string {
	return text.slice(offset, offset + length);
}

/** Largest file that is read, bytes: the largest PDFs are mostly pictures. */
export const maxDocumentBytes = 200_000_000;

/** Longest text that is kept, characters: the Bible twice over. Longer tables are datasets. */
export const maxDocumentCharacters = 10_000_000;

/** Most blocks, so that a file of empty paragraphs costs no more than one of long ones. */
export const maxDocumentBlocks = 500_000;

const numbersPerBlock = 5;

/** Blocks as plain numbers: as objects, those of a long table would take seconds to send and check. */
export function packBlocks(blocks: readonly DocumentBlock[]): number[] {
	return blocks.flatMap(({ kind, offset, length, page, level }) => [
		blockKinds.indexOf(kind),
		offset,
		length,
		page ?? 0,
		level,
	]);
}

/** The opposite of `packBlocks`. Throws on numbers that it didn't write. */
export function unpackBlocks(numbers: readonly number[]): DocumentBlock[] {
	if (numbers.length % numbersPerBlock !== 0) throw new Error('these numbers are no blocks');
	return Array.from({ length: numbers.length / numbersPerBlock }, (_, index) => {
		const [kind = 0, offset = 0, length = 0, page = 0, level = 0] = numbers.slice(
			index * numbersPerBlock,
			(index + 1) * numbersPerBlock,
		);
		const name = blockKinds[kind];
		if (name === undefined) throw new Error('these numbers are no blocks');
		return { kind: name, offset, length, page: page === 0 ? null : page, level };
	});
}

/** A piece of a document on its way from the parser process; the last message has the rest. */
export const documentPartSchema = z.object({
	type: z.literal('part'),
	text: z.string(),
	blocks: z.array(z.int().nonnegative()),
});

/** The last message of the parser process. */
export const documentEndSchema = z.object({
	title: z.string(),
	format: z.enum(documentFormats),
	pages: z.int().nullable(),
});
