import type { References } from './references.ts';
import type { WorkedExamples } from './worked-examples.ts';

/** What a reader of a test set needs beside the row. */
export interface CompanionFiles {
	/** Of the right answers, where they stand in a file of their own. */
	readonly labels: readonly number[] | null;
	/** Examples that reason, where they stand in a file of their own. */
	readonly worked: WorkedExamples | null;
	/** Reference answers, where they stand in a file of their own. */
	readonly references: References | null;
}
