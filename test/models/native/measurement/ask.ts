import type { MeasuredAnswer, MeasuredRow, MeasureRow } from '../../../../models/contract/native/tasks.ts';

type Sampling = MeasureRow['sampling'];

const greedy: Sampling = {
	temperature: 0,
	topK: 40,
	topP: 0.95,
	minP: 0.05,
	repeatPenalty: 1,
	maxTokens: 12,
	stop: [],
};

/** Creates a row with one user turn; greedy and short by default. */
export function asked(content: string, sampling: Partial<Sampling> = {}, seed = 1): MeasureRow {
	return { prompt: { turns: [{ role: 'user', content }] }, sampling: { ...greedy, ...sampling }, seed };
}

/** Creates a row with a text to continue. */
export function continued(text: string, sampling: Partial<Sampling> = {}, seed = 1): MeasureRow {
	return { prompt: { text }, sampling: { ...greedy, ...sampling }, seed };
}

/** Returns the answer of a row; fails the test if there is none. */
export function answerOf(row: MeasuredRow | undefined): MeasuredAnswer {
	if (row === undefined || 'failure' in row) throw new Error(`no answer: ${JSON.stringify(row)}`);
	return row;
}

export function failureCode(row: MeasuredRow | undefined): string | null {
	return row !== undefined && 'failure' in row ? row.failure.code : null;
}

/** Returns everything that must be equal bit by bit in two measurements of one shard: all but times. */
export function bitsOf(rows: readonly MeasuredRow[]): unknown[] {
	return rows.map((row) => ('failure' in row ? row : { ...row, ms: 0, ttftMs: 0 }));
}
