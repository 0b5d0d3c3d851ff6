import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import {
	type FoundNumber,
	firstNumber,
	gsm8kAnswer,
	gsm8kPlain,
	lastNumber,
	onlyNumber,
	wholeNumberText,
} from '../../prompt/numbers.ts';
import { expectedText } from './expected-answer.ts';
import { noAnswer, noTarget, quoted, rightIf, type ScoreInput, unscored } from './score-outcome.ts';

type Numeric = Extract<Scorer, { kind: 'numeric' }>;

/** Compares numbers; the GSM8K modes search the whole output, like lm-evaluation-harness. */
export function scoreNumeric(scorer: Numeric, { sample, output, answer }: ScoreInput): Score {
	const expected = expectedText(scorer.expected, sample);
	if (expected === null) return unscored(noTarget);
	const wanted = expectedNumber(expected);
	if (wanted === null) return unscored(`The expected answer ${quoted(expected)} is no number.`);
	const given = numberIn(scorer, output, answer);
	if (given === null) return rightIf(false, answer === null ? noAnswer : 'No number was found in the answer.');
	const want = sizeOf(wanted, scorer);
	const have = sizeOf(given, scorer);
	const apart = Math.abs(have - want);
	// Decimal fractions are inexact: 0.3 − 0.2 is not 0.1.
	const slack = 1e-9 * Math.max(Math.abs(want), Math.abs(have));
	const right = apart <= Math.max(scorer.tolerance, scorer.relativeTolerance * Math.abs(want)) + slack;
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

function sizeOf({ value, percent }: FoundNumber, { percentAsShare }: Numeric): number {
	return percent && percentAsShare ? value / 100 : value;
}
