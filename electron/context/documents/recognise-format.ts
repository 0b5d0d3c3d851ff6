import type { DocumentFormat } from './parsed-document.ts';

/** Formats that are text themselves. */
type TextFormat = Extract<DocumentFormat, 'text' | 'markdown' | 'code' | 'csv' | 'json' | 'html'>;

/** Formats that are files in a ZIP file. */
type PackageFormat = Extract<DocumentFormat, 'docx' | 'pptx' | 'xlsx' | 'odt' | 'ods' | 'odp' | 'epub'>;

/** Formats by the ending of the file's name; other texts are plain. */
const endings: Readonly<Record<Exclude<TextFormat, 'text'>, string>> = {
	markdown: 'md markdown mdx mkd qmd rmd',
	csv: 'csv tsv tab',
	json: 'json jsonl ndjson geojson ipynb webmanifest',
	html: 'html htm xhtml',
	code: [
		'asm bash bat c cc cfg clj cljs cmake coffee conf cpp cs css cu cxx d dart diff ex exs elm erl f90 fish go gradle',
		'graphql groovy h hh hpp hrl hs hxx ini java jl js jsx kt kts less lisp lua m mjs mm ml mli nim nix patch php pl pm',
		'proto ps1 py pyi r rb rs sass scala scm scss sh sol sql svelte swift tcl tex tf toml ts tsx v vb vhdl vue xml xsl',
		'xslt yaml yml zig zsh',
	].join(' '),
};

const formatOf = new Map(
	Object.entries(endings).flatMap(([format, list]) =>
		list.split(' ').map((ending) => [ending, format as TextFormat] as const),
	),
);

const fileExtensions = new Set('txt text log rst pdf rtf docx pptx xlsx odt ods odp epub'.split(' '));

/** Whether an extension, in lower case and without its dot, is one of documents that can be read. */
export function isDocumentExtension(extension: string): boolean {
	return fileExtensions.has(extension) || formatOf.has(extension);
}

const codeNames = new Set(['makefile', 'dockerfile', 'cmakelists.txt', 'gemfile', 'rakefile', 'jenkinsfile']);

/** The format of a text, by its file's name, else by its beginning. */
export function textFormat(name: string, text: string): TextFormat {
	const lower = name.toLowerCase();
	if (codeNames.has(lower)) return 'code';
	const known = formatOf.get(/\.([^.]+)$/.exec(lower)?.[1] ?? '');
	if (known !== undefined) return known;
	return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype html|<html)[\s>]/i.test(text.slice(0, 1_000)) ? 'html' : 'text';
}

/** What the names inside a ZIP file say about it; null: no document. `mimetype` is the text of that entry. */
export function packageFormat(names: readonly string[], mimetype: string): PackageFormat | null {
	if (names.includes('word/document.xml')) return 'docx';
	if (names.includes('ppt/presentation.xml')) return 'pptx';
	if (names.includes('xl/workbook.xml')) return 'xlsx';
	const type = mimetype.trim();
	if (type === 'application/epub+zip' || names.includes('META-INF/container.xml')) return 'epub';
	const office = /^application\/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)/.exec(type)?.[1];
	if (office === 'text') return 'odt';
	if (office === 'spreadsheet') return 'ods';
	return office === 'presentation' ? 'odp' : null;
}
