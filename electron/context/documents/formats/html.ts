import { Readability } from '@mozilla/readability';
import { Parser } from 'htmlparser2';
import { parseHTML } from 'linkedom';
import { DocumentBuilder, NestedTooDeep } from '../document-builder.ts';
import type { BlockKind, ParsedDocument } from '../parsed-document.ts';
import { deepestElements, withoutDefinitions } from './xml.ts';

/** Elements without text for readers. */
const skipped = new Set(
	'script style noscript template svg math iframe object canvas audio video select textarea button rp'.split(' '),
);

/** Elements around the content of a page; a part of a page has none. */
const surroundings = new Set(['nav', 'footer', 'aside']);

/** Elements that begin and end a block of their own. */
const separating = new Set(
	[
		'address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure',
		'footer form header hgroup hr legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul',
	]
		.join(' ')
		.split(' '),
);

/** Void elements never close. */
const voids = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));

/**
 * Adds the text of an HTML or XHTML text to a document, block by block. It reads events, so that it costs no more than
 * its text. Throws NestedTooDeep. Returns the content of `<title>`, or null.
 */
export function addHtml(
	builder: DocumentBuilder,
	html: string,
	{ page = null, isWholePage = false }: { readonly page?: number | null; readonly isWholePage?: boolean } = {},
): string | null {
	let title: string | null = null;
	let text = '';
	let cells: { text: string; isHeader: boolean }[] | null = null;
	let skipping: string | null = null;
	let skipDepth = 0;
	let tables = 0;
	let pre = 0;
	let quotes = 0;
	let heading = 0;
	let inTitle = false;
	/** A number counts the items of an ordered list; null: its items have dots. */
	const lists: (number | null)[] = [];
	let marker: string | null = null;
	let rowsInTable = 0;

	/** Ends the block at hand; inside a table, its text belongs to the cell. */
	function end(): void {
		if (cells !== null) {
			if (text !== '' && !/\s$/.test(text)) text += ' ';
			return;
		}
		const own = pre > 0 ? text : text.replaceAll(/[^\S\n]*\n[^\S\n]*/g, '\n').trim();
		text = '';
		if (own.trim() === '') return;
		const kind: BlockKind =
			heading > 0
				? 'heading'
				: pre > 0
					? 'code'
					: marker !== null
						? 'list-item'
						: quotes > 0
							? 'quote'
							: lists.length > 0
								? 'list-item'
								: 'paragraph';
		const indent = '  '.repeat(Math.min(Math.max(0, lists.length - 1), 8));
		const shown = kind === 'list-item' ? `${indent}${marker ?? ' '} ${own}` : own;
		marker = null;
		builder.add(kind, heading > 0 ? own.replaceAll(/\s+/g, ' ') : shown, { page, level: heading });
	}
	function endCell(): void {
		const own = text.replaceAll(/\s+/g, ' ').trim();
		text = '';
		if (cells !== null && cells.length > 0) cells.at(-1)!.text = `${cells.at(-1)!.text} ${own}`.trim();
	}
	function endRow(): void {
		if (cells === null) return;
		endCell();
		const row = cells;
		cells = null;
		const filled = row.filter((cell) => cell.text !== '');
		if (filled.length === 0) return;
		const isHeader = rowsInTable === 0 && row.length > 1 && filled.every((cell) => cell.isHeader);
		rowsInTable += 1;
		// A table with a single cell is there for its looks.
		if (row.length === 1) builder.add('paragraph', row[0]!.text, { page });
		else {
			const line = row.map((cell) => cell.text).join(' | ');
			builder.add(isHeader ? 'table-header' : 'table-row', line, { page });
		}
	}
	let depth = 0;
	const parser = new Parser(
		{
			onopentag(name, attributes) {
				depth += 1;
				if (depth > deepestElements) throw new NestedTooDeep();
				if (skipping !== null) {
					if (name === skipping && !voids.has(name)) skipDepth += 1;
					return;
				}
				const isHidden = 'hidden' in attributes || attributes['aria-hidden'] === 'true';
				if ((skipped.has(name) || isHidden || (isWholePage && surroundings.has(name))) && !voids.has(name)) {
					skipping = name;
					skipDepth = 1;
					return;
				}
				if (name === 'title') inTitle = title === null;
				if (name === 'br') text += '\n';
				const level = /^h([1-6])$/.exec(name)?.[1];
				if (level !== undefined || separating.has(name)) end();
				if (level !== undefined && cells === null) heading = Number(attributes[levelAttribute] ?? level) || 1;
				if (name === 'pre') pre += 1;
				else if (name === 'blockquote') quotes += 1;
				else if (name === 'ul') lists.push(null);
				else if (name === 'ol') lists.push(Number(attributes.start ?? 1) - 1 || 0);
				else if (name === 'li') marker = nextMarker(lists);
				else if (name === 'table') {
					tables += 1;
					if (tables === 1) rowsInTable = 0;
				} else if (name === 'tr' && tables === 1) {
					endRow();
					cells = [];
				} else if ((name === 'td' || name === 'th') && tables === 1) {
					cells ??= [];
					endCell();
					cells.push({ text: '', isHeader: name === 'th' });
				}
			},
			ontext(piece) {
				if (skipping !== null) return;
				if (inTitle) title = `${title ?? ''}${piece}`;
				else if (pre > 0 && cells === null) text += piece;
				else {
					const words = piece.replaceAll(/\s+/g, ' ');
					text += /(?:^|\s)$/.test(text) ? words.trimStart() : words;
				}
			},
			onclosetag(name) {
				depth -= 1;
				if (skipping !== null) {
					if (name === skipping) skipDepth -= 1;
					if (skipDepth === 0) skipping = null;
					return;
				}
				if (name === 'title') inTitle = false;
				if (/^h[1-6]$/.test(name)) {
					end();
					heading = 0;
				} else if (separating.has(name)) {
					if ((name === 'tr' || name === 'table') && tables === 1) endRow();
					end();
				}
				if (name === 'pre') pre = Math.max(0, pre - 1);
				else if (name === 'blockquote') quotes = Math.max(0, quotes - 1);
				else if (name === 'ul' || name === 'ol') lists.pop();
				else if (name === 'li') marker = null;
				else if (name === 'table') tables = Math.max(0, tables - 1);
			},
		},
		{ lowerCaseTags: true, decodeEntities: true, recognizeSelfClosing: true },
	);
	parser.write(withoutDefinitions(html));
	parser.end();
	endRow();
	end();
	return title === null ? null : (title as string).replaceAll(/\s+/g, ' ').trim();
}

function nextMarker(lists: (number | null)[]): string {
	const last = lists.at(-1) ?? null;
	if (last === null) return '-';
	lists[lists.length - 1] = last + 1;
	return `${last + 1}.`;
}

/** Longer pages are read whole: the article in them is found in a tree, which takes fifty times their memory. */
const longestArticle = 4_000_000;

/** Readability makes `<h1>` an `<h2>`; what a heading was is kept here. */
const levelAttribute = 'data-assay-level';

/** Share of a page's text that the article in it must have: below that, the page is no article with things around it. */
const leastArticle = 0.5;

/** Reads a page: the article in it if it has one, else all but navigation and footers. */
export function readHtml(name: string, html: string): ParsedDocument {
	const whole = new DocumentBuilder(name);
	const title = addHtml(whole, html, { isWholePage: true });
	const page = whole.finish('html', title);
	const article = html.length > longestArticle ? null : articleOf(html);
	if (article === null) return page;
	const builder = new DocumentBuilder(name);
	addHtml(builder, article.content);
	return builder.length >= page.text.length * leastArticle ? builder.finish('html', title ?? article.title) : page;
}

function articleOf(html: string): { readonly title: string | null; readonly content: string } | null {
	try {
		const { document } = parseHTML(html);
		for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
			heading.setAttribute(levelAttribute, heading.localName.slice(1));
		}
		const found = new Readability(document as unknown as Document).parse();
		return typeof found?.content === 'string' ? { title: found.title ?? null, content: found.content } : null;
	} catch {
		// A page that nests too deep for a tree is read by its events.
		return null;
	}
}
