import { z } from 'zod';
import { isDocumentExtension } from '../../context/documents/recognise-format.ts';
import type { PromptSample } from '../../contract/prompt/schema.ts';

/** Where the answer to a sample stands. */
export interface ExpectedSource {
	/** Name of the document, with or without its extension. */
	readonly document: string;
	readonly page: number | null;
	/** Text of the passage; null: any passage of the document will do. */
	readonly quote: string | null;
}

/** A passage that was put into the prompt of an answer. */
export interface SentPassage {
	readonly title: string;
	/** null: unknown, or the whole document. */
	readonly page: number | null;
	readonly text: string;
	/** A whole document, sent as one of all: nothing was ranked. */
	readonly isWhole?: boolean;
}

const sourceSchema = z.union([
	z.string().transform((document) => ({ document })),
	z.object({
		document: z.string(),
		page: z.int().nullish(),
		quote: z.string().nullish(),
	}),
]);

const sourcesSchema = z.union([z.array(sourceSchema), sourceSchema.transform((one) => [one])]);

/**
 * Reads the sources that a sample names in a column: as JSON, a list of names or of objects with `document`, `page` and
 * `quote`; as text, names on lines of their own or between semicolons. null: it names none.
 */
export function readExpectedSources(
	{ variables, metadata }: Pick<PromptSample, 'variables' | 'metadata'>,
	column: string,
): readonly ExpectedSource[] | null {
	const value = Object.hasOwn(variables, column) ? variables[column] : metadata[column];
	const parsed = sourcesSchema.safeParse(typeof value === 'string' ? fromText(value) : value);
	if (!parsed.success) return null;
	const sources = parsed.data.flatMap((one): ExpectedSource[] => {
		const { document, page, quote } = { page: null, quote: null, ...one };
		return document.trim() === '' ? [] : [{ document: document.trim(), page: page ?? null, quote: quote || null }];
	});
	return sources.length === 0 ? null : sources;
}

function fromText(text: string): unknown {
	if (/^\s*[[{]/.test(text)) {
		try {
			return JSON.parse(text);
		} catch {
			// A name that begins with a bracket.
		}
	}
	return text.split(/[\n;]/).filter((name) => name.trim() !== '');
}

/** Whether a passage is the one that is expected, or holds it. */
export function isFrom(passage: SentPassage, { document, page, quote }: ExpectedSource): boolean {
	if (!isSameName(passage.title, document)) return false;
	if (quote !== null) return plain(passage.text).includes(plain(quote));
	return page === null || passage.page === null || passage.page === page;
}

/** Whether both name the same document; an extension that only one of them has does not count. */
function isSameName(one: string, other: string): boolean {
	const [a, b] = [baseName(one), baseName(other)];
	return a === b || withoutExtension(a) === b || a === withoutExtension(b);
}

/** A document's name in lower case, without folders. */
function baseName(name: string): string {
	return name.trim().toLowerCase().split(/[\\/]/).at(-1) ?? '';
}

function withoutExtension(name: string): string {
	const [, bare, extension = ''] = /^(.+)\.([^.]+)$/.exec(name) ?? [];
	return bare !== undefined && isDocumentExtension(extension) ? bare : name;
}

function plain(text: string): string {
	return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

/**
 * Ranks expected sources, by index, and passages that are none of them, as −1 − their place. A further passage from a
 * source that was found already is left out: it is neither another find nor noise.
 */
export function rankSources(passages: readonly SentPassage[], expected: readonly ExpectedSource[]): readonly number[] {
	const ranked: number[] = [];
	for (const [place, passage] of passages.entries()) {
		const matching = expected.flatMap((source, index) => (isFrom(passage, source) ? index : []));
		if (matching.length === 0) ranked.push(-1 - place);
		else ranked.push(...matching.filter((index) => !ranked.includes(index)));
	}
	return ranked;
}
