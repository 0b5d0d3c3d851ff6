import { Failure } from '../../../../models/contract/failure.ts';
import {
	compileLinear,
	countMatches,
	findOne,
	type LinearPattern,
	matches,
	quotePattern,
} from '../../../prompt/linear-regex.ts';
import { type Check, compareCount, numberOf, textOf, textsOf } from './instructions.ts';
import { countSentences, upperCaseTokens } from './nltk.ts';
import { isBlank, isLower, isPythonJson, isUpper, spaceClass, strip, words } from './python-text.ts';

/** Checks on the content of a response: words, language, lengths. */
const contentChecks: Readonly<Record<string, Check>> = {
	'keywords:existence': (response, args) =>
		textsOf(args, 'keywords')?.every((word) => matches(keyword(word), response)) ?? null,
	'keywords:frequency': (response, args) => {
		const word = textOf(args, 'keyword');
		return word === null ? null : compareCount(countMatches(keyword(strip(word)), response), args, 'frequency');
	},
	'keywords:forbidden_words': (response, args) =>
		textsOf(args, 'forbidden_words')?.every((word) => !holdsWord(response, word)) ?? null,
	'keywords:letter_frequency': (response, args) => {
		const letter = textOf(args, 'letter')?.toLowerCase();
		if (letter === undefined) return null;
		return compareCount(response.toLowerCase().split(letter).length - 1, args, 'let_frequency', 'let_relation');
	},
	'language:response_language': (response, args) => {
		const language = textOf(args, 'language');
		return language === null ? null : isLanguage(response, language);
	},
	'length_constraints:number_words': (response, args) =>
		compareCount(response.match(/[\p{L}\p{M}\p{N}_]+/gu)?.length ?? 0, args, 'num_words'),
	'length_constraints:number_sentences': (response, args) =>
		compareCount(countSentences(response), args, 'num_sentences'),
	'change_case:capital_word_frequency': (response, args) =>
		compareCount(upperCaseTokens(response), args, 'capital_frequency', 'capital_relation'),
	'change_case:english_capital': (response) => isUpper(response) && isLanguage(response, 'en'),
	'change_case:english_lowercase': (response) => isLower(response) && isLanguage(response, 'en'),
	'punctuation:no_comma': (response) => !response.includes(','),
	'combination:repeat_prompt': (response, args) => {
		const prompt = textOf(args, 'prompt_to_repeat');
		return prompt === null ? null : strip(response).toLowerCase().startsWith(strip(prompt).toLowerCase());
	},
	'startend:end_checker': (response, args) => {
		const phrase = textOf(args, 'end_phrase');
		if (phrase === null) return null;
		const text = strip(response).replace(/^"+/, '').replace(/"+$/, '').toLowerCase();
		return text.endsWith(strip(phrase).toLowerCase());
	},
	'startend:quotation': (response) => {
		const text = strip(response);
		return text.length > 1 && text.startsWith('"') && text.endsWith('"');
	},
	'length_constraints:nth_paragraph_first_word': (response, args) => {
		const count = numberOf(args, 'num_paragraphs');
		const place = numberOf(args, 'nth_paragraph');
		const wanted = textOf(args, 'first_word')?.toLowerCase();
		if (count === null || place === null || wanted === undefined) return null;
		const paragraphs = response.split('\n\n');
		const there = paragraphs.filter((paragraph) => strip(paragraph) !== '').length;
		const [first] = place > there ? [] : words(paragraphs[place - 1] ?? '');
		if (first === undefined) return false;
		const bare = first.replace(/^'+/, '').replace(/^"+/, '');
		return there === count && (bare.split(/[.,?!'"]/, 1)[0] ?? '').toLowerCase() === wanted;
	},
};

/** Treats the keyword as a pattern and ignores case, as IFEval does; an invalid pattern matches literally. */
function keyword(word: string): LinearPattern {
	try {
		return compileLinear(word, { ignoreCase: true });
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return compileLinear(quotePattern(word), { ignoreCase: true });
	}
}

const wordCharacter = '[\\p{L}\\p{N}_]';
const boundary = `(?:(?<=${wordCharacter})(?!${wordCharacter})|(?<!${wordCharacter})(?=${wordCharacter}))`;

/** `\bword\b` with Python's definition of a word: letters and digits of every script. */
function holdsWord(text: string, word: string): boolean {
	const literal = word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
	return new RegExp(`${boundary}${literal}${boundary}`, 'iu').test(text);
}

/**
 * Whether langdetect finds exactly this language. A text whose language can't be told counts as followed, as in IFEval. The
 * detector's profiles take 25 MB, so only a check of the language loads them.
 */
async function isLanguage(text: string, language: string): Promise<boolean> {
	const { detectLanguage } = await import('./langdetect/detect-language.ts');
	const detected = detectLanguage(text);
	return detected === null || detected === language;
}

const starBullet = compileLinear(`^${spaceClass}*\\*[^*].*$`, { multiline: true });
const dashBullet = compileLinear(`^${spaceClass}*-.*$`, { multiline: true });
const placeholder = compileLinear('\\[.*?\\]');
const title = compileLinear('<<([^\\n]+)>>');
const doublePostscript = compileLinear(`${spaceClass}*p\\.${spaceClass}?p\\.${spaceClass}?s.*$`, { multiline: true });
const postscript = compileLinear(`${spaceClass}*p\\.${spaceClass}?s\\..*$`, { multiline: true });

const constrained = ['My answer is yes.', 'My answer is no.', 'My answer is maybe.'];

/** Checks on the form of a response: marks, parts, JSON. */
const formChecks: Readonly<Record<string, Check>> = {
	'length_constraints:number_paragraphs': (response, args) => {
		const wanted = numberOf(args, 'num_paragraphs');
		if (wanted === null) return null;
		const pieces = response.split('***');
		const outer = [0, pieces.length - 1];
		const blank = pieces.flatMap((piece, index) => (isBlank(piece) ? [index] : []));
		if (blank.some((index) => !outer.includes(index))) return false;
		return pieces.length - blank.length === wanted;
	},
	'detectable_content:number_placeholders': (response, args) => {
		const wanted = numberOf(args, 'num_placeholders');
		return wanted === null ? null : countMatches(placeholder, response) >= wanted;
	},
	'detectable_content:postscript': (response, args) => {
		const marker = textOf(args, 'postscript_marker');
		if (marker === null) return null;
		const text = response.toLowerCase();
		if (marker === 'P.P.S') return countMatches(doublePostscript, text) > 0;
		if (marker === 'P.S.') return countMatches(postscript, text) > 0;
		return countMatches(compileLinear(quotePattern(marker.toLowerCase())), text) > 0;
	},
	'detectable_format:number_bullet_lists': (response, args) => {
		const wanted = numberOf(args, 'num_bullets');
		return wanted === null ? null : countMatches(starBullet, response) + countMatches(dashBullet, response) === wanted;
	},
	'detectable_format:constrained_response': (response) => constrained.some((text) => strip(response).includes(text)),
	'detectable_format:number_highlighted_sections': (response, args) => {
		const wanted = numberOf(args, 'num_highlights');
		if (wanted === null) return null;
		const single = response.match(/\*[^\n*]*\*/g) ?? [];
		const double = response.match(/\*\*[^\n*]*\*\*/g) ?? [];
		const filled = [...single, ...double].filter((text) => !isBlank(text.replaceAll('*', '')));
		return filled.length >= wanted;
	},
	'detectable_format:multiple_sections': (response, args) => {
		const wanted = numberOf(args, 'num_sections');
		const splitter = textOf(args, 'section_spliter');
		if (wanted === null || splitter === null) return null;
		return countMatches(compileLinear(`${quotePattern(strip(splitter))}${spaceClass}?[\\p{Nd}]+`), response) >= wanted;
	},
	'detectable_format:json_format': (response) => {
		let text = strip(response);
		for (const prefix of ['```json', '```Json', '```JSON', '```']) {
			if (text.startsWith(prefix)) text = text.slice(prefix.length);
		}
		return isPythonJson(strip(text.endsWith('```') ? text.slice(0, -3) : text));
	},
	'detectable_format:title': (response) => {
		// Matching is greedy, so each line has at most one match; the first non-empty one is enough.
		return response.split('\n').some((line) => {
			const [whole] = findOne(title, line, 'first') ?? [];
			return whole !== undefined && whole !== null && !isBlank(whole.replace(/^<+/, '').replace(/>+$/, ''));
		});
	},
	'combination:two_responses': (response) => {
		const pieces = response.split('******');
		const filled = pieces.filter((piece) => !isBlank(piece));
		const middleBlank = pieces.some((piece, index) => index > 0 && index < pieces.length - 1 && isBlank(piece));
		return !middleBlank && filled.length === 2 && strip(filled[0]!) !== strip(filled[1]!);
	},
};

/** Checks of IFEval's 25 instructions (Zhou et al., arXiv 2311.07911), by instruction id (docs/formulas.md#ifeval). */
export const instructionChecks: Readonly<Record<string, Check>> = { ...contentChecks, ...formChecks };
