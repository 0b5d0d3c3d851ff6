/** Text types that have a registered name and that the page may want to distinguish. */
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

/** Goes by the file extension: the content is already known to be text. */
export function mediaTypeOf(name: string): string {
	const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
	return mediaTypes[ending] ?? 'text/plain';
}
