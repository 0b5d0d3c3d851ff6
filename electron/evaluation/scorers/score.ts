import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import type { PromptSample } from '../../contract/prompt/schema.ts';
import { instructionCount } from './ifeval/instructions.ts';
import { type AskJudge, scoreByJudge } from './judge.ts';
import { type ScoreInput, unscored } from './score-outcome.ts';
import type { ScoringWorker } from './scoring-worker-client.ts';

export interface ScoringServices {
	readonly worker: ScoringWorker;
	/** Asks the judging model; left out where none is loaded, and then its rows are unscored. */
	readonly judge?: AskJudge;
}

/**
 * Marks one output by one scorer. What the scorer, the sample or the output is to blame for is a value of null with an
 * explanation; it rejects only for what is wrong with this program, and for an abort of `judge`.
 */
export async function score(scorer: Scorer, input: ScoreInput, services: ScoringServices): Promise<Score> {
	if (scorer.kind !== 'judge') return services.worker.score(scorer, input);
	if (services.judge === undefined) return unscored('The judging model is not loaded.');
	return scoreByJudge(scorer, input, services.judge);
}

/** Says before a run what is wrong with a scorer. Rejects with the Failure. */
export async function checkScorer(scorer: Scorer, thread: ScoringWorker): Promise<void> {
	if (scorer.kind !== 'judge') await thread.check(scorer);
}

/** How much a sample's value counts: 1, but where parts of samples are pooled (`summarisePooled`). null: nothing is pooled. */
export function pooledWeight(scorer: Scorer, sample: Pick<PromptSample, 'metadata'>): number | null {
	return scorer.kind === 'ifeval' && scorer.level === 'instruction' ? instructionCount(sample) : null;
}
