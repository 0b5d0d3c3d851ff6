import type { ReadableDatabase } from '../../database/handle.ts';
import { all } from '../../database/sql.ts';

/** As many of the newest answers tell how one writes. */
const newest = 2000;

/**
 * Tokens that the newest answers had to compute before their first word, what was in memory already not counted;
 * ascending.
 */
export function readPromptLengths(database: ReadableDatabase): readonly number[] {
	return all<{ tokens: number }>(
		database,
		`SELECT prompt_tokens - cached_tokens AS tokens FROM
		   (SELECT prompt_tokens, cached_tokens FROM generations WHERE prompt_tokens > 0 ORDER BY id DESC LIMIT :newest)
		 WHERE prompt_tokens > cached_tokens ORDER BY tokens`,
		{ newest },
	).map(({ tokens }) => tokens);
}
