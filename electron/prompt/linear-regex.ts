import { RE2JS, RE2JSSyntaxException } from 're2js';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';

/** A pattern in RE2 syntax: time grows only with the length of the text, whatever the pattern. */
export type LinearPattern = RE2JS;

export interface PatternOptions {
	readonly ignoreCase?: boolean;
	/** ^ and $ also match at line ends. */
	readonly multiline?: boolean;
	/** The dot also matches line ends. */
	readonly dotAll?: boolean;
}

/** Throws Failure `pattern-invalid`. */
export function compileLinear(pattern: string, options: PatternOptions = {}): LinearPattern {
	const flags =
		(options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) |
		(options.multiline ? RE2JS.MULTILINE : 0) |
		(options.dotAll ? RE2JS.DOTALL : 0);
	try {
		return RE2JS.compile(pattern, flags);
	} catch (error) {
		if (!(error instanceof RE2JSSyntaxException)) throw error;
		throw new Failure(
			{
				code: 'pattern-invalid',
				message: said`The pattern ${JSON.stringify(pattern)} can’t be used: ${error.message}.`,
				next: [
					said`Correct the pattern; look-ahead, look-behind and backreferences are not supported, because they can take for ever`,
					said`Write a JavaScript scorer instead`,
				],
			},
			{ cause: error },
		);
	}
}

/** Whether it matches anywhere in the text. */
export function matches(pattern: LinearPattern, text: string): boolean {
	return pattern.matcher(text).find();
}

/** Groups of the first or last match, the whole match first; null: no match. */
export function findOne(pattern: LinearPattern, text: string, take: 'first' | 'last'): (string | null)[] | null {
	const matcher = pattern.matcher(text);
	let found: (string | null)[] | null = null;
	while (matcher.find()) {
		found = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group));
		if (take === 'first') break;
	}
	return found;
}

/** Counts matches without overlaps. */
export function countMatches(pattern: LinearPattern, text: string): number {
	const matcher = pattern.matcher(text);
	let count = 0;
	while (matcher.find()) count += 1;
	return count;
}

/** A pattern that matches exactly this text. */
export function quotePattern(text: string): string {
	return RE2JS.quote(text);
}
