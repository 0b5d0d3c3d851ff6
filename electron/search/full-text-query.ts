import { dayMs } from '../contract/durations.ts';
import type { SearchFilter } from '../contract/search/schema.ts';
import type { SearchTerm } from '../database/excerpt.ts';
import { indexWords } from '../database/unspaced-scripts.ts';
import type { QueryWord } from './parse-query.ts';

/** How to search for the words. */
export interface FullTextQuery {
	/** Index queries in order: whole words, then the last word as a prefix. */
	readonly stages: readonly string[];
	/**
	 * The query for titles, which are few: the last word is always a prefix. null: the index contains none of the
	 * words.
	 */
	readonly titles: string | null;
	/** Strings that must occur verbatim, because the index has no words for them. Lower case if ASCII. */
	readonly literals: readonly string[];
	/** Used to highlight matches. */
	readonly wanted: readonly SearchTerm[];
}

/** Characters that the index's tokeniser (unicode61) counts as part of a word. */
const partOfWord = /[\p{L}\p{N}\p{Co}]/u;

/**
 * The index cannot split these scripts into words: they use no spaces, and it does not treat their vowel signs as
 * letters.
 */
const withoutWords = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Signs that change the meaning of a word: C++, C#, 50%, $HOME. */
const tellingSign = /[\p{S}#%&@*/\\]/u;

const ascii = /[A-Z]+/g;

/** Most words searched for; each one costs an index scan. */
const maxWords = 16;

/** Shortest prefix, in letters; a shorter word is only found as a whole. Migration 5 explains the cost of less. */
const minBeginning = { messages: 3, titles: 2 };

/** Builds the query for `words`. Each is quoted, so nothing in it is interpreted as the index's query language. */
export function buildFullTextQuery(words: readonly QueryWord[]): FullTextQuery {
	const taken = words.slice(0, maxWords);
	const indexed = taken.filter(({ text }) => partOfWord.test(text) && !withoutWords.test(text));
	const last = indexed.at(-1);
	const prefixLength = last === undefined ? 0 : lettersBegun(last);
	const open = prefixLength >= minBeginning.messages;
	const whole = indexed.map(({ text }) => `"${indexWords(text).replaceAll('"', '""')}"`).join(' AND ');
	return {
		stages: last === undefined ? [] : open ? [whole, `(${whole}*) NOT (${whole})`] : [whole],
		titles: last === undefined ? null : prefixLength >= minBeginning.titles ? `${whole}*` : whole,
		literals: taken
			.filter((word) => !indexed.includes(word) || tellingSign.test(word.text))
			.map(({ text }) => text.replaceAll(ascii, (capitals) => capitals.toLowerCase())),
		wanted: taken.map((word) => ({
			text: word.text,
			isPrefix: word === last && prefixLength >= minBeginning.titles,
			literal: !indexed.includes(word),
		})),
	};
}

/**
 * Returns the number of letters of the prefix at the end of `word`; 0: the word is complete, because it is quoted or
 * its script has no spaces.
 */
function lettersBegun({ text, phrase }: QueryWord): number {
	if (phrase || indexWords(text) !== text) return 0;
	return [...(text.match(/[\p{L}\p{N}\p{Co}\p{M}]+$/u)?.[0] ?? '')].length;
}

/** No conversation that could be imported is older. */
const firstYear = 1990;

/**
 * Builds the part of the index query for a message's place: conversations (`null`: any), author, time, model. '' if
 * nothing is restricted. Times are rounded to whole months; the exact limits are checked on each message.
 */
export function buildPlaceQuery(
	filter: Pick<SearchFilter, 'from' | 'to' | 'writtenBy' | 'model'>,
	conversationIds: readonly number[] | null,
	now: number,
): string {
	const { from, to, writtenBy, model } = filter;
	const parts: string[] = [];
	if (conversationIds !== null) parts.push(anyOf(conversationIds.map((id) => `c${id}`)));
	if (writtenBy !== undefined) parts.push(anyOf([`w${writtenBy}`]));
	if (from !== undefined || to !== undefined) parts.push(anyOf(months(from, to, now)));
	if (model !== undefined && partOfWord.test(model)) {
		const names = model.split(/\s+/).filter((name) => partOfWord.test(name));
		parts.push(`{model} : (${names.map((name) => `"${name.replaceAll('"', '""')}"`).join(' AND ')})`);
	}
	return parts.join(' AND ');
}

function anyOf(words: readonly string[]): string {
	return `{place} : (${words.map((word) => `"${word}"`).join(' OR ')})`;
}

/** Lists whole years as years and the rest as months, in UTC as in the index. */
function months(from = Date.UTC(firstYear, 0), to = Infinity, now: number): string[] {
	const first = new Date(Math.max(from, Date.UTC(firstYear, 0)));
	// A wrong clock may have dated messages in the future.
	const last = new Date(Math.min(to - 1, now + 366 * dayMs));
	const words: string[] = [];
	let [year, month] = [first.getUTCFullYear(), first.getUTCMonth()];
	const [lastYear, lastMonth] = [last.getUTCFullYear(), last.getUTCMonth()];
	while (year < lastYear || (year === lastYear && month <= lastMonth)) {
		if (month === 0 && year < lastYear) {
			words.push(`y${year}`);
			year += 1;
		} else {
			words.push(`m${year}${String(month + 1).padStart(2, '0')}`);
			month += 1;
			if (month === 12) [year, month] = [year + 1, 0];
		}
	}
	return words.length === 0 ? ['never'] : words;
}
