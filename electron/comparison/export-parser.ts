import { said } from '../../models/contract/said.ts';
import { type Comparison, comparisonSchema } from '../contract/comparison/schema.ts';
import { createParserPool, type ParserPool } from '../parsing/parser-pool.ts';
import type { ParserProgram } from '../parsing/parser-process.ts';
import { ParserStopped } from '../parsing/parser-stopped.ts';

/** An export to read. */
export interface ReadingTask {
	readonly text: string;
}

/** Location of the code: next to this file in a checkout, or next to the bundle under its name in the build. */
const entry = new URL(
	import.meta.url.endsWith('.ts') ? './comparison-worker.ts' : './comparison-worker.js',
	import.meta.url,
);

/** Creates the processes that read comparisons of other computers; an export has some 100 kB. */
export function createComparisonParsers(program: Partial<ParserProgram> = {}): ParserPool {
	return createParserPool({ entry, ...program }, { memoryMb: 512, silenceMs: 30_000, outputBytes: 8 * 1024 * 1024 });
}

/**
 * Reads an export in a parser process. Throws what `readExport` throws, and Failure `file-needs-memory`,
 * `file-takes-too-long`, `file-yields-too-much`, `parser-died`.
 */
export async function parseExport(text: string, pool: ParserPool | undefined): Promise<Comparison> {
	const parsers = pool ?? createComparisonParsers();
	try {
		return comparisonSchema.parse(await parsers.run({ text } satisfies ReadingTask));
	} catch (error) {
		if (!(error instanceof ParserStopped)) throw error;
		throw error.failure({ what: said`the comparison`, subject: said`The comparison` }, [
			said`Save it as JSON again, in Compare on the other computer`,
		]);
	} finally {
		if (pool === undefined) await parsers.close();
	}
}
