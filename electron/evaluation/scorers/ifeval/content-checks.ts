import { detect } from 'tinyld';
import { Failure } from '../../../../models/contract/failure.ts';
import {
	compileLinear,
	countMatches,
	type LinearPattern,
	matches,
	quotePattern,
} from '../../../prompt/answer/linear-regex.ts';
import { type Check, compareCount, numberOf, textOf, textsOf } from './arguments.ts';
import { isLower, isUpper, strip, words } from './python.ts';
import { countSentences } from './sentences.ts';
import { upperCaseTokens } from './tokens.ts';

/** What a response says: words, language, lengths. */
export const contentChecks: Readonly<Record<string, Check>> = {
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

/** As a pattern, whatever its case, as IFEval does; a keyword that is no pattern stands for itself. */
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

/** `\bword\b` with Python's idea of a word: letters and digits of every script. */
function holdsWord(text: string, word: string): boolean {
	const literal = word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
	return new RegExp(`${boundary}${literal}${boundary}`, 'iu').test(text);
}

/** Characters that are enough to tell the language. */
const detectLength = 20_000;

/**
 * Without any letter no language can be told, which counts as followed, as in IFEval. tinyld stands for its langdetect,
 * which always names some language: where tinyld is not sure of a short text, it is not the one asked for.
 */
function isLanguage(text: string, language: string): boolean {
	const part = text.slice(0, detectLength);
	return !/\p{L}/u.test(part) || detect(part.toLowerCase()) === language.split('-', 1)[0];
}
