import type { SearchCursor, SearchFilter, SearchHit, SearchPage } from '../contract/search/schema.ts';
import type { Reader } from '../database/reader.ts';
import type { Parameters } from '../database/sql.ts';
import { buildFullTextQuery, buildPlaceQuery } from './full-text-query.ts';
import { mergeFilters, parseQuery } from './parse-query.ts';
import { type ResolvedFilter, resolveFilter } from './resolve-filter.ts';
import {
	indexedAttachments,
	indexedMessages,
	indexedTitles,
	readMessages,
	readTitles,
	searched,
} from './statements.ts';

export interface SearchContext {
	readonly reader: Reader;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}

export interface SearchInput {
	readonly text: string;
	readonly filter: SearchFilter;
	readonly limit: number;
	readonly after: SearchCursor | null;
}

/** Time after which a page returns what it has, ms; with the last step and the transfer it stays under 50. */
const budgetMs = 20;

/** Target time of one step, ms: the next one searches more or fewer messages accordingly. */
const stepMs = 8;

/**
 * Messages that the first step searches, and the minimum of every later one. With the index alone, all at once: it
 * stops at the last match needed, and cannot stop before one. If each match must be compared with a filter, or every
 * message read, the time depends on how many are examined.
 */
const leastSpan = { indexed: 2 ** 40, filtered: 65_536, read: 1_024 };

/** Most titles shown above the messages; unlimited if there are no words and the filter does not concern messages. */
const maxTitles = 8;

/** One strategy for matching messages. */
interface Stage {
	readonly sql: string;
	readonly match: Parameters;
	readonly span: number;
	/** What its steps walk through. */
	readonly through: (typeof searched)['messages'];
}

/**
 * Searches conversations for the typed words and filters, in titles, messages and then sent files. All words must occur in
 * one of them; whole words rank before prefixes, then newer before older. All branches are searched, the trash is not. The work runs in short
 * steps on the reader thread until the page is full or its time is up, so the frequency of a word does not matter.
 * `signal` aborts before or between steps.
 */
export async function findConversations(
	{ reader, clock }: SearchContext,
	{ text, filter: given, limit, after }: SearchInput,
	signal?: AbortSignal,
): Promise<SearchPage> {
	const started = performance.now();
	const now = clock();
	const typed = parseQuery(text, now);
	const filter = mergeFilters(given, typed.filter);
	const narrowed = await resolveFilter(reader, filter, typed.terms, signal);
	const filters = [...narrowed.terms];
	const search = buildFullTextQuery(typed.words);
	const isFiltered = Object.keys(filter).length > 0;
	if (narrowed.impossible || narrowed.conversationIds?.length === 0 || (typed.words.length === 0 && !isFiltered)) {
		return { hits: [], filters, next: null, searchedTo: null };
	}
	const place = buildPlaceQuery(filter, narrowed.conversationIds, now);
	const values: Parameters = {
		...narrowed.parameters,
		literal: search.literals[0] ?? null,
		literals: search.literals.length < 2 ? null : JSON.stringify(search.literals.slice(1)),
		wanted: JSON.stringify(search.wanted),
	};
	const hits: SearchHit[] = [];
	if (after === null && !narrowed.ofMessages) {
		hits.push(...(await findTitles(reader, { search, narrowed, values, limit, words: typed.words.length }, signal)));
	}
	// Without words or message filters, only conversations can match.
	if (typed.words.length === 0 && !narrowed.ofMessages) return { hits, filters, next: null, searchedTo: null };

	const stages = stagesOf(search.stages, place, isFiltered || search.literals.length > 0);
	// Files are sent by the user, and no model wrote them.
	if (filter.writtenBy !== 'assistant' && filter.model === undefined) {
		const span = leastSpan.filtered;
		const ofFiles = { sql: indexedAttachments, span, through: searched.attachments };
		stages.push(...search.stages.map((words) => ({ ...ofFiles, match: { match: words } })));
	}
	const begin = async (stage: number): Promise<SearchCursor> => {
		const { through, span } = stages[stage] ?? { through: searched.messages, span: 1 };
		const [newest] = await reader.all<{ id: number }>(through.newest, {}, signal);
		return { stage, before: (newest?.id ?? 0) + 1, span };
	};
	let at = after ?? (await begin(0));
	let steps = 0;
	for (let stage = stages[at.stage]; stage !== undefined && hits.length < limit; stage = stages[at.stage]) {
		// Always take at least one step: a page without progress would be requested forever.
		if (steps > 0 && performance.now() - started > budgetMs) break;
		steps += 1;
		const low = Math.max(0, at.before - 1 - at.span);
		const wanted = limit - hits.length;
		const began = performance.now();
		const rows = await reader.all<Row>(
			stage.sql,
			{ ...values, ...stage.match, low, high: at.before, limit: wanted },
			signal,
		);
		hits.push(...rows.map(hitOf));
		const span = nextSpan(stage, at.span, performance.now() - began);
		const last = rows.at(-1)?.row ?? null;
		if (rows.length === wanted && last !== null) at = { ...at, before: last, span };
		else if (low > 0) at = { ...at, before: low + 1, span };
		else at = await begin(at.stage + 1);
	}
	const current = stages[at.stage];
	if (current === undefined) return { hits, filters, next: null, searchedTo: null };
	const [reached] = await reader.all<{ at: number }>(current.through.timeBefore, { before: at.before }, signal);
	return { hits, filters, next: at, searchedTo: reached?.at ?? null };
}

type TitleRow = Omit<SearchHit, 'archived'> & { readonly archived: 0 | 1 };

/** `row` is the id of the message or file that was found: the search continues below it. */
type Row = TitleRow & { readonly row: number };

function hitOf({ row: _, ...hit }: TitleRow & { readonly row?: number }): SearchHit {
	return { ...hit, archived: hit.archived === 1 };
}

/** Uses the index if it contains any of the words; else every message is read. */
function stagesOf(matches: readonly string[], place: string, isFiltered: boolean): Stage[] {
	const span = isFiltered ? leastSpan.filtered : leastSpan.indexed;
	const through = searched.messages;
	if (matches.length > 0) {
		const and = place === '' ? '' : ` AND ${place}`;
		return matches.map((words) => ({
			sql: indexedMessages,
			match: { match: `{text} : (${words})${and}` },
			span,
			through,
		}));
	}
	if (place !== '') return [{ sql: indexedMessages, match: { match: place }, span, through }];
	return [{ sql: readMessages, match: {}, span: leastSpan.read, through }];
}

function nextSpan(stage: Stage, span: number, tookMs: number): number {
	const factor = Math.min(4, Math.max(0.25, stepMs / Math.max(tookMs, 0.1)));
	return Math.min(2 ** 40, Math.max(stage.span, Math.round(span * factor)));
}

async function findTitles(
	reader: Reader,
	{
		search,
		narrowed: { conversationIds },
		values,
		limit,
		words,
	}: {
		readonly search: ReturnType<typeof buildFullTextQuery>;
		readonly narrowed: ResolvedFilter;
		readonly values: Parameters;
		readonly limit: number;
		readonly words: number;
	},
	signal: AbortSignal | undefined,
): Promise<SearchHit[]> {
	const most = words === 0 ? limit : Math.min(limit, maxTitles);
	const { feedback: _, attachment: __, ...ofTitles } = values;
	const { all } = reader;
	if (search.titles !== null) {
		const place = buildPlaceQuery({}, conversationIds, 0);
		const match = `{text} : (${search.titles})${place === '' ? '' : ` AND ${place}`}`;
		return (await all<TitleRow>(indexedTitles, { ...ofTitles, match, limit: most }, signal)).map(hitOf);
	}
	if (conversationIds !== null) {
		const few = { ...ofTitles, conversationIds: JSON.stringify(conversationIds), limit: most };
		return (await all<TitleRow>(readTitles.few, few, signal)).map(hitOf);
	}
	const listed = await all<TitleRow>(readTitles.listed, { ...ofTitles, limit: most }, signal);
	const archived = await all<TitleRow>(readTitles.archived, { ...ofTitles, limit: most }, signal);
	const newestFirst = (a: TitleRow, b: TitleRow): number => b.at - a.at || b.conversationId - a.conversationId;
	return [...listed, ...archived].toSorted(newestFirst).slice(0, most).map(hitOf);
}
