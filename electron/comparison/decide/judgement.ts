import type { ComparisonOutcome } from '../../contract/comparison/comparison.ts';

/** What becomes of one file. */
export interface Judgement {
	readonly outcome: ComparisonOutcome;
	/** In a few words, for the table. */
	readonly reason: string;
	/** Id of the file that leaves no reason to take this one. */
	readonly beatenBy?: number;
}
