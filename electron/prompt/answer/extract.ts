import type { Extraction, Technique } from '../../contract/evaluation/technique.ts';
import { letterOf } from '../build/choices.ts';
import { plainContent } from '../build/leak.ts';
import { findJson, textOfValue, unfence, valueAt } from './json-text.ts';
import { letterIn } from './letter.ts';
import { compileLinear, findOne } from './linear-regex.ts';
import { gsm8kAnswer, lastNumber } from './numbers.ts';

/**
 * The answer in an output; null where it holds none, which is a wrong answer and not an unscored one. `choices` help to
 * find a letter. Throws Failure `pattern-invalid`.
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
			return extractBy(technique.extract, output, choices);
	}
}

/** As `extractAnswer`, by one rule. */
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

/** Marks around an answer that are no part of it: emphasis, and a final full stop as BBH's authors drop it. */
function afterMarker(output: string, marker: string): string | null {
	const at = output.toLowerCase().lastIndexOf(marker.toLowerCase());
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

/** A choice written out instead of its letter. */
function letterOfChoice(output: string, choices: readonly string[] | null): string | null {
	const said = plainContent(output);
	if (said === '' || choices === null) return null;
	const places = choices.flatMap((choice, index) => (plainContent(choice) === said ? [index] : []));
	return places.length === 1 ? letterOf(places[0]!) : null;
}
