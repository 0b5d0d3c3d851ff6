import type Database from 'better-sqlite3';
import { foldText } from './fold-text.ts';
import { unspacedRanges } from './unspaced-scripts.ts';

/** Stand before and after each match: private-use characters, which no page shows as text or as HTML. */
export const matchStart = '\uE000';
export const matchEnd = '\uE001';

/** One thing that is looked for, in the words a person typed. */
export interface Wanted {
	readonly text: string;
	/** The last word may go on. */
	readonly open: boolean;
	/** Character by character, not as words: `=>`, emoji, scripts that the index has no words for. */
	readonly literal: boolean;
}

interface Found {
	readonly from: number;
	readonly to: number;
	readonly which: number;
}

/** More places than these are not compared; the best one is among the first. */
const maxPlaces = 400;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The part of `text` that holds most of what is wanted close together, about `around` characters to each side of its
 * start, with every match in it marked. Where nothing is found by this way of looking, the beginning of the text.
 */
export function excerpt(text: string, wanted: readonly Wanted[], around: number): string {
	const clean = text.replaceAll(/[\uE000\uE001]/g, '\uFFFD');
	const found = placesOf(clean, wanted);
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

/** Where each wanted thing stands, in order and without overlaps. */
function placesOf(text: string, wanted: readonly Wanted[]): Found[] {
	const folded = wanted.some(({ literal }) => !literal) ? foldText(text) : '';
	const lower = wanted.some(({ literal }) => literal) ? text.toLowerCase() : '';
	const places = wanted.flatMap((one, which) =>
		one.literal && lower.length === text.length ? literalPlaces(lower, one, which) : wordPlaces(folded, one, which),
	);
	places.sort((a, b) => a.from - b.from || b.to - a.to);
	let end = 0;
	return places.filter(({ from, to }) => {
		if (from < end) return false;
		end = to;
		return true;
	});
}

function literalPlaces(lower: string, { text }: Wanted, which: number): Found[] {
	const sought = text.toLowerCase();
	const places: Found[] = [];
	for (let at = lower.indexOf(sought); at !== -1 && places.length < maxPlaces; ) {
		places.push({ from: at, to: at + sought.length, which });
		at = lower.indexOf(sought, at + sought.length);
	}
	return places;
}

function wordPlaces(folded: string, wanted: Wanted, which: number): Found[] {
	const pattern = patternOf(wanted);
	if (pattern === null) return [];
	const places: Found[] = [];
	for (const match of folded.matchAll(pattern)) {
		places.push({ from: match.index, to: match.index + match[0].length, which });
		if (places.length === maxPlaces) break;
	}
	return places;
}

/** A letter of a word, of a script that has words. */
const wordLetter = `[^ ${unspacedRanges}]`;

const parts = new RegExp(`[${unspacedRanges}]+|${wordLetter}+`, 'gu');

const isWord = new RegExp(`^${wordLetter}`, 'u');

/** Whole words with anything but words between them; letters of scripts without spaces wherever they stand. */
function patternOf({ text, open }: Wanted): RegExp | null {
	const words = foldText(text).match(parts);
	if (words === null) return null;
	const first = words[0] ?? '';
	const last = words.at(-1) ?? '';
	const start = isWord.test(first) ? `(?<!${wordLetter})` : '';
	const end = !isWord.test(last) ? '' : open ? `${wordLetter}*` : `(?!${wordLetter})`;
	const middle = words.map((word, index) => {
		const next = words[index + 1];
		return next === undefined ? word : `${word}${isWord.test(word) && isWord.test(next) ? ' +' : ' *'}`;
	});
	// Folded words hold letters and digits only: nothing in them means anything to a regular expression.
	return new RegExp(`${start}${middle.join('')}${end}`, 'gu');
}

/** The stretch of `around` characters that holds most of the different things, the first such; null for no place. */
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
 * Adds `excerpt(text, wanted, around)` to a connection: `wanted` is JSON of `Wanted[]`. So long texts stay on the thread
 * that reads them.
 */
export function addTextFunctions(connection: Database.Database): void {
	let json = '[]';
	let wanted: readonly Wanted[] = [];
	connection.function('excerpt', { deterministic: true, directOnly: true }, (text, wantedJson, around) => {
		if (wantedJson !== json) {
			json = String(wantedJson);
			wanted = JSON.parse(json) as readonly Wanted[];
		}
		return excerpt(String(text), wanted, Number(around));
	});
}
