import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import { compileLinear, type LinearPattern, matches, quotePattern } from '../../prompt/linear-regex.ts';
import { parseTemplate } from '../../prompt/template.ts';
import { alternatives, expectedText } from './expected-answer.ts';
import { normalise } from './normalise-text.ts';
import { noAnswer, noTarget, quoted, rightIf, type ScoreInput, unscored } from './score-outcome.ts';

type Of<Kind extends Scorer['kind']> = Extract<Scorer, { kind: Kind }>;

export function scoreExact(scorer: Of<'exact'>, { sample, answer }: ScoreInput): Score {
	const expected = expectedText(scorer.expected, sample);
	if (expected === null) return unscored(noTarget);
	if (answer === null) return rightIf(false, noAnswer);
	const given = normalise(answer, scorer);
	const wanted = alternatives(expected, scorer.separator);
	const right = wanted.some((text) => normalise(text, scorer) === given);
	return rightIf(
		right,
		right ? `${quoted(answer)} is expected.` : `${quoted(answer)} is not ${quoted(wanted.join(' or '))}.`,
	);
}

export function scoreIncludes(scorer: Of<'includes'>, { sample, output }: ScoreInput): Score {
	const expected = expectedText(scorer.expected, sample);
	if (expected === null) return unscored(noTarget);
	const text = normalise(output, scorer);
	const wanted = alternatives(expected, scorer.separator);
	// Every output contains an empty text.
	if (wanted.some((part) => normalise(part, scorer) === '')) return unscored('The expected text is empty.');
	const missing = wanted.filter((part) => !text.includes(normalise(part, scorer)));
	const right = scorer.all ? missing.length === 0 : missing.length < wanted.length;
	if (right)
		return rightIf(true, `The output contains ${quoted(wanted.find((part) => !missing.includes(part)) ?? '')}.`);
	return rightIf(false, `The output does not contain ${quoted(missing.join(scorer.all ? ', ' : ' or '))}.`);
}

export function scoreRegex(scorer: Of<'regex'>, { sample, output }: ScoreInput): Score {
	const pattern = patternFor(scorer, sample);
	if (pattern === null) return unscored('The pattern names a variable that the sample does not have.');
	const found = matches(pattern, output);
	const words = found ? 'The pattern matches.' : 'The pattern does not match.';
	return rightIf(found === (scorer.right === 'match'), words);
}

/**
 * The pattern with the sample's values in place of variables, each matching only itself; null if the sample lacks one.
 * A `{{` that names no variable is part of the pattern. Throws Failure `pattern-invalid`.
 */
function patternFor(scorer: Of<'regex'>, sample: ScoreInput['sample']): LinearPattern | null {
	const parts = partsOf(scorer.pattern);
	const texts: string[] = [];
	for (const part of parts) {
		if (part.kind === 'text') texts.push(part.text);
		else {
			const value = expectedText(`{{${part.name}}}`, sample);
			if (value === null) return null;
			texts.push(quotePattern(value));
		}
	}
	return compiled(texts.join(''), scorer);
}

/** Throws Failure `pattern-invalid`. */
export function checkPattern(scorer: Of<'regex'>): void {
	compiled(
		partsOf(scorer.pattern)
			.map((part) => (part.kind === 'text' ? part.text : 'x'))
			.join(''),
		scorer,
	);
}

function partsOf(pattern: string) {
	try {
		return parseTemplate(pattern);
	} catch {
		// For example a{{2}}: not a variable, so it keeps its meaning in the pattern.
		return [{ kind: 'text', text: pattern }] as const;
	}
}

let last: { readonly key: string; readonly pattern: LinearPattern } | null = null;

function compiled(pattern: string, { ignoreCase, multiline, dotAll }: Of<'regex'>): LinearPattern {
	const key = JSON.stringify([pattern, ignoreCase, multiline, dotAll]);
	if (last?.key !== key) last = { key, pattern: compileLinear(pattern, { ignoreCase, multiline, dotAll }) };
	return last.pattern;
}
