import { Failure } from '../../../../models/contract/failure.ts';
import type { Score } from '../../../contract/evaluation/scorer.ts';
import { lastUserText } from '../../../prompt/build/compile.ts';
import { noTarget, rightIf, type ScoreInput, scored, unscored } from '../marked.ts';
import type { AskJudge, Judge } from './ask.ts';
import { gradeGrammar, passGrammar } from './grammar.ts';
import { judgePair } from './pair.ts';
import { judgeTurns } from './turns.ts';
import { readVerdict } from './verdict.ts';

/**
 * Marks an output by a model and a rubric. The grammar leaves the judge nothing but a verdict; one that it did not get to
 * (its reasons filled the answer) makes the row unscored.
 */
export async function scoreByJudge(judge: Judge, input: ScoreInput, ask: AskJudge): Promise<Score> {
	const { sample, output } = input;
	try {
		if (judge.scale === 'pair') {
			if (sample.target === null) return unscored(noTarget);
			const question = lastUserText(sample);
			const { preferred, explanation } = await judgePair(
				judge,
				{ question, first: output, second: sample.target },
				ask,
			);
			return scored({ first: 1, second: 0, tie: 0.5 }[preferred], explanation);
		}
		const turns = judgeTurns(judge, input);
		const pass = judge.scale === 'pass-fail';
		const best = judge.scale === 'grade-10' ? 10 : 5;
		const said = await ask(turns, pass ? passGrammar(judge.reasons) : gradeGrammar(best, judge.reasons));
		const grades = Array.from({ length: best }, (_, index) => String(index + 1));
		const { verdict, reasons } = readVerdict(said, pass ? ['PASS', 'FAIL'] : grades);
		if (verdict === null) return unscored('The judge came to no verdict.');
		if (pass) return rightIf(verdict === 'PASS', reasons || `The judge says ${verdict}.`);
		// A tenth, so that the mean is MT-Bench's own figure with the point moved: its grades begin at 1, and so at 0.1.
		const value = best === 10 ? Number(verdict) / 10 : (Number(verdict) - 1) / 4;
		return scored(value, `${verdict} of ${best}${reasons === '' ? '.' : `: ${reasons}`}`);
	} catch (error) {
		if (error instanceof Failure) return unscored(`The judge failed: ${error.message}`);
		throw error;
	}
}

/** Longest answer of a judge, tokens: a verdict, with reasons some sentences before it. */
export function judgeTokens(judge: Pick<Judge, 'reasons'>): number {
	return judge.reasons ? 400 : 16;
}
