import type { BlockKind, DocumentBlock, ParsedDocument } from './parsed-document.ts';

/** How documents are cut into passages. */
export interface ChunkSettings {
	/** Most tokens of a chunk with its context, without the special tokens that a model adds around a text. */
	readonly size: number;
	/** Tokens of a chunk's end, at most, with which the next one begins. */
	readonly overlap: number;
}

/** The smallest size; one character takes up to four tokens. */
export const minChunkSize = 16;

/** Counts the tokens of many texts at once, without special tokens. */
export type CountTokens = (texts: readonly string[]) => Promise<readonly number[]>;

/** A passage of a document: what is indexed, found and quoted. */
export interface DocumentChunk {
	/** `text` is the document's text from `offset` on. */
	readonly offset: number;
	readonly length: number;
	readonly text: string;
	/**
	 * What lies before the passage and explains it: the headings above it and the header row of its table, a line each.
	 * It is embedded and shown to models with the text; empty if there is none.
	 */
	readonly context: string;
	/** Of context and text together, see `chunkInput`. */
	readonly tokens: number;
	/** First and last page; null: the format has no pages. */
	readonly page: number | null;
	readonly lastPage: number | null;
	/** Headings under which all of the passage stands, outermost first; they may be in its text. */
	readonly headingPath: readonly string[];
}

/** Returns the text that is embedded and shown to models. */
export function chunkInput({ context, text }: Pick<DocumentChunk, 'context' | 'text'>): string {
	return context === '' ? text : `${context}\n\n${text}`;
}

/** The smallest part that is kept whole: a sentence, a line of code, a row. */
interface Unit {
	readonly block: number;
	readonly start: number;
	/** See `Span`. */
	readonly end: number;
	readonly tokens: number;
}

/** What is known about a block before anything is counted. */
interface Place {
	/** With the block's own, if it is a heading. */
	readonly headings: readonly string[];
	readonly context: Context;
}

/** Equal contexts are one object. */
interface Context {
	readonly headings: readonly string[];
	/** The header row of the table in which a row stands; empty: none. */
	readonly header: string;
}

/** Characters that are counted in one call: what a tokeniser does in a few milliseconds. */
const batchCharacters = 64 * 1024;

/** A unit of more characters than this per token of a chunk is cut before it is counted. */
const charactersPerToken = 16;

/** A heading begins a new chunk once the one before it holds this share of the size: smaller sections are joined. */
const smallestSection = 0.25;

/** A paragraph is not split if that leaves the chunk before it at least this full. */
const fullEnough = 0.5;

/** Share of the size that context may take. */
const mostContext = 0.25;

/** Indentation that is kept in front of a line, characters. */
const longestIndent = 64;

/** Longest heading in a path, characters. */
const longestHeading = 200;

/**
 * Cuts a document into passages along its structure: headings, paragraphs, sentences, lines of code, rows. A chunk never
 * has more than `size` tokens; together they hold all of the text. Equal input gives equal chunks.
 */
export async function chunkDocument(
	document: ParsedDocument,
	{ size, overlap }: ChunkSettings,
	countTokens: CountTokens,
): Promise<DocumentChunk[]> {
	const limit = Math.max(minChunkSize, Math.floor(size));
	const count = batched(countTokens);
	const places = placesOf(document);
	const contexts = await countContexts(places, limit, count);
	const units = await countUnits(document, limit, count);
	const contextOf = (unit: Unit): CountedContext => contexts.get(places[unit.block]!.context)!;
	const spans = packUnits(document, units, contextOf, limit, Math.min(Math.max(0, overlap), limit / 2));
	return verify(document, places, spans, contextOf, limit, count);
}

function batched(countTokens: CountTokens): CountTokens {
	return async (texts) => {
		const counts: number[] = [];
		for (let from = 0; from < texts.length; ) {
			let to = from;
			for (let characters = 0; to < texts.length && (to === from || characters < batchCharacters); to += 1) {
				characters += texts[to]!.length;
			}
			counts.push(...(await countTokens(texts.slice(from, to))));
			from = to;
		}
		return counts;
	};
}

/** The headings and the table header under which each block stands. */
function placesOf(document: ParsedDocument): Place[] {
	const stack: { level: number; text: string }[] = [];
	let place: Place = { headings: [], context: { headings: [], header: '' } };
	return document.blocks.map((block): Place => {
		const { headings } = place;
		const inTable = place.context.header !== '';
		if (inTable && block.kind !== 'table-row') place = { headings, context: { headings, header: '' } };
		if (block.kind === 'table-header') {
			const before = place;
			// Markdown has a line of dashes below it.
			const header = oneLine(document, block).replace(/[|\s]*:?-{3,}[-:|\s]*$/, '');
			place = { headings, context: { headings, header } };
			return before;
		}
		if (block.kind !== 'heading') return place;
		while ((stack.at(-1)?.level ?? 0) >= block.level) stack.pop();
		const above = stack.map(({ text }) => text);
		// Markdown's own heading signs are part of its text.
		const text = oneLine(document, block).replaceAll(/^#{1,6}\s+|\s+(?:-{2,}|=+)$/g, '');
		stack.push({ level: block.level, text: text.slice(0, longestHeading) });
		const own = stack.map((heading) => heading.text);
		place = { headings: own, context: { headings: own, header: '' } };
		return { headings: own, context: { headings: above, header: '' } };
	});
}

function oneLine({ text }: ParsedDocument, { offset, length }: DocumentBlock): string {
	return text
		.slice(offset, offset + length)
		.replaceAll(/\s+/g, ' ')
		.trim();
}

interface CountedContext {
	readonly text: string;
	readonly tokens: number;
}

/** Shortens contexts that take too much room: outer headings go first, a long header row goes before the nearest one. */
async function countContexts(
	places: readonly Place[],
	limit: number,
	count: CountTokens,
): Promise<Map<Context, CountedContext>> {
	const counted = new Map<Context, CountedContext>();
	let open = [...new Set(places.map(({ context }) => context))].map((context) => ({ context, shorter: context }));
	while (open.length > 0) {
		const texts = open.map(({ shorter: { headings, header } }) =>
			(header === '' ? headings : [...headings, header]).join('\n'),
		);
		// The empty line between context and text is counted with it.
		const counts = await count(texts.map((text) => (text === '' ? '' : `${text}\n\n`)));
		const long: typeof open = [];
		for (const [index, { context, shorter }] of open.entries()) {
			const tokens = counts[index]!;
			const text = texts[index]!;
			if (text === '') counted.set(context, { text, tokens: 0 });
			else if (tokens <= limit * mostContext) counted.set(context, { text, tokens });
			else if (shorter.headings.length > 0)
				long.push({ context, shorter: { ...shorter, headings: shorter.headings.slice(1) } });
			// No heading is left, and the header row alone is too long: it goes, and all headings come back.
			else long.push({ context, shorter: { headings: context.headings, header: '' } });
		}
		open = long;
	}
	return counted;
}

/** Cuts all blocks into units that fit, in batches. */
async function countUnits(document: ParsedDocument, limit: number, count: CountTokens): Promise<Unit[]> {
	const units: Unit[] = [];
	let batch: Omit<Unit, 'tokens'>[] = [];
	let characters = 0;
	async function countBatch(): Promise<void> {
		const counted: Unit[] = [];
		let open = batch;
		batch = [];
		characters = 0;
		while (open.length > 0) {
			const counts = await count(open.map(({ start, end }) => document.text.slice(start, end)));
			const long: typeof open = [];
			for (const [index, unit] of open.entries()) {
				const tokens = counts[index]!;
				const halves = tokens > limit ? halve(document.text, unit) : null;
				if (halves === null) counted.push({ ...unit, tokens });
				else for (const half of halves) long.push({ block: unit.block, ...half });
			}
			open = long;
		}
		units.push(...counted.toSorted((a, b) => a.start - b.start));
	}
	for (const [block, given] of document.blocks.entries()) {
		for (const span of cutBlock(document.text, given, limit * charactersPerToken)) {
			batch.push({ block, ...span });
			characters += span.end - span.start;
			if (characters >= batchCharacters) await countBatch();
		}
	}
	await countBatch();
	return units;
}

interface Span {
	readonly start: number;
	/** With two characters of the white space that follows, so that their tokens are counted. */
	readonly end: number;
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** What a block is cut into if it does not fit. */
const cuts: Readonly<Record<BlockKind, 'whole' | 'sentences' | 'lines'>> = {
	heading: 'whole',
	paragraph: 'sentences',
	'list-item': 'sentences',
	quote: 'sentences',
	code: 'lines',
	'table-header': 'whole',
	'table-row': 'whole',
};

/** Yields the sentences, lines or the whole of a block, in pieces of `longest` characters at most. */
function* cutBlock(text: string, { kind, offset, length }: DocumentBlock, longest: number): Generator<Span> {
	for (const window of pieces(text, { start: offset, end: offset + length }, batchCharacters)) {
		const own = text.slice(window.start, window.end);
		const starts =
			cuts[kind] === 'lines'
				? [0, ...Array.from(own.matchAll(/\n/g), ({ index }) => index + 1)]
				: cuts[kind] === 'sentences'
					? // The algorithm ends a sentence at every line break; a text that was wrapped by hand has them anywhere.
						Array.from(sentences.segment(own.replaceAll('\n', ' ')), ({ index }) => index)
					: [0];
		for (const [index, start] of starts.entries()) {
			const end = window.start + (starts[index + 1] ?? own.length);
			yield* pieces(text, { start: window.start + start, end }, longest);
		}
	}
}

/**
 * Yields parts of a span that have `longest` characters at most, without the white space around them but with the
 * indentation of a line.
 */
function* pieces(text: string, { start, end }: Span, longest: number): Generator<Span> {
	for (let from = start; from < end; ) {
		const to = end - from > longest ? cutNear(text, from, from + longest) : end;
		const span = trimmed(text, from, to);
		if (span !== null) yield span;
		from = to;
	}
}

/** null: there is only white space. */
function trimmed(text: string, from: number, to: number): Span | null {
	const own = text.slice(from, to);
	const inner = own.trim();
	if (inner === '') return null;
	const word = from + own.length - own.trimStart().length;
	const indent = /\n([^\S\n]*)$/.exec(text.slice(Math.max(0, from - 1, word - longestIndent), word))?.[1] ?? '';
	const start = word - indent.length;
	const end = word + inner.length;
	return { start, end: end + /^\s{0,2}/.exec(text.slice(end, end + 2))![0].length };
}

/** Cuts a unit in two near its middle; null: it is a single character. */
function halve(text: string, { start, end }: Span): readonly Span[] | null {
	const length = text.slice(start, end).trimEnd().length;
	const cut = cutNear(text, start, start + Math.ceil(length / 2));
	if (cut >= start + length) return null;
	return [trimmed(text, start, cut), trimmed(text, cut, end)].filter((span) => span !== null);
}

/** The last place to cut at or before `at`: after a word, else between two characters. Beyond `start` in any case. */
function cutNear(text: string, start: number, at: number): number {
	const before = text.slice(Math.max(start, at - 256), at);
	const space = /\s\S*$/.exec(before);
	if (space !== null) {
		const cut = at - before.length + space.index + 1;
		if (text.slice(start, cut).trim() !== '') return cut;
	}
	const unit = text.charCodeAt(at);
	if (unit < 0xdc00 || unit > 0xdfff) return Math.max(at, start + 1);
	return at - 1 > start ? at - 1 : at + 1;
}

interface Packed {
	readonly units: readonly Unit[];
	readonly context: CountedContext;
}

/** Fills chunks one after the other. */
function packUnits(
	{ blocks }: ParsedDocument,
	units: readonly Unit[],
	contextOf: (unit: Unit) => CountedContext,
	limit: number,
	overlap: number,
): Packed[] {
	const kindOf = (index: number): BlockKind => blocks[units[index]!.block]!.kind;
	const blockTokens = new Map<number, number>();
	for (const { block, tokens } of units) blockTokens.set(block, (blockTokens.get(block) ?? 0) + tokens);
	const packed: Packed[] = [];
	let from = 0;
	/** Where the chunk begins: before `from` if it repeats the end of the chunk before. */
	let begin = 0;
	while (from < units.length) {
		const context = contextOf(units[from]!);
		const room = limit - context.tokens;
		let total = 0;
		for (let index = begin; index < from; index += 1) total += units[index]!.tokens;
		while (begin < from && total + units[from]!.tokens > room) {
			total -= units[begin]!.tokens;
			begin += 1;
		}
		let to = from;
		for (; to < units.length; to += 1) {
			const { tokens, block } = units[to]!;
			if (to > from) {
				if (total + tokens > room) break;
				const opens = units[to - 1]!.block !== block;
				if (opens && kindOf(to) === 'heading' && total >= limit * smallestSection) break;
				const whole = blockTokens.get(block)!;
				if (opens && total + whole > room && whole <= room && total >= room * fullEnough) break;
			}
			total += tokens;
		}
		// A heading or a table header stays with what follows it.
		const introduces = (kind: BlockKind): boolean => kind === 'heading' || kind === 'table-header';
		if (to < units.length) while (to - 1 > from && introduces(kindOf(to - 1))) to -= 1;
		packed.push({ units: units.slice(begin, to), context });
		begin = to;
		if (to < units.length && kindOf(to) !== 'heading') {
			let repeated = 0;
			while (begin - 1 > from && isRepeatable(kindOf(begin - 1)) && repeated + units[begin - 1]!.tokens <= overlap) {
				begin -= 1;
				repeated += units[begin]!.tokens;
			}
		}
		from = to;
	}
	return packed;
}

/** Half a table row explains nothing, and a heading is in the context. */
function isRepeatable(kind: BlockKind): boolean {
	return kind !== 'heading' && kind !== 'table-row' && kind !== 'table-header';
}

/** Counts every chunk as it will be embedded; one that is too long after all (tokens join otherwise) is cut in two. */
async function verify(
	document: ParsedDocument,
	places: readonly Place[],
	packed: readonly Packed[],
	contextOf: (unit: Unit) => CountedContext,
	limit: number,
	count: CountTokens,
): Promise<DocumentChunk[]> {
	const chunks: DocumentChunk[] = [];
	let open = packed;
	while (open.length > 0) {
		const made = open.map((span) => chunkOf(document, places, span));
		const counts = await count(made.map(chunkInput));
		const long: Packed[] = [];
		for (const [index, chunk] of made.entries()) {
			const tokens = counts[index]!;
			if (tokens <= limit) {
				chunks.push({ ...chunk, tokens });
				continue;
			}
			const { units, context } = open[index]!;
			const middle = Math.ceil(units.length / 2);
			const halves = units.length > 1 ? null : halve(document.text, units[0]!);
			if (units.length > 1) {
				long.push({ units: units.slice(0, middle), context });
				long.push({ units: units.slice(middle), context: contextOf(units[middle]!) });
			} else if (context.text !== '') long.push({ units, context: { text: '', tokens: 0 } });
			else if (halves === null) chunks.push({ ...chunk, tokens });
			else for (const half of halves) long.push({ units: [{ ...units[0]!, ...half }], context });
		}
		open = long;
	}
	// Drops halves that only repeat text which another chunk already has.
	let covered = -1;
	const end = ({ offset, length }: DocumentChunk): number => offset + length;
	return chunks
		.toSorted((a, b) => a.offset - b.offset || end(b) - end(a))
		.filter((chunk) => {
			if (end(chunk) <= covered) return false;
			covered = end(chunk);
			return true;
		});
}

function chunkOf(
	{ text, blocks }: ParsedDocument,
	places: readonly Place[],
	{ units, context }: Packed,
): Omit<DocumentChunk, 'tokens'> {
	const offset = units[0]!.start;
	const last = units.at(-1)!;
	const own = text.slice(offset, last.end).trimEnd();
	const body = units.filter(({ block }) => blocks[block]!.kind !== 'heading');
	const paths = (body.length === 0 ? [last] : body).map(({ block }) => places[block]!.headings);
	return {
		offset,
		length: own.length,
		text: own,
		context: context.text,
		page: blocks[units[0]!.block]!.page,
		lastPage: blocks[last.block]!.page,
		headingPath: paths.reduce(commonPath),
	};
}

function commonPath(one: readonly string[], other: readonly string[]): readonly string[] {
	const differs = one.findIndex((heading, depth) => heading !== other[depth]);
	return differs === -1 ? one : one.slice(0, differs);
}
