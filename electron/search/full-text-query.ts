import type { SearchFilter } from '../contract/search/schema.ts';
import type { Wanted } from '../database/excerpt.ts';
import { indexWords } from '../database/unspaced-scripts.ts';
import type { QueryWord } from './parse-query.ts';

/** How words are looked for. */
export interface FullTextQuery {
	/** Ways of looking through the index, one after the other: whole words, then the last one as a beginning. */
	readonly stages: readonly string[];
	/** The same for titles, which are few: the last word is a beginning at once. null: the index knows no word of it. */
	readonly titles: string | null;
	/** Must stand in the text letter for letter: what the index has no words for. Lower case where that is ASCII. */
	readonly literals: readonly string[];
	/** For marking what was found. */
	readonly wanted: readonly Wanted[];
}

/** What the index's tokeniser (unicode61) counts as part of a word. */
const partOfWord = /[\p{L}\p{N}\p{Co}]/u;

/** The index has no words for them: they write without spaces, and their vowel signs are no letters to it. */
const withoutWords = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Signs that change what a word means: C++, C#, 50%, $HOME. */
const tellingSign = /[\p{S}#%&@*/\\]/u;

const ascii = /[A-Z]+/g;

/** No more words are looked for; each one costs a walk through the index. */
const maxWords = 16;

/** Of a shorter beginning only the word itself is found. Migration 5 says what more would cost. */
const minBeginning = { messages: 3, titles: 2 };

/** How to look for `words`. Each is quoted, so nothing in it is read as the index's own query language. */
export function buildFullTextQuery(words: readonly QueryWord[]): FullTextQuery {
	const taken = words.slice(0, maxWords);
	const indexed = taken.filter(({ text }) => partOfWord.test(text) && !withoutWords.test(text));
	const last = indexed.at(-1);
	const begun = last === undefined ? 0 : lettersBegun(last);
	const open = begun >= minBeginning.messages;
	const whole = indexed.map(({ text }) => `"${indexWords(text).replaceAll('"', '""')}"`).join(' AND ');
	return {
		stages: last === undefined ? [] : open ? [whole, `(${whole}*) NOT (${whole})`] : [whole],
		titles: last === undefined ? null : begun >= minBeginning.titles ? `${whole}*` : whole,
		literals: taken
			.filter((word) => !indexed.includes(word) || tellingSign.test(word.text))
			.map(({ text }) => text.replaceAll(ascii, (capitals) => capitals.toLowerCase())),
		wanted: taken.map((word) => ({
			text: word.text,
			open: word === last && begun >= minBeginning.titles,
			literal: !indexed.includes(word),
		})),
	};
}

/** Letters of the word that may go on at the end of `word`; 0: it is finished, in quotes or without spaces between words. */
function lettersBegun({ text, phrase }: QueryWord): number {
	if (phrase || indexWords(text) !== text) return 0;
	return [...(text.match(/[\p{L}\p{N}\p{Co}\p{M}]+$/u)?.[0] ?? '')].length;
}

/** Years before this one hold no conversation with a computer that could be imported. */
const firstYear = 1990;

/**
 * What the index knows of where a message stands, as a part of its query: conversations (`null`: any), writer, time,
 * model. '' where nothing narrows it. Times narrow to whole months; the exact limits are checked on each message.
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

/** Whole years as years, what is left as months; in UTC, as the index has them. */
function months(from = Date.UTC(firstYear, 0), to = Infinity, now: number): string[] {
	const first = new Date(Math.max(from, Date.UTC(firstYear, 0)));
	// A clock that was wrong may have made messages of tomorrow.
	const last = new Date(Math.min(to - 1, now + 366 * 86_400_000));
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
