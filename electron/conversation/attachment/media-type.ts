/** Kinds of text that have a registered name and that a page may want to tell apart. */
const mediaTypes: Readonly<Record<string, string>> = {
	csv: 'text/csv',
	css: 'text/css',
	htm: 'text/html',
	html: 'text/html',
	js: 'text/javascript',
	json: 'application/json',
	md: 'text/markdown',
	markdown: 'text/markdown',
	mjs: 'text/javascript',
	tsv: 'text/tab-separated-values',
	xml: 'application/xml',
	yaml: 'application/yaml',
	yml: 'application/yaml',
};

/** By the ending of the name: what is inside has been found to be text already. */
export function mediaTypeOf(name: string): string {
	const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
	return mediaTypes[ending] ?? 'text/plain';
}
