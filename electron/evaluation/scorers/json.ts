import { isDeepStrictEqual } from 'node:util';
import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import { parseJsonExactly, TooLargeNumber, unfence } from '../../prompt/json-text.ts';
import { exactInteger } from '../../prompt/numbers.ts';
import { expectedText } from './expected-answer.ts';
import { compileSchema, problemsOf } from './json-schema.ts';
import { type ExactNumber, sameNumber } from './same-number.ts';
import { noTarget, quoted, rightIf, type ScoreInput, scored, unscored } from './score-outcome.ts';

type Of<Kind extends Scorer['kind']> = Extract<Scorer, { kind: Kind }>;

export function scoreJson(scorer: Of<'json'>, { output }: ScoreInput): Score {
	const parsed = parse(output, scorer.allowFence);
	if ('problem' in parsed) return rightIf(false, parsed.problem);
	if (scorer.schema === null) return rightIf(true, 'The output is JSON.');
	const validate = compileSchema(scorer.schema);
	return validate(parsed.value) === true
		? rightIf(true, 'The output follows the schema.')
		: rightIf(false, `The output does not follow the schema: ${problemsOf(validate)}.`);
}

/** Maximum number of leaves of an expected object that are compared. */
const mostFields = 10_000;
/** Depth below which a value counts as one field. */
const mostDepth = 50;

type Path = readonly string[];

export function scoreJsonFields(scorer: Of<'json-fields'>, { sample, output }: ScoreInput): Score {
	const text = expectedText(scorer.expected, sample);
	if (text === null) return unscored(noTarget);
	const expected = parse(text, true, parseJsonExactly);
	if ('problem' in expected) return unscored('The expected answer is no JSON.');
	const paths = scorer.fields.length > 0 ? scorer.fields.map((field) => field.split('.')) : leavesOf(expected.value);
	if (paths.length === 0) return unscored('The expected answer has no fields.');
	if (paths.length > mostFields) return unscored(`The expected answer has more than ${mostFields} fields.`);
	if (paths.some((path) => holdsTooLarge(at(expected.value, path)))) {
		return unscored('The expected answer has a number that is too large.');
	}
	const given = parse(output, scorer.allowFence, parseJsonExactly);
	if ('problem' in given) return rightIf(false, given.problem);
	const wrong = paths.filter((path) => !sameValue(at(expected.value, path), at(given.value, path), scorer));
	const right = paths.length - wrong.length;
	const named = wrong.slice(0, 5).map((path) => path.join('.') || 'the value');
	const more = wrong.length > named.length ? ` and ${wrong.length - named.length} more` : '';
	const words = `${right} of ${paths.length} fields are right${wrong.length === 0 ? '' : `; not ${named.join(', ')}${more}`}.`;
	return scorer.require === 'all' ? rightIf(wrong.length === 0, words) : scored(right / paths.length, words);
}

type Parsed = { readonly value: unknown } | { readonly problem: string };

function parse(text: string, allowFence: boolean, read: (text: string) => unknown = JSON.parse): Parsed {
	try {
		return { value: read(allowFence ? unfence(text) : text) };
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return { problem: text.trim() === '' ? 'The output is empty.' : `The output is no JSON: ${quoted(reason, 120)}.` };
	}
}

function holdsTooLarge(value: unknown): boolean {
	const open = [value];
	while (open.length > 0) {
		const current = open.pop();
		if (current instanceof TooLargeNumber) return true;
		if (typeof current === 'object' && current !== null) for (const inner of Object.values(current)) open.push(inner);
	}
	return false;
}

/** Paths to every leaf of a value. Uses a stack, because a value may be nested as deep as JSON.parse allows. */
function leavesOf(value: unknown): Path[] {
	const paths: Path[] = [];
	const open: { value: unknown; path: Path }[] = [{ value, path: [] }];
	while (open.length > 0 && paths.length <= mostFields) {
		const { value: current, path } = open.pop()!;
		const inside = typeof current === 'object' && current !== null && path.length < mostDepth;
		const entries = inside ? Object.entries(current) : [];
		if (entries.length === 0) paths.push(path);
		else for (const [key, inner] of entries.reverse()) open.push({ value: inner, path: [...path, key] });
	}
	return paths;
}

function at(value: unknown, path: Path): unknown {
	return path.reduce(ownField, value);
}

function ownField(value: unknown, key: string): unknown {
	return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
		? (value as Record<string, unknown>)[key]
		: undefined;
}

function sameValue(expected: unknown, given: unknown, { ignoreCase, tolerance }: Of<'json-fields'>): boolean {
	if (given === undefined) return false;
	const [want, have] = [numberOf(expected), numberOf(given)];
	if (want !== null && have !== null) return sameNumber(want, have, { tolerance });
	if (typeof expected === 'string' && typeof given === 'string') {
		const plain = (text: string): string => (ignoreCase ? text.toLowerCase() : text).normalize('NFC').trim();
		return plain(expected) === plain(given);
	}
	return isDeepStrictEqual(expected, given);
}

function numberOf(value: unknown): ExactNumber | null {
	if (typeof value === 'bigint') return { value: Number(value), integer: value };
	return typeof value === 'number' ? { value, integer: exactInteger(value) } : null;
}
