import { Failure } from '../../../models/contract/failure.ts';
import type { Score } from '../../contract/evaluation/scorer.ts';
import { lastUserText } from '../../prompt/compile-prompt.ts';
import { scoreChoice, scoreLetter } from './choice.ts';
import { expectedNames } from './expected-answer.ts';
import { scoreJson, scoreJsonFields } from './json.ts';
import { compileSchema } from './json-schema.ts';
import { scoreNumeric } from './numeric.ts';
import type { Sandbox } from './sandbox.ts';
import { type ScoreInput, unscored } from './score-outcome.ts';
import type { PlainScorer } from './scoring-worker-protocol.ts';
import { scoreQuotes, scoreSources } from './sources.ts';
import { checkPattern, scoreExact, scoreIncludes, scoreRegex } from './text-match.ts';
import { scoreLevenshtein, scoreRouge } from './text-similarity.ts';
import { scoreToolCalls } from './tool-calls/score-tool-calls.ts';

/**
 * Scores on the calling thread; runs call `score`, which has limits. An unusable scorer, such as one with an invalid
 * pattern, leaves the row unscored and says why.
 */
export async function scorePlain(scorer: PlainScorer, input: ScoreInput, sandbox: Sandbox): Promise<Score> {
	try {
		switch (scorer.kind) {
			case 'exact':
				return scoreExact(scorer, input);
			case 'includes':
				return scoreIncludes(scorer, input);
			case 'regex':
				return scoreRegex(scorer, input);
			case 'numeric':
				return scoreNumeric(scorer, input);
			case 'json':
				return scoreJson(scorer, input);
			case 'json-fields':
				return scoreJsonFields(scorer, input);
			case 'choice':
				return scoreChoice(scorer, input);
			case 'letter':
				return scoreLetter(input);
			case 'levenshtein':
				return scoreLevenshtein(scorer, input);
			case 'rouge-l':
				return scoreRouge(scorer, input);
			case 'ifeval': {
				// 25 checks that only this scorer needs.
				const { scoreIfeval } = await import('./ifeval/ifeval.ts');
				return await scoreIfeval(scorer, input);
			}
			case 'tool-calls':
				return scoreToolCalls(scorer, input);
			case 'sources':
				return scoreSources(scorer, input);
			case 'quotes':
				return scoreQuotes(input);
			case 'javascript':
				return await sandbox.score(scorer.code, scriptInput(input), scorer);
		}
	} catch (error) {
		if (error instanceof Failure) return unscored(error.message);
		// The stack overflowed: JSON inside JSON inside JSON.
		if (error instanceof RangeError)
			return unscored('The output or the expected answer is nested too deeply to be compared.');
		throw error;
	}
}

/**
 * Throws Failure `pattern-invalid`, `schema-invalid`, `script-invalid` or `template-invalid` if the scorer could score
 * nothing.
 */
export async function checkPlain(scorer: PlainScorer, sandbox: Sandbox): Promise<void> {
	if ('expected' in scorer) expectedNames(scorer.expected);
	if (scorer.kind === 'regex') checkPattern(scorer);
	if (scorer.kind === 'json' && scorer.schema !== null) compileSchema(scorer.schema);
	if (scorer.kind === 'javascript') await sandbox.check(scorer.code, scorer);
}

/** The input of a user's function. */
function scriptInput({ sample, output, answer }: ScoreInput) {
	const { target, choices, variables, metadata } = sample;
	return { input: lastUserText(sample), target, choices, variables, metadata, output, answer };
}
