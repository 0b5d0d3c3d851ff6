import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

/**
 * Path of a file in ../shared/data, which only some checkouts have; skips the test, with the reason, if it is missing.
 */
export function sharedFile(context: Pick<TestContext, 'skip'>, ...parts: readonly string[]): string {
	const path = join(folder, ...parts);
	if (!existsSync(path)) context.skip(`SKIPPED: ../shared/data/${parts.join('/')} is not here`);
	return path;
}

/** Reads the rows of a JSONL file in ../shared/data. */
export function sharedRows<Row>(context: Pick<TestContext, 'skip'>, ...parts: readonly string[]): Row[] {
	const text = readFileSync(sharedFile(context, ...parts), 'utf8').trim();
	return text.split('\n').map((line) => JSON.parse(line) as Row);
}
