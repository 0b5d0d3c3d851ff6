import type Database from 'better-sqlite3';
import { lowerCase } from '../contract/lower-case.ts';
import { foldText } from './fold-text.ts';
import { unspacedRanges } from './unspaced-scripts.ts';

/** Marks before and after each match: private-use characters, which no page shows as text or as HTML. */
export const matchStart = '\uE000';
export const matchEnd = '\uE001';

/** One search term, in the words that the user typed. */
export interface SearchTerm {
	readonly text: string;
	/** Whether the last word may continue: it is a prefix. */
	readonly isPrefix: boolean;
	/** Matches character by character, not as words: `=>`, emoji, scripts that the index has no words for. */
	readonly literal: boolean;
}

interface Found {
	readonly from: number;
	readonly to: number;
	readonly which: number;
}

/** Number of places to compare at most; the best one is among the first. */
const maxPlaces = 400;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Returns the part of `text` with the most search terms close together, about `around` characters on each side of its
 * start, with every match marked. Without a match, the beginning of the text.
 */
export function excerpt(text: string, terms: readonly SearchTerm[], around: number): string {
	const clean = text.replaceAll(/[\uE000\uE001]/g, '\uFFFD');
	const found = placesOf(clean, terms);
	const best = densest(found, around);
	const end = best?.to ?? 0;
	const start = best?.from ?? 0;
	const before = segments(clean.slice(Math.max(0, start - 4 * around), start));
	const after = segments(clean.slice(end, end + 4 * around));
	const lead = best === null ? [] : before.slice(-around);
	const trail = after.slice(0, best === null ? 2 * around : around);
	const from = start - lengthOf(lead);
	const to = end + lengthOf(trail);
	const cutBefore = from > 0 ? '…' : '';
	const cutAfter = to < clean.length ? '…' : '';
	return `${cutBefore}${mark(clean, found, from, to)}${cutAfter}`.toWellFormed();
}

function segments(text: string): string[] {
	return [...graphemes.segment(text)].map(({ segment }) => segment);
}

function lengthOf(parts: readonly string[]): number {
	return parts.reduce((sum, part) => sum + part.length, 0);
}

/** Finds the places of every search term, in order and without overlaps. */
function placesOf(text: string, terms: readonly SearchTerm[]): Found[] {
	const folded = terms.some(({ literal }) => !literal) ? foldText(text) : '';
	const lower = terms.some(({ literal }) => literal) ? lowerCase(text) : '';
	const places = terms.flatMap((one, which) =>
		one.literal ? literalPlaces(lower, one, which) : wordPlaces(folded, one, which),
	);
	places.sort((a, b) => a.from - b.from || b.to - a.to);
	let end = 0;
	return places.filter(({ from, to }) => {
		if (from < end) return false;
		end = to;
		return true;
	});
}

function literalPlaces(lower: string, { text }: SearchTerm, which: number): Found[] {
	const sought = lowerCase(text);
	const places: Found[] = [];
	for (let at = lower.indexOf(sought); at !== -1 && places.length < maxPlaces; ) {
		places.push({ from: at, to: at + sought.length, which });
		at = lower.indexOf(sought, at + sought.length);
	}
	return places;
}

function wordPlaces(folded: string, terms: SearchTerm, which: number): Found[] {
	const pattern = patternOf(terms);
	if (pattern === null) return [];
	const places: Found[] = [];
	for (const match of folded.matchAll(pattern)) {
		places.push({ from: match.index, to: match.index + match[0].length, which });
		if (places.length === maxPlaces) break;
	}
	return places;
}

/** A letter of a script that writes words with spaces. */
const wordLetter = `[^ ${unspacedRanges}]`;

const parts = new RegExp(`[${unspacedRanges}]+|${wordLetter}+`, 'gu');

const isWord = new RegExp(`^${wordLetter}`, 'u');

/** Matches whole words with anything but words between them; letters of scripts without spaces match anywhere. */
function patternOf({ text, isPrefix }: SearchTerm): RegExp | null {
	const words = foldText(text).match(parts);
	if (words === null) return null;
	const first = words[0] ?? '';
	const last = words.at(-1) ?? '';
	const start = isWord.test(first) ? `(?<!${wordLetter})` : '';
	const end = !isWord.test(last) ? '' : isPrefix ? `${wordLetter}*` : `(?!${wordLetter})`;
	const middle = words.map((word, index) => {
		const next = words[index + 1];
		return next === undefined ? word : `${word}${isWord.test(word) && isWord.test(next) ? ' +' : ' *'}`;
	});
	// Folded words contain only letters and digits, so nothing in them is special in a regular expression.
	return new RegExp(`${start}${middle.join('')}${end}`, 'gu');
}

/**
 * Returns the stretch of `around` characters with the most different search terms, the first of equals; null without a
 * place.
 */
function densest(found: readonly Found[], around: number): Found | null {
	let best: Found | null = null;
	let most = 0;
	for (const [index, place] of found.entries()) {
		const near = new Set<number>();
		for (let next = index; next < found.length && (found[next]?.from ?? 0) - place.from <= around; next += 1) {
			near.add(found[next]?.which ?? 0);
		}
		if (near.size > most) {
			most = near.size;
			best = place;
		}
	}
	return best;
}

function mark(text: string, found: readonly Found[], from: number, to: number): string {
	let marked = '';
	let at = from;
	for (const place of found) {
		if (place.from < from || place.to > to) continue;
		marked += `${text.slice(at, place.from)}${matchStart}${text.slice(place.from, place.to)}${matchEnd}`;
		at = place.to;
	}
	return marked + text.slice(at, to);
}

/**
 * Adds the SQL function `excerpt(text, wanted, around)` to a connection; `wanted` is JSON of `SearchTerm[]`. Long texts
 * therefore stay on the thread that reads them.
 */
export function addTextFunctions(connection: Database.Database): void {
	let json = '[]';
	let terms: readonly SearchTerm[] = [];
	connection.function('excerpt', { deterministic: true, directOnly: true }, (text, wantedJson, around) => {
		if (wantedJson !== json) {
			json = String(wantedJson);
			terms = JSON.parse(json) as readonly SearchTerm[];
		}
		return excerpt(String(text), terms, Number(around));
	});
}
