import { DocumentBuilder, looksLikeHeader, NestedTooDeep } from '../document-builder.ts';
import type { ParsedDocument } from '../parsed-document.ts';

/** Encodings by a font's character set; others use the document's. */
const encodings: Readonly<Record<number, string>> = {
	...{ 77: 'macintosh', 128: 'shift_jis', 129: 'euc-kr', 134: 'gbk', 136: 'big5', 161: 'windows-1253' },
	...{ 162: 'windows-1254', 163: 'windows-1258', 177: 'windows-1255', 178: 'windows-1256', 186: 'windows-1257' },
	...{ 204: 'windows-1251', 222: 'windows-874', 238: 'windows-1250' },
};

/** Encodings by code page, where the name isn't `windows-` and the number. */
const codePages: Readonly<Record<number, string>> = {
	...{ 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5', 10000: 'macintosh', 65001: 'utf-8', 866: 'ibm866' },
};

const characters: Readonly<Record<string, string>> = {
	...{ tab: '\t', line: '\n', emdash: '—', endash: '–', emspace: ' ', enspace: ' ', bullet: '•' },
	...{
		lquote: '‘',
		rquote: '’',
		ldblquote: '“',
		rdblquote: '”',
		'~': '\u00a0',
		_: '‑',
		'{': '{',
		'}': '}',
		'\\': '\\',
	},
};

/** Groups whose text is not the document's. */
const skipped = new Set(
	[
		'colortbl pict object themedata datastore listtable listoverridetable rsidtbl generator filetbl revtbl',
		'header headerl headerr headerf footer footerl footerr footerf annotation atnid atnauthor xe tc txe rxe',
		'nonshppict mmathPr latentstyles bkmkstart bkmkend fldinst',
	]
		.join(' ')
		.split(' '),
);

/** Groups that begin with `\*` and are read nevertheless. */
const understood = new Set(['listtext', 'pntext', 'footnote', 'fldrslt', 'shptxt']);

type Destination = 'text' | 'skip' | 'fonts' | 'styles' | 'info' | 'title' | 'marker';

interface Group {
	destination: Destination;
	encoding: string;
	/** Characters after `\u` that stand for the same one in old programs. */
	fallbackLength: number;
	isHidden: boolean;
	isFootnote: boolean;
}

/** Some programs write the sign of a list item as text. */
const typedMarker = /^([•◦▪·-]|\d{1,3}[.)])\t\s*/u;

/** Programs write some ten levels. */
const deepest = 2_000;

/** Reads a rich text file. It has no pages of its own. Throws NestedTooDeep. */
export function readRtf(name: string, bytes: Uint8Array): ParsedDocument {
	const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
	const builder = new DocumentBuilder(name);
	const fontEncodings = new Map<number, string>();
	const styleLevels = new Map<number, number>();
	let defaultEncoding = 'windows-1252';
	let group: Group = { destination: 'text', encoding: '', fallbackLength: 1, isHidden: false, isFootnote: false };
	const groups: Group[] = [];
	let text = '';
	let marker = '';
	let title = '';
	let level = 0;
	let cells: string[] | null = null;
	let isHeaderRow = false;
	let rows = 0;
	let font = 0;
	let style = 0;
	let styleName = '';
	let styleLevel = 0;
	/** Bytes in an old encoding that are not decoded yet. */
	let pending: number[] = [];
	let skip = 0;
	let isStarred = false;

	function write(piece: string): void {
		if (group.isHidden || piece === '') return;
		if (group.destination === 'text') text += piece;
		else if (group.destination === 'marker') marker += piece;
		else if (group.destination === 'title') title += piece;
		else if (group.destination === 'styles') styleName += piece;
	}
	function flush(): void {
		if (pending.length === 0) return;
		write(decode(group.encoding || defaultEncoding, pending));
		pending = [];
	}
	function endParagraph(): void {
		const own = text.trim();
		text = '';
		if (cells !== null) {
			cells.push(own.replaceAll(/\s+/g, ' '));
			return;
		}
		const typed = typedMarker.exec(own)?.[1];
		const sign = marker.trim() || (typed ?? '');
		marker = '';
		if (own === '') return;
		rows = 0;
		if (level > 0) builder.add('heading', `${sign} ${own}`.replaceAll(/\s+/g, ' ').trim(), { level });
		else if (sign !== '')
			builder.add('list-item', `${/^[\d\p{L}]/u.test(sign) ? sign : '-'} ${own.replace(typedMarker, '')}`);
		else builder.add('paragraph', own);
	}
	function endRow(): void {
		const row = cells ?? [];
		cells = null;
		while (row.at(-1) === '') row.pop();
		const isHeader = rows === 0 && (isHeaderRow || looksLikeHeader(row));
		if (row.length > 0) builder.add(isHeader ? 'table-header' : 'table-row', row.join(' | '));
		rows += 1;
		isHeaderRow = false;
	}
	function control(word: string, value: number | null): void {
		const starred = isStarred;
		isStarred = false;
		if (word === 'fonttbl') group.destination = 'fonts';
		else if (word === 'stylesheet') group.destination = 'styles';
		else if (word === 'info') group.destination = 'info';
		else if (word === 'title' && group.destination === 'info') group.destination = 'title';
		else if (group.destination === 'skip') return;
		else if (word === 'listtext' || word === 'pntext') group.destination = 'marker';
		else if (skipped.has(word) || (starred && !understood.has(word))) {
			// A style of characters begins with `\*` too.
			if (group.destination !== 'styles') group.destination = 'skip';
		} else if (word === 'footnote') {
			group.isFootnote = true;
			write(' (');
		} else if (word === 'ansicpg') defaultEncoding = codePages[value ?? 0] ?? `windows-${value}`;
		else if (word === 'mac') defaultEncoding = 'macintosh';
		else if (word === 'f') {
			font = value ?? 0;
			if (group.destination !== 'fonts') group.encoding = fontEncodings.get(font) ?? '';
		} else if (word === 'fcharset') {
			const encoding = encodings[value ?? 0];
			if (group.destination === 'fonts' && encoding !== undefined) fontEncodings.set(font, encoding);
		} else if (word === 'plain') {
			group.isHidden = false;
			group.encoding = '';
		} else if (word === 'v' || word === 'deleted') group.isHidden = value !== 0;
		else if (word === 'uc') group.fallbackLength = value ?? 1;
		else if (word === 'u') {
			write(String.fromCharCode((value ?? 0) & 0xffff));
			skip = group.fallbackLength;
		} else if (word === 'outlinelevel') {
			const found = (value ?? 9) < 9 ? (value ?? 0) + 1 : 0;
			if (group.destination === 'styles') styleLevel = found;
			else level = Math.min(found, 6);
		} else if (word === 's') {
			if (group.destination === 'styles') style = value ?? 0;
			else level = styleLevels.get(value ?? 0) ?? 0;
		} else if (group.destination !== 'text' && group.destination !== 'marker') return;
		else if (word === 'pard') {
			// A list's sign has a paragraph of its own.
			if (group.destination === 'marker') return;
			level = 0;
			if (cells !== null && cells.length === 0) cells = null;
		} else if (word === 'intbl') cells ??= [];
		else if (word === 'trhdr') isHeaderRow = true;
		else if (word === 'cell' || word === 'nestcell') {
			cells ??= [];
			endParagraph();
		} else if (word === 'row') endRow();
		else if (word === 'par' || word === 'sect' || word === 'page') {
			// Within a cell or a note, a paragraph ends nothing.
			if (group.isFootnote || (cells !== null && word === 'par')) write('\n');
			else endParagraph();
		} else write(characters[word] ?? '');
	}

	for (let at = 0; at < source.length; ) {
		const sign = source[at]!;
		if (sign === '{') {
			flush();
			groups.push({ ...group });
			if (groups.length > deepest) throw new NestedTooDeep();
			group = { ...group, isFootnote: false };
			if (group.destination === 'styles') [style, styleName, styleLevel] = [0, '', 0];
			skip = 0;
			at += 1;
		} else if (sign === '}') {
			flush();
			if (group.destination === 'styles' && styleName !== '') {
				const named = /^heading (\d)/i.exec(styleName.trim())?.[1];
				const found = named === undefined ? styleLevel : Number(named);
				if (/^title\s*;?$/i.test(styleName.trim())) styleLevels.set(style, 1);
				else if (found > 0) styleLevels.set(style, Math.min(found, 6));
				styleName = '';
			}
			if (group.isFootnote) text = `${text.trimEnd()})`;
			group = groups.pop() ?? group;
			skip = 0;
			at += 1;
		} else if (sign === '\\') {
			const next = source[at + 1] ?? '';
			if (next === "'") {
				const byte = Number.parseInt(source.slice(at + 2, at + 4), 16);
				at += 4;
				if (skip > 0) skip -= 1;
				else if (!Number.isNaN(byte)) pending.push(byte);
				continue;
			}
			flush();
			const match = /^[a-zA-Z]{1,32}(-?\d{1,10})? ?/.exec(source.slice(at + 1, at + 46));
			if (match === null) {
				at += 2;
				if (next === '*') isStarred = true;
				else if (next === '\n' || next === '\r') control('par', null);
				else if (skip > 0) skip -= 1;
				else write(characters[next] ?? '');
				continue;
			}
			const value = match[1] === undefined ? null : Number(match[1]);
			const word = match[0].replace(/-?\d+ ?$| $/, '');
			at += 1 + match[0].length;
			if (word === 'bin') at += Math.max(0, value ?? 0);
			else if (skip > 0 && word !== 'u') skip -= 1;
			else control(word, value);
		} else if (sign === '\r' || sign === '\n') at += 1;
		else {
			const end = /[\\{}\r\n]/.exec(source.slice(at, at + 4_096))?.index ?? 4_096;
			const run = source.slice(at, at + end);
			at += run.length;
			const rest = run.slice(Math.min(skip, run.length));
			skip = Math.max(0, skip - run.length);
			if (rest === '') continue;
			// Old programs write bytes of their encoding as they are.
			if (/[\x80-\xff]/.test(rest) || pending.length > 0)
				for (const byte of Buffer.from(rest, 'latin1')) pending.push(byte);
			else write(rest);
		}
	}
	flush();
	endRow();
	endParagraph();
	return builder.finish('rtf', title.trim() || null);
}

const decoders = new Map<string, TextDecoder>();

function decode(encoding: string, bytes: readonly number[]): string {
	let decoder = decoders.get(encoding);
	if (decoder === undefined) {
		try {
			decoder = new TextDecoder(encoding);
		} catch {
			decoder = new TextDecoder('windows-1252');
		}
		decoders.set(encoding, decoder);
	}
	return decoder.decode(new Uint8Array(bytes));
}
