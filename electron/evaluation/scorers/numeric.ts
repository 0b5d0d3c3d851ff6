import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import {
	exactInteger,
	type FoundNumber,
	firstNumber,
	gsm8kAnswer,
	gsm8kPlain,
	lastNumber,
	onlyNumber,
	wholeNumberText,
} from '../../prompt/numbers.ts';
import { expectedText } from './expected-answer.ts';
import { type ExactNumber, isComparable, sameNumber } from './same-number.ts';
import { noAnswer, noTarget, quoted, rightIf, type ScoreInput, unscored } from './score-outcome.ts';

type Numeric = Extract<Scorer, { kind: 'numeric' }>;

/** Compares numbers; the GSM8K modes search the whole output, like lm-evaluation-harness. */
export function scoreNumeric(scorer: Numeric, { sample, output, answer }: ScoreInput): Score {
	const expected = expectedText(scorer.expected, sample);
	if (expected === null) return unscored(noTarget);
	const wanted = expectedNumber(expected);
	if (wanted === null) return unscored(`The expected answer ${quoted(expected)} is no number.`);
	if (!isComparable(wanted)) return unscored(`The expected answer ${quoted(expected)} is too large.`);
	const given = numberIn(scorer, output, answer);
	if (given === null) return rightIf(false, answer === null ? noAnswer : 'No number was found in the answer.');
	if (!isComparable(given)) return rightIf(false, `${quoted(given.text)} is too large.`);
	const right = sameNumber(asShare(wanted, scorer), asShare(given, scorer), scorer);
	return rightIf(right, right ? `${given.text} is ${wanted.text}.` : `${given.text} is not ${wanted.text}.`);
}

/**
 * The expected number: the whole text, the number after `####` in GSM8K's own answers, or the only number of a short
 * text.
 */
function expectedNumber(text: string): FoundNumber | null {
	const whole = wholeNumberText(text);
	if (whole !== null) return whole;
	const marked = gsm8kAnswer(text, 'strict');
	if (marked !== null) return wholeNumberText(gsm8kPlain(marked));
	return onlyNumber(text);
}

function numberIn({ find }: Numeric, output: string, answer: string | null): FoundNumber | null {
	if (find === 'gsm8k-strict' || find === 'gsm8k-flexible') {
		const found = gsm8kAnswer(output, find === 'gsm8k-strict' ? 'strict' : 'flexible');
		return found === null ? null : wholeNumberText(gsm8kPlain(found));
	}
	if (answer === null) return null;
	if (find === 'whole') return wholeNumberText(answer);
	return find === 'first' ? firstNumber(answer) : lastNumber(answer);
}

function asShare(found: FoundNumber, { percentAsShare }: Numeric): ExactNumber {
	if (!(found.percent && percentAsShare)) return found;
	const value = found.value / 100;
	return { value, integer: exactInteger(value) };
}
