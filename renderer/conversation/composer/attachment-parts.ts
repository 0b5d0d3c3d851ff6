import { pageBreak } from '../../../electron/contract/conversation/page-breaks.ts';
import type { AttachedText } from '../../../electron/contract/conversation/schema.ts';
import { t } from '../../messages/t.ts';

/** Returns the file cut to its beginning, at a word's end and at most this long; its name says so. */
export function takeBeginning(file: AttachedText, characters: number): AttachedText {
	// Not half of a character, either.
	const start = file.text.slice(0, Math.max(0, characters)).replace(/[\uD800-\uDBFF]$/, '');
	const end = Math.max(start.lastIndexOf('\n'), start.lastIndexOf(' '));
	const text = (end > start.length / 2 ? start.slice(0, end) : start).trimEnd();
	return { ...file, name: markName(file.name, t('beginning')), text };
}

/** Returns the pages of a PDF's text; a single one for other files. */
export function pagesOf(text: string): readonly string[] {
	return text.split(pageBreak).map((page) => page.trim());
}

/** Returns the file with these pages only, counted from 1; its name says which. */
export function takePages(file: AttachedText, pages: readonly number[]): AttachedText {
	const all = pagesOf(file.text);
	const text = pages.map((page) => all[page - 1] ?? '').join(`\n\n${pageBreak}`);
	const mark = markOfPages(pages.length, describePages(pages));
	return { ...file, name: markName(file.name, mark), pages: pages.length, text };
}

const markOfPages = (count: number, pages: string): string =>
	t('{count, plural, one {page} other {pages}} {pages}', { count, pages });

/**
 * Reads "1-3, 7" as page numbers in their order in the file. Returns null for anything else, and for pages that the
 * file does not have.
 */
export function parsePages(text: string, count: number): readonly number[] | null {
	const chosen = new Set<number>();
	for (const part of text.split(/[,;\s]+/).filter((one) => one !== '')) {
		const [, first, last = first] = /^(\d{1,6})(?:[-–](\d{1,6}))?$/.exec(part) ?? [];
		const [from, to] = [Number(first), Number(last)];
		if (first === undefined || from < 1 || to > count || from > to) return null;
		for (let page = from; page <= to; page += 1) chosen.add(page);
	}
	return chosen.size === 0 ? null : [...chosen].sort((a, b) => a - b);
}

/** Writes page numbers as people do: "1-3, 7". */
export function describePages(pages: readonly number[]): string {
	const ranges: [number, number][] = [];
	for (const page of pages) {
		const last = ranges.at(-1);
		if (last !== undefined && page === last[1] + 1) last[1] = page;
		else ranges.push([page, page]);
	}
	return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}

/** "report.pdf" becomes "report (pages 3-5).pdf"; an earlier mark is replaced. */
function markName(name: string, mark: string): string {
	const [, stem = name, ending = ''] = /^(.+?)(\.\w{1,10})?$/su.exec(name) ?? [];
	const bare = stem.replace(/ \(([^()]*)\)$/, (whole, inner: string) => (isMark(inner) ? '' : whole));
	return `${bare} (${mark})${ending}`;
}

function isMark(text: string): boolean {
	const pages = /\d(?:[\d, -]*\d)?/.exec(text)?.[0] ?? '';
	return text === t('beginning') || [1, 2].some((count) => text === markOfPages(count, pages));
}
