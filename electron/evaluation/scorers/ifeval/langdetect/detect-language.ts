import { isUpper } from '../python-text.ts';
import data from './language-profiles.json' with { type: 'json' };
import { normaliseCharacter, normaliseVietnamese } from './normalise-characters.ts';
import { createPythonRandom } from './python-random.ts';

/** Code points of a text that are looked at. */
const longestText = 10_000;
const longestGram = 3;

const trials = 7;
const seed = 0;
/** Smoothing: this much, give or take a random part, of one occurrence in 10,000. */
const alpha = 0.5;
const alphaWidth = 0.05;
const baseFrequency = 10_000;

const mostRounds = 1000;
const normaliseEvery = 5;
/** A trial ends at this probability of a language. */
const converged = 0.99999;
/** A less probable language is not named. */
const leastProbability = 0.1;

const languages = Object.keys(data.profiles);

/**
 * Returns the language of a text as Python's langdetect 1.0.9 with seed 0 does: a naive Bayes classifier on n-grams that
 * are drawn at random (Nakatani Shuyo, "Language Detection Library for Java", 2010). "unknown" if no language is probable, null
 * where langdetect raises an error because the text has no n-gram of any language.
 */
export function detectLanguage(text: string): string | null {
	const grams = gramsOf(cleanText(text));
	if (grams.length === 0) return null;
	const random = createPythonRandom(seed);
	const mean = new Float64Array(languages.length);
	for (let trial = 0; trial < trials; trial += 1) {
		const weight = (alpha + random.gauss() * alphaWidth) / baseFrequency;
		const probabilities = classify(grams, weight, random.index);
		for (let i = 0; i < mean.length; i += 1) mean[i]! += probabilities[i]! / trials;
	}
	let best = -1;
	for (const [index, probability] of mean.entries()) {
		if (probability > leastProbability && probability > (mean[best] ?? 0)) best = index;
	}
	return languages[best] ?? 'unknown';
}

/** How often a language has an n-gram, of all n-grams of that length. */
interface Share {
	readonly language: number;
	readonly share: number;
}

type Gram = readonly Share[];

function classify(grams: readonly Gram[], weight: number, draw: (length: number) => number): Float64Array {
	const probabilities = new Float64Array(languages.length).fill(1 / languages.length);
	const factors = new Float64Array(languages.length);
	for (let round = 0; ; round += 1) {
		factors.fill(weight);
		for (const { language, share } of grams[draw(grams.length)]!) factors[language] = weight + share;
		for (let i = 0; i < factors.length; i += 1) probabilities[i]! *= factors[i]!;
		if (round % normaliseEvery !== 0) continue;
		if (normalise(probabilities) > converged || round >= mostRounds) return probabilities;
	}
}

/** Scales to a sum of 1; returns the largest. */
function normalise(probabilities: Float64Array): number {
	let sum = 0;
	for (const probability of probabilities) sum += probability;
	let largest = 0;
	for (let i = 0; i < probabilities.length; i += 1) {
		probabilities[i]! /= sum;
		largest = Math.max(largest, probabilities[i]!);
	}
	return largest;
}

/** Without addresses, runs of spaces, and Latin letters in a text that is mostly in another script. */
function cleanText(text: string): string[] {
	const plain = text
		.replace(/https?:\/\/[-_.?&~;+=/#0-9A-Za-z]{1,2076}/g, ' ')
		.replace(/[-_.0-9A-Za-z]{1,64}@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255}/g, ' ');
	const characters: string[] = [];
	let position = 0;
	let before = '';
	let latin = 0;
	let other = 0;
	for (const character of normaliseVietnamese(plain)) {
		if (position === longestText) break;
		position += 1;
		if (character !== ' ' || before !== ' ') {
			characters.push(character);
			if (isBasicLatin(character)) latin += 1;
			else if (character >= '\u0300') other += 1;
		}
		before = character;
	}
	return latin * 2 < other ? characters.filter((character) => !isBasicLatin(character)) : characters;
}

function isBasicLatin(character: string): boolean {
	return character >= 'A' && character <= 'z';
}

/** The n-grams of up to three characters that a language has. Words in capitals count only with their first letter. */
function gramsOf(characters: readonly string[]): Gram[] {
	const found: Gram[] = [];
	let window = [' '];
	let inCapitals = false;
	for (const raw of characters) {
		const character = normaliseCharacter(raw);
		const last = window.at(-1)!;
		if (last === ' ') {
			window = [' '];
			inCapitals = false;
			if (character === ' ') continue;
		} else if (window.length >= longestGram) {
			window.shift();
		}
		window.push(character);
		if (!isUpper(character)) inCapitals = false;
		else if (isUpper(last)) inCapitals = true;
		if (inCapitals) continue;
		for (let length = 1; length <= window.length; length += 1) {
			const gram = gramShares.get(window.slice(-length).join(''));
			if (gram !== undefined) found.push(gram);
		}
	}
	return found;
}

const gramShares = readProfiles();

function readProfiles(): ReadonlyMap<string, Gram> {
	const shares = new Map<string, Share[]>();
	for (const [language, { totals, counts }] of Object.values(data.profiles).entries()) {
		for (const [, gram = '', count] of counts.matchAll(/([^0-9]+)([0-9]+)/g)) {
			const share = Number(count) / totals[[...gram].length - 1]!;
			const known = shares.get(gram);
			if (known === undefined) shares.set(gram, [{ language, share }]);
			else known.push({ language, share });
		}
	}
	return shares;
}
