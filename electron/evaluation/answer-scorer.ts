import type { Sample } from '../contract/dataset/schema.ts';
import type { Score, Scorer } from '../contract/evaluation/scorer.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import { passagesOf } from './arm-context.ts';
import { takenChoice } from './scorers/choice.ts';
import { score } from './scorers/score.ts';
import type { ScoringWorker } from './scorers/scoring-worker-client.ts';
import type { UnitOutcome } from './shard/unit-outcome.ts';

/** The extracted answer, and the score from each scorer. */
export interface ScoredAnswer {
	/** As found in the output; for likelihoods, the choice that the first choice scorer picked. */
	readonly answer: string | null;
	readonly scores: ReadonlyMap<string, Score>;
}

/** Scores answers with every scorer that needs no model; judges run once all answers exist. */
export interface AnswerScorer {
	score(sample: Sample, outcome: Pick<UnitOutcome, 'output' | 'answer' | 'detail' | 'pieces'>): Promise<ScoredAnswer>;
}

export function createAnswerScorer(scorers: readonly Scorer[], thread: ScoringWorker): AnswerScorer {
	const plain = scorers.filter(({ kind }) => kind !== 'judge');
	return {
		async score(sample, { output, answer, detail, pieces }) {
			const scores = new Map<string, Score>();
			const input = { sample, output, answer, detail, passages: passagesOf(detail, pieces) };
			for (const scorer of plain) scores.set(scorerName(scorer), await score(scorer, input, { worker: thread }));
			return { answer: takenChoice(scorers, input) ?? answer, scores };
		},
	};
}
