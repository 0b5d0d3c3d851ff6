import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import type { Technique } from '../../contract/evaluation/technique.ts';
import type { Reading } from '../../prompt/reading.ts';
import type { ScoreInput } from './score-outcome.ts';

/** Limits for a user's or a model's code. */
export interface SandboxLimits {
	/** Milliseconds of processor time per call, including parsing. */
	readonly timeMs: number;
	readonly memoryMb: number;
}

/** What a program wrote, or what went wrong. */
export type ProgramOutcome = { readonly output: string } | { readonly problem: string };

/** Scorers that need no model. */
export type PlainScorer = Exclude<Scorer, { kind: 'judge' }>;

/** One piece of work; the worker does one at a time, in order. */
export type ScoringTask =
	| { readonly kind: 'score'; readonly scorer: PlainScorer; readonly input: ScoreInput }
	| { readonly kind: 'check'; readonly scorer: PlainScorer }
	/** A program that a model wrote, not a scorer. */
	| { readonly kind: 'run'; readonly code: string; readonly limits: SandboxLimits }
	| {
			readonly kind: 'read';
			readonly technique: Technique;
			/** One output, or the votes. */
			readonly texts: readonly string[];
			readonly choices: readonly string[] | null;
	  };

/** A config file to read, in a parser process. */
export interface ConfigTask {
	readonly text: string;
	/** For messages. */
	readonly name: string;
}

export type ScoringAnswer =
	| { readonly kind: 'score'; readonly score: Score }
	| { readonly kind: 'check' }
	| { readonly kind: 'run'; readonly outcome: ProgramOutcome }
	| { readonly kind: 'read'; readonly reading: Reading }
	| { readonly kind: 'failed'; readonly failure: FailureFacts };

/** What the worker sends: the answer, and before it the moment at which a user's script begins. */
export type ScoringMessage = ScoringAnswer | { readonly kind: 'script-starts' };

/**
 * The worker's code: next to this file, as TypeScript in a checkout or under the name that a build gives it
 * (`scoring-worker.js`). A host with another location passes its own URL.
 */
export const defaultScoringEntry = new URL(
	import.meta.url.endsWith('.ts') ? './scoring-worker.ts' : './scoring-worker.js',
	import.meta.url,
);
