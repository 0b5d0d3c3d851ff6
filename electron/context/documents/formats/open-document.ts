import { DocumentBuilder, looksLikeHeader } from '../document-builder.ts';
import type { BlockKind, ParsedDocument } from '../parsed-document.ts';
import { readXml, textNamed } from './xml.ts';
import type { Zip } from './zip.ts';

/** Elements without text for readers: comments, deleted text, ruby, numbers of notes and pages, styles. */
const skipped = new Set(
	'annotation tracked-changes note-citation ruby-text sequence-decls forms page-number automatic-styles'.split(' '),
);

/** A cell may be repeated a million times; only spaces for looks are repeated more often than this. */
const mostRepeated = 64;

/** Reads a text (odt), a spreadsheet (ods: a sheet is a section) or a presentation (odp: a slide is a page). */
export function readOpenDocument(name: string, format: 'odt' | 'ods' | 'odp', zip: Zip): ParsedDocument {
	const builder = new DocumentBuilder(name);
	let text = '';
	/** Texts that a note interrupts. */
	const outer: string[] = [];
	let skipDepth = 0;
	const styles = readStyles(zip);
	/** The lists around a paragraph, each with the number of its last item. */
	const lists: { readonly style: string; number: number }[] = [];
	let isItemStart = false;
	let style: string | undefined;
	let level = 0;
	let page = 0;
	let isTitle = false;
	let inNotes = false;
	let tables = 0;
	let rows = 0;
	let inHeader = false;
	let cells: string[] | null = null;
	let repeated = 1;
	const place = (): { page: number | null } => ({ page: format === 'odp' && page > 0 ? page : null });
	function endParagraph(isHeading: boolean): void {
		const own = kinds[styles.originOf(style ?? '')] === 'code' ? text.trimEnd() : text.trim();
		text = '';
		if (cells !== null) {
			if (cells.length > 0) cells[cells.length - 1] = `${cells.at(-1)} ${own.replaceAll(/\s+/g, ' ')}`.trim();
			return;
		}
		if (own === '') return;
		if (isHeading || (isTitle && !inNotes)) {
			builder.add('heading', own.replaceAll(/\s+/g, ' '), { ...place(), level: isHeading ? level : 1 });
		} else if (lists.length > 0) {
			const { style: listStyle, number } = lists.at(-1)!;
			const sign = styles.numbered.has(`${listStyle} ${lists.length}`) ? `${number}.` : '-';
			const indent = '  '.repeat(Math.min(lists.length - 1, 8));
			builder.add('list-item', `${indent}${isItemStart ? sign : ' '} ${own}`, place());
			isItemStart = false;
		} else {
			const named = styles.originOf(style ?? '');
			if (named === 'Title') builder.add('heading', own, { ...place(), level: 1 });
			else builder.add(kinds[named] ?? 'paragraph', own, place());
		}
	}
	function endRow(): void {
		const row = cells ?? [];
		cells = null;
		while (row.at(-1) === '') row.pop();
		if (row.length === 0) return;
		const isHeader = rows === 0 && row.length > 1 && (inHeader || looksLikeHeader(row));
		builder.add(isHeader ? 'table-header' : 'table-row', row.join(' | '), place());
		rows += 1;
	}
	readXml(zip.text('content.xml') ?? '', {
		open({ name, attributes }) {
			if (skipDepth > 0 || skipped.has(name)) {
				skipDepth += 1;
				return;
			}
			if (name === 'p' || name === 'h') {
				level = Math.max(1, Number(attributes['text:outline-level'] ?? 1) || 1);
				// Between paragraphs there is only the layout of the file.
				if (text.trim() === '') text = '';
				if (outer.length === 0) style = attributes['text:style-name'];
			} else if (name === 's') text += ' '.repeat(Math.min(Number(attributes['text:c'] ?? 1) || 1, mostRepeated));
			else if (name === 'tab') text += '\t';
			else if (name === 'line-break') text += '\n';
			else if (name === 'note-body') {
				outer.push(text);
				text = '';
			} else if (name === 'list') {
				lists.push({ style: attributes['text:style-name'] ?? lists.at(-1)?.style ?? '', number: 0 });
			} else if (name === 'list-item' || name === 'list-header') {
				isItemStart = true;
				const list = lists.at(-1);
				if (list !== undefined) list.number = Number(attributes['text:start-value']) || list.number + 1;
			} else if (name === 'page') page += 1;
			else if (name === 'notes') inNotes = true;
			else if (name === 'frame') isTitle = attributes['presentation:class'] === 'title';
			else if (name === 'table') {
				tables += 1;
				if (tables > 1) return;
				rows = 0;
				const sheet = attributes['table:name'];
				if (format === 'ods' && sheet !== undefined) builder.add('heading', sheet, { level: 1 });
			} else if (name === 'table-header-rows') inHeader = true;
			else if (name === 'table-row' && tables === 1) cells = [];
			else if ((name === 'table-cell' || name === 'covered-table-cell') && tables === 1) {
				repeated = Math.min(Number(attributes['table:number-columns-repeated'] ?? 1) || 1, mostRepeated);
				cells?.push('');
			}
		},
		text(piece) {
			if (skipDepth === 0) text += piece.replaceAll(/\s+/g, ' ');
		},
		close(name) {
			if (skipDepth > 0) {
				skipDepth -= 1;
				return;
			}
			if (name === 'p' || name === 'h') {
				// A paragraph of a note stands in the middle of another one.
				if (outer.length === 0) endParagraph(name === 'h');
				else text += ' ';
			} else if (name === 'note-body') text = `${outer.pop() ?? ''} (${text.trim()})`;
			else if (name === 'list') lists.pop();
			else if (name === 'notes') inNotes = false;
			else if (name === 'frame') isTitle = false;
			else if (name === 'table-header-rows') inHeader = false;
			else if ((name === 'table-cell' || name === 'covered-table-cell') && tables === 1) {
				const cell = cells?.at(-1) ?? '';
				for (let copy = 1; copy < repeated; copy += 1) cells?.push(cell);
				repeated = 1;
			} else if (name === 'table-row' && tables === 1) endRow();
			else if (name === 'table') tables = Math.max(0, tables - 1);
		},
	});
	const title = textNamed(zip.text('meta.xml') ?? '', 'title');
	return builder.finish(format, title, format === 'odp' ? page : null);
}

/** Kinds of paragraphs by the names of the styles that LibreOffice and pandoc give them. */
const kinds: Readonly<Record<string, BlockKind>> = {
	Preformatted_20_Text: 'code',
	Source_20_Code: 'code',
	Quotations: 'quote',
};

interface Styles {
	/** The named style that an automatic one comes from; styles without a name of their own are called P1, P2, …. */
	originOf(style: string): string;
	/** `<list style> <level>` of numbered lists. */
	readonly numbered: ReadonlySet<string>;
}

function readStyles(zip: Zip): Styles {
	const parents = new Map<string, string>();
	const numbered = new Set<string>();
	let list = '';
	for (const path of ['styles.xml', 'content.xml']) {
		readXml(zip.text(path) ?? '', {
			open({ name, attributes }) {
				if (name === 'style') {
					const parent = attributes['style:parent-style-name'];
					const own = attributes['style:name'];
					if (own !== undefined && parent !== undefined && path === 'content.xml') parents.set(own, parent);
				} else if (name === 'list-style') list = attributes['style:name'] ?? '';
				else if (name === 'list-level-style-number' && (attributes['style:num-format'] ?? '') !== '') {
					numbered.add(`${list} ${attributes['text:level'] ?? ''}`);
				}
			},
		});
	}
	return { originOf: (style) => parents.get(style) ?? style, numbered };
}
