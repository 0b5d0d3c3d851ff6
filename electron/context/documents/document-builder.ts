import { Failure } from '../../../models/contract/failure.ts';
import { amount, figure, said } from '../../../models/contract/said.ts';
import { cleanText } from '../../conversation/clean-text.ts';
import {
	type BlockKind,
	type DocumentBlock,
	type DocumentFormat,
	maxDocumentBlocks,
	maxDocumentCharacters,
	type ParsedDocument,
} from './parsed-document.ts';

/** Where a block stands in its document. */
export interface BlockPlace {
	readonly page?: number | null;
	/** Depth of a heading, from 1. */
	readonly level?: number;
}

/** Blocks of these kinds follow each other line by line; others have an empty line between them. */
const rows = new Set<BlockKind>(['list-item', 'code', 'table-header', 'table-row']);

/** Puts the text of a document together from the blocks that a reader finds. */
export class DocumentBuilder {
	readonly #name: string;
	readonly #parts: string[] = [];
	readonly #blocks: DocumentBlock[] = [];
	#length = 0;

	/** `name` is the file's, for failures. */
	constructor(name: string) {
		this.#name = name;
	}

	/** Characters of the text so far. */
	get length(): number {
		return this.#length;
	}

	/** Adds a block; one without text is left out. Throws Failure `document-too-long`. */
	add(kind: BlockKind, given: string, { page = null, level = 0 }: BlockPlace = {}): void {
		const text = cleanText(given)
			.replaceAll(/\r\n?/g, '\n')
			.replaceAll(/^\n+|\s+$/g, '');
		if (text.trim() === '') return;
		const before = this.#blocks.at(-1);
		if (before !== undefined)
			this.#append(
				rows.has(kind) && rows.has(before.kind) && (kind === 'code') === (before.kind === 'code') ? '\n' : '\n\n',
			);
		this.#blocks.push({ kind, offset: this.#length, length: text.length, page, level });
		this.#append(text);
		if (this.#length > maxDocumentCharacters) throw tooLong(this.#name, this.#length);
		if (this.#blocks.length > maxDocumentBlocks) throw tooManyParts(this.#name);
	}

	/** Throws Failure `document-empty`. */
	finish(format: DocumentFormat, title: string | null, pages: number | null = null): ParsedDocument {
		return completeDocument(this.#name, { format, title, pages, text: this.#parts.join(''), blocks: this.#blocks });
	}

	#append(text: string): void {
		this.#parts.push(text);
		this.#length += text.length;
	}
}

/** Longest title, characters. */
const longestTitle = 200;

/** Gives a document its title and checks its limits. Throws Failure `document-empty`, `document-too-long`. */
export function completeDocument(
	name: string,
	{ title, ...document }: Omit<ParsedDocument, 'title'> & { readonly title: string | null },
): ParsedDocument {
	const { text, blocks } = document;
	if (blocks.length === 0) {
		throw new Failure({
			code: 'document-empty',
			message: said`The file ${name} has no text.`,
			next: [said`Choose another file`],
		});
	}
	if (text.length > maxDocumentCharacters) throw tooLong(name, text.length);
	if (blocks.length > maxDocumentBlocks) throw tooManyParts(name);
	const heading = blocks.find(({ kind }) => kind === 'heading');
	const first = heading === undefined ? '' : text.slice(heading.offset, heading.offset + heading.length);
	const line = (words: string): string =>
		words
			.replaceAll(/\s+/g, ' ')
			.replace(/^ ?#{1,6} | [-=]{2,}$/g, '')
			.trim()
			.slice(0, longestTitle);
	return { title: line(title ?? '') || line(first) || line(name.replace(/\.[^.]+$/, '')), ...document };
}

function tooLong(name: string, characters: number): Failure {
	return new Failure({
		code: 'document-too-long',
		message: said`The file ${name} has ${amount(characters, 'character')} of text or more; at most ${figure(maxDocumentCharacters)} can be indexed.`,
		next: [said`Split it into several files`, said`Import a table as a dataset`],
	});
}

function tooManyParts(name: string): Failure {
	return new Failure({
		code: 'document-too-long',
		message: said`The file ${name} has more than ${figure(maxDocumentBlocks)} paragraphs or rows.`,
		next: [said`Split it into several files`, said`Import a table as a dataset`],
	});
}

/**
 * Returns true if the first row of a table seems to name its columns: many programs don't mark it. Names are short and
 * no numbers.
 */
export function looksLikeHeader(cells: readonly string[]): boolean {
	return cells.length > 1 && cells.every((cell) => cell !== '' && cell.length <= 80 && !/^-?[\d.,]+%?$/.test(cell));
}

/** A file's parts are inside of each other more often than any program writes them. */
export class NestedTooDeep extends Error {}
