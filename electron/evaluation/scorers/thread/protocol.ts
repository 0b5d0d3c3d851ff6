import type { FailureFacts } from '../../../../models/contract/failure.ts';
import type { Score, Scorer } from '../../../contract/evaluation/scorer.ts';
import type { Extraction } from '../../../contract/evaluation/technique.ts';
import type { ScoreInput } from '../marked.ts';

/** Scorers that need no model. */
export type PlainScorer = Exclude<Scorer, { kind: 'judge' }>;

/** One piece of work; the thread does one at a time, in order. */
export type ScoringTask =
	| { readonly kind: 'score'; readonly scorer: PlainScorer; readonly input: ScoreInput }
	| { readonly kind: 'check'; readonly scorer: PlainScorer }
	| {
			readonly kind: 'extract';
			readonly extraction: Extraction;
			readonly output: string;
			readonly choices: readonly string[] | null;
	  };

export type ScoringAnswer =
	| { readonly kind: 'score'; readonly score: Score }
	| { readonly kind: 'check' }
	| { readonly kind: 'extract'; readonly answer: string | null }
	| { readonly kind: 'failed'; readonly failure: FailureFacts };

/**
 * Where the thread's code lies: beside this file, as TypeScript in a checkout, or under the name that a build gives it
 * (`scoring-worker.js`). A host that puts it elsewhere passes its own address.
 */
export const defaultScoringEntry = new URL(
	import.meta.url.endsWith('.ts') ? './scoring-worker.ts' : './scoring-worker.js',
	import.meta.url,
);
