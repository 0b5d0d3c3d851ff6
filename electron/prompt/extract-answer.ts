import type { Extraction, Technique } from '../contract/evaluation/technique.ts';
import { lowerCase } from '../contract/lower-case.ts';
import { letterOf } from './choices.ts';
import { findJson, textOfValue, unfence, valueAt } from './json-text.ts';
import { plainContent } from './leak-guard.ts';
import { compileLinear, findOne } from './linear-regex.ts';
import { gsm8kAnswer, lastNumber } from './numbers.ts';
import { type Reading, readingOf } from './reading.ts';

/**
 * Extracts the answer from an output; null if it contains none, which is wrong and not unscored. `choices` help to find
 * a letter. Throws Failure `pattern-invalid`.
 */
export function extractAnswer(
	technique: Technique,
	output: string,
	choices: readonly string[] | null = null,
): string | null {
	switch (technique.kind) {
		case 'choice-likelihood':
			return null;
		case 'choice-letter':
			return letterIn(output, choices?.length) ?? letterOfChoice(output, choices);
		case 'zero-shot':
		case 'few-shot':
		case 'chain-of-thought':
		case 'self-consistency':
		case 'tools':
			return extractBy(technique.extract, output, choices);
	}
}

/** Like `extractAnswer`, by one rule. */
export function extractBy(
	extraction: Extraction,
	output: string,
	choices: readonly string[] | null = null,
): string | null {
	switch (extraction.kind) {
		case 'whole':
			return output.trim();
		case 'after':
			return afterMarker(output, extraction.marker);
		case 'regex':
			return matched(extraction, output);
		case 'last-number':
			return lastNumber(output)?.text ?? null;
		case 'gsm8k':
			return gsm8kAnswer(output, extraction.mode);
		case 'letter':
			return letterIn(output, choices?.length) ?? letterOfChoice(output, choices);
		case 'last-line':
			return output.trimEnd().split('\n').at(-1)?.trim() || null;
		case 'boxed':
			return boxed(output);
		case 'json': {
			const value = valueAt(findJson(unfence(output)), extraction.field);
			return value === undefined ? null : textOfValue(value);
		}
	}
}

/** Removes marks around an answer that are not part of it: emphasis, and a final full stop as BBH's authors do. */
function afterMarker(output: string, marker: string): string | null {
	const at = lowerCase(output).lastIndexOf(lowerCase(marker));
	if (at === -1) return null;
	const rest = output.slice(at + marker.length).replace(/^[\s*_:]+/, '');
	const [line = ''] = rest.split('\n', 1);
	const answer = line
		.replace(/[\s*_]+$/, '')
		.replace(/\.$/, '')
		.replace(/[\s*_]+$/, '');
	return answer === '' ? null : answer;
}

function matched(extraction: Extract<Extraction, { kind: 'regex' }>, output: string): string | null {
	const { pattern, ignoreCase, group, take } = extraction;
	return findOne(compileLinear(pattern, { ignoreCase }), output, take)?.[group]?.trim() ?? null;
}

function boxed(output: string): string | null {
	const opening = String.raw`\boxed{`;
	const at = output.lastIndexOf(opening);
	if (at === -1) return null;
	const start = at + opening.length;
	let depth = 1;
	for (let index = start; index < output.length; index += 1) {
		if (output[index] === '{') depth += 1;
		else if (output[index] === '}') depth -= 1;
		if (depth === 0) return output.slice(start, index).trim();
	}
	return null;
}

/** Finds a choice that is written out instead of its letter. */
function letterOfChoice(output: string, choices: readonly string[] | null): string | null {
	const text = plainContent(output);
	if (text === '' || choices === null) return null;
	const places = choices.flatMap((choice, index) => (plainContent(choice) === text ? [index] : []));
	return places.length === 1 ? letterOf(places[0]!) : null;
}

/** A letter that is an answer must not be part of a word. */
const alone = String.raw`(?![\p{L}\p{N}'’])`;

/**
 * In this order: the output is a letter, names the answer's letter (a small one only with a bracket: "is a" is also English), begins with a letter and a mark, or has one in
 * brackets.
 */
const patterns = [
	/^[\s*_("'[`]*([A-Za-z])[\s*_)"'\].:,`]*$/u,
	new RegExp(
		String.raw`(?:[Aa]nswer|ANSWER|[Cc]hoice|[Oo]ption)\s*(?:is|IS)?\s*[:=]?\s*[*_("'[\x60]*([A-Z]|[a-z](?=[)\]]))${alone}`,
		'gu',
	),
	/^[\s*_("'[`]*([A-Z])[*_"'`]*[)\].:]/u,
	/\(([A-Z])\)/gu,
	new RegExp(String.raw`(?<![\p{L}\p{N}'’])([B-HJ-Z])${alone}`, 'gu'),
] as const;

/** The letter that an output gives as its answer, among the first `count` letters (up to Z); null: it names none. */
export function letterIn(output: string, count = 26): string | null {
	const allowed = new Set(Array.from({ length: Math.min(count, 26) }, (_, index) => letterOf(index)));
	for (const pattern of patterns) {
		const letter = pattern.global ? lastOf(pattern, output, allowed) : pattern.exec(output)?.[1]?.toUpperCase();
		if (letter !== undefined && allowed.has(letter)) return letter;
	}
	return null;
}

function lastOf(pattern: RegExp, output: string, allowed: ReadonlySet<string>): string | undefined {
	let last: string | undefined;
	for (const [, found] of output.matchAll(pattern)) {
		const letter = found?.toUpperCase();
		if (letter !== undefined && allowed.has(letter)) last = letter;
	}
	return last;
}

/** Reads the answer from a model's text; with several texts, that of the majority. Throws Failure `pattern-invalid`. */
export function readAnswer(
	technique: Technique,
	texts: readonly string[],
	choices: readonly string[] | null = null,
): Reading {
	return readingOf(texts.map((output) => ({ answer: extractAnswer(technique, output, choices), output })));
}
