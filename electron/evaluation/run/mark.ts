import type { Sample } from '../../contract/dataset/sample.ts';
import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import { scorerName } from '../plan/check.ts';
import { score } from '../scorers/score.ts';
import type { ScoringThread } from '../scorers/thread/scoring.ts';
import type { Made } from '../shard/made.ts';

/** Marks answers by every scorer that needs no model; judges come when all answers are there. */
export interface Marker {
	mark(sample: Sample, made: Pick<Made, 'output' | 'answer' | 'detail'>): Promise<ReadonlyMap<string, Score>>;
}

export function createMarker(scorers: readonly Scorer[], thread: ScoringThread): Marker {
	const plain = scorers.filter(({ kind }) => kind !== 'judge');
	return {
		async mark(sample, { output, answer, detail }) {
			const scores = new Map<string, Score>();
			const input = { sample, output, answer, detail };
			for (const scorer of plain) scores.set(scorerName(scorer), await score(scorer, input, { thread }));
			return scores;
		},
	};
}
