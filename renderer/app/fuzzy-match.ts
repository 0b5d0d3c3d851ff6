import { distance } from 'fastest-levenshtein';
import { lowerCase } from '../../electron/contract/lower-case.ts';

/** A fuzzy match: its score (higher is better) and the matched letters. */
export interface Match {
	score: number;
	positions: readonly number[];
}

/**
 * Matches the letters of `query` in order within `text`; consecutive letters and word starts score more. Returns null
 * if there is no match.
 */
export function fuzzyMatch(query: string, text: string): Match | null {
	const wanted = lowerCase(query).replaceAll(/\s+/g, '');
	if (wanted === '') return { score: 0, positions: [] };
	const lower = lowerCase(text);
	const whole = lower.indexOf(lowerCase(query).trim());
	if (whole !== -1) {
		const length = query.trim().length;
		return { score: 100 - whole + (isWordStart(text, whole) ? 50 : 0), positions: range(whole, length) };
	}
	const positions: number[] = [];
	let score = 0;
	let from = 0;
	for (const letter of wanted) {
		const at = lower.indexOf(letter, from);
		if (at === -1) return null;
		score += at === from && positions.length > 0 ? 4 : isWordStart(text, at) ? 3 : -Math.min(3, at - from);
		positions.push(at);
		from = at + 1;
	}
	return score < wanted.length ? null : { score, positions };
}

function isWordStart(text: string, at: number): boolean {
	return at === 0 || /[\s\-_./(]/.test(text.charAt(at - 1));
}

function range(start: number, length: number): number[] {
	return Array.from({ length }, (_, index) => start + index);
}

/** Shortest word in which a slip of the keys is forgiven, and the length from which two are. */
const slipFrom = 5;
const twoSlipsFrom = 8;

/**
 * Matches a command by its label, or word for word by label and synonyms together, in any order: "gguf smaller" finds
 * "Quantise". A wrong letter or two is forgiven in a long word.
 */
export function matchCommand(query: string, label: string, synonyms = ''): Match | null {
	const inLabel = fuzzyMatch(query, label);
	const words = splitWords(query);
	if (words.length === 0) return inLabel;
	const own = splitWords(label);
	const others = splitWords(synonyms);
	const lower = lowerCase(label);
	let score = 0;
	const positions: number[] = [];
	for (const word of words) {
		const inOwn = Math.max(0, ...own.map((other) => matchWord(word, other)));
		const points = Math.max(inOwn === 0 ? 0 : inOwn + labelPoints, ...others.map((other) => matchWord(word, other)));
		if (points === 0) return inLabel;
		score += points;
		const at = lower.indexOf(word);
		if (at !== -1) positions.push(...range(at, word.length));
	}
	score /= words.length;
	if (inLabel !== null && inLabel.score >= words.join('').length * 3 && inLabel.score >= score) return inLabel;
	return { score, positions: positions.toSorted((a, b) => a - b) };
}

/** What a word of the label counts more than the same word among the synonyms. */
const labelPoints = 5;

/** How well a typed word fits a known one: whole, as its beginning, or with a slip; 0: not at all. */
function matchWord(typed: string, known: string): number {
	if (known === typed) return 90;
	if (known.startsWith(typed)) return 80;
	if (typed.length >= 3 && known.includes(typed)) return 50;
	const slips = typed.length >= twoSlipsFrom ? 2 : typed.length >= slipFrom ? 1 : 0;
	if (slips === 0) return 0;
	// While typing, only the beginning of the word is there.
	const least = Math.min(distance(typed, known), distance(typed, known.slice(0, typed.length)));
	return least <= slips ? 40 - least : 0;
}

function splitWords(text: string): readonly string[] {
	return lowerCase(text)
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');
}
