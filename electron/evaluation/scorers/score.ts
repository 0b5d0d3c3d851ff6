import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import type { PromptSample } from '../../contract/prompt/schema.ts';
import { instructionCount } from './ifeval/instructions.ts';
import { type AskJudge, scoreByJudge } from './judge.ts';
import { type ScoreInput, unscored } from './score-outcome.ts';
import type { ScoringWorker } from './scoring-worker-client.ts';

export interface ScoringServices {
	readonly worker: ScoringWorker;
	/** Asks the judge model; left out if none is loaded, which leaves its rows unscored. */
	readonly judge?: AskJudge;
}

/**
 * Scores one output with one scorer. A fault of the scorer, the sample or the output gives a null value with an
 * explanation; rejects only for a defect of this program, or if `judge` is aborted.
 */
export async function score(scorer: Scorer, input: ScoreInput, services: ScoringServices): Promise<Score> {
	if (scorer.kind !== 'judge') return services.worker.score(scorer, input);
	if (services.judge === undefined) return unscored('The judging model is not loaded.');
	return scoreByJudge(scorer, input, services.judge);
}

/** Checks a scorer before a run. Rejects with the Failure. */
export async function checkScorer(scorer: Scorer, thread: ScoringWorker): Promise<void> {
	if (scorer.kind !== 'judge') await thread.check(scorer);
}

/**
 * The weight of a sample's value: 1, except where parts of samples are pooled (`summarisePooled`). null: nothing is
 * pooled.
 */
export function pooledWeight(scorer: Scorer, sample: Pick<PromptSample, 'metadata'>): number | null {
	return scorer.kind === 'ifeval' && scorer.level === 'instruction' ? instructionCount(sample) : null;
}
