import { getDocumentProxy } from 'unpdf';
import { pdfFailure, pdfWithoutText } from '../../../conversation/attachment/pdf-text.ts';
import { DocumentBuilder } from '../document-builder.ts';
import type { ParsedDocument } from '../parsed-document.ts';

/** A line of a page, in points; y grows upwards. */
interface Line {
	readonly text: string;
	readonly x: number;
	readonly y: number;
	readonly size: number;
	/** Words stand far apart, as in the columns of a table. */
	readonly hasColumns: boolean;
}

/** A line this much larger than most text is a heading. */
const headingSize = 1.15;

/** Longest heading, characters. */
const longestHeading = 200;

/** A gap between lines that is this much larger than most ends a paragraph. */
const paragraphGap = 1.3;

/** A gap within a line that is this much wider than its letters are high is one between columns. */
const columnGap = 1.5;

/** A line in the same place on this share of the pages is a running title; a number alone is one even on two. */
const running = { share: 0.6, pages: 4 };

/**
 * Reads a PDF page by page. It knows letters and places only: lines with a larger gap between them become paragraphs,
 * lines in larger letters headings. `alive` is called after every page. Throws Failure `pdf-locked`, `pdf-unreadable`,
 * `pdf-without-text`.
 */
export async function readPdf(
	name: string,
	bytes: Uint8Array<ArrayBuffer>,
	alive: () => void,
): Promise<ParsedDocument> {
	const pages: Line[][] = [];
	let title: string | null = null;
	try {
		const document = await getDocumentProxy(bytes, { verbosity: 0 });
		const { info } = await document.getMetadata();
		const given = (info as { readonly Title?: unknown }).Title;
		title = typeof given === 'string' ? withoutFileName(given) : null;
		for (let number = 1; number <= document.numPages; number += 1) {
			const page = await document.getPage(number);
			const { items } = await page.getTextContent();
			pages.push(linesOf(items as readonly PdfItem[]));
			page.cleanup();
			alive();
		}
	} catch (error) {
		throw pdfFailure(name, error);
	}
	if (pages.every((lines) => lines.length === 0)) throw pdfWithoutText(name, pages.length);
	const builder = new DocumentBuilder(name);
	const shown = withoutRunningTitles(pages);
	const body = mostCommon(shown.flat().map(({ size, text }) => [round(size), text.length]));
	const sizes = new Set<number>();
	for (const { size } of shown.flat()) if (size >= body * headingSize) sizes.add(round(size));
	const levels = new Map([...sizes].toSorted((a, b) => b - a).map((size, index) => [size, Math.min(index + 1, 6)]));
	for (const [index, lines] of shown.entries()) {
		for (const paragraph of paragraphsOf(lines)) {
			const text = joined(paragraph);
			const level = levels.get(round(paragraph[0]!.size)) ?? 0;
			const isHeading = level > 0 && text.length <= longestHeading && /\p{L}/u.test(text);
			const page = index + 1;
			if (isHeading) builder.add('heading', text, { page, level });
			else if (paragraph[0]!.hasColumns) builder.add('table-row', text, { page });
			else if (bullet.test(text)) builder.add('list-item', text.replace(bullet, '- '), { page });
			else builder.add(numbered.test(text) ? 'list-item' : 'paragraph', text, { page });
		}
	}
	return builder.finish('pdf', title, pages.length);
}

const numbered = /^\d{1,3}[.)]\s/;
const bullet = /^[•◦▪‣●○■–-]\s+/u;

interface PdfItem {
	readonly str?: string;
	readonly transform?: readonly number[];
	readonly height?: number;
	readonly width?: number;
	readonly hasEOL?: boolean;
}

/** Puts letters together that stand on one line; a wide gap separates the columns of a table. */
function linesOf(items: readonly PdfItem[]): Line[] {
	const lines: Line[] = [];
	let text = '';
	let line = null as { readonly x: number; readonly y: number; size: number; end: number; hasColumns: boolean } | null;
	function end(): void {
		const own = text.replaceAll(/\s+/g, ' ').trim();
		if (line !== null && own !== '') lines.push({ ...line, text: own });
		text = '';
		line = null;
	}
	for (const { str = '', transform = [], width = 0, hasEOL = false } of items) {
		const [, , c = 0, d = 0, x = 0, y = 0] = transform;
		const size = Math.hypot(c, d);
		if (str.trim() !== '') {
			if (line !== null) {
				// Numbers above a word, such as those of notes, are on its line.
				const apart = Math.abs(y - line.y) > Math.max(size, line.size) * 0.5 || x < line.end - size * 2;
				if (apart) end();
				else if (x - line.end > columnGap * size) {
					text = `${text.trimEnd()} | `;
					line.hasColumns = true;
				}
			}
			line ??= { x, y, size, end: x, hasColumns: false };
			line.size = Math.max(line.size, size);
			line.end = x + width;
		}
		text += hasEOL ? `${str} ` : str;
	}
	end();
	return lines;
}

/** Leaves out lines that are on most pages at the same height: running titles and page numbers. */
function withoutRunningTitles(pages: readonly Line[][]): Line[][] {
	if (pages.length < 2) return [...pages];
	const key = ({ text, y }: Line): string => `${Math.round(y)} ${text.replaceAll(/\d+/g, '#')}`;
	const seen = new Map<string, number>();
	for (const lines of pages) {
		for (const found of new Set(edges(lines).map(key))) seen.set(found, (seen.get(found) ?? 0) + 1);
	}
	return pages.map((lines) => {
		const outer = new Set(edges(lines));
		const repeats = (line: Line): boolean =>
			seen.get(key(line))! >= pages.length * running.share &&
			(pages.length >= running.pages || /^\W*\d+\W*$/.test(line.text));
		return lines.filter((line) => !(outer.has(line) && repeats(line)));
	});
}

/** The highest and the lowest two lines of a page. */
function edges(lines: readonly Line[]): Line[] {
	const sorted = lines.toSorted((a, b) => b.y - a.y);
	return [...new Set([...sorted.slice(0, 2), ...sorted.slice(-2)])];
}

function paragraphsOf(lines: readonly Line[]): Line[][] {
	const gaps = lines.slice(1).map((line, index): [number, number] => {
		const gap = (lines[index]!.y - line.y) / Math.max(1, line.size);
		return [Math.round(gap * 10) / 10, gap > 0 && gap < 3 ? line.text.length : 0];
	});
	const usual = mostCommon(gaps) || 1.2;
	const paragraphs: Line[][] = [];
	for (const line of lines) {
		const current = paragraphs.at(-1);
		const before = current?.at(-1);
		const gap = before === undefined ? 0 : (before.y - line.y) / Math.max(1, line.size);
		const continues =
			before !== undefined &&
			gap > -0.7 &&
			gap <= usual * paragraphGap &&
			Math.abs(before.size - line.size) <= before.size * 0.1 &&
			!bullet.test(line.text) &&
			!numbered.test(line.text) &&
			!line.hasColumns &&
			!before.hasColumns &&
			// The first line of a paragraph may stand further in.
			!(line.x - before.x > line.size * 0.8 && line.x - before.x < line.size * 4 && current!.length > 1);
		if (continues) current!.push(line);
		else paragraphs.push([line]);
	}
	return paragraphs;
}

/** Joins lines to a text, and words that were divided between them. */
function joined(lines: readonly Line[]): string {
	return lines.reduce((text, { text: next }) => {
		if (text === '') return next;
		if (/\p{L}[-\u00ad]$/u.test(text) && /^\p{Ll}/u.test(next)) return `${text.slice(0, -1)}${next}`;
		return `${text} ${next}`;
	}, '');
}

/** The value that most characters have; 0: there is none. */
function mostCommon(values: readonly (readonly [value: number, weight: number])[]): number {
	const weights = new Map<number, number>();
	for (const [value, weight] of values) weights.set(value, (weights.get(value) ?? 0) + weight);
	const [best] = [...weights].toSorted((a, b) => b[1] - a[1]);
	return best === undefined || best[1] === 0 ? 0 : best[0];
}

function round(size: number): number {
	return Math.round(size * 2) / 2;
}

/** Many programs write the name of the file they printed. */
function withoutFileName(title: string): string | null {
	return /\.(docx?|odt|tex|indd|pptx?|xlsx?|pages|rtf|txt|html?)$/i.test(title.trim()) ? null : title;
}
