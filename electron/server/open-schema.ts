import type { ServerResponse } from 'node:http';
import type { ServerContext } from './context.ts';
import type { OpenSchema } from './openai/request.ts';

/** Most bytes of a header that names keywords. */
const maxHeaderLength = 1_000;

/** Names what the grammar of an answer leaves open: in a header, before the answer, and in the log. */
export function nameOpenSchema(
	{ log }: Pick<ServerContext, 'log'>,
	response: ServerResponse,
	openSchema: OpenSchema | null,
): void {
	if (openSchema === null) return;
	const words = openSchema.open.map(({ at, keyword }) => `${keyword} at ${at === '' ? '/' : at}`).join(', ');
	// Names of properties may be in any script.
	response.setHeader('x-assay-schema-open', encodeURI(words).replaceAll('%20', ' ').slice(0, maxHeaderLength));
	log(`server: keywords of a schema that the answer's grammar leaves open: ${words.slice(0, maxHeaderLength)}`);
}

/** Checks the finished answer for what was left open. The result is in a header, if none was sent, and in the log. */
export async function checkOpenSchema(
	{ log, checkSchema }: Pick<ServerContext, 'log' | 'checkSchema'>,
	response: ServerResponse,
	openSchema: OpenSchema | null,
	content: string,
): Promise<void> {
	if (openSchema === null) return;
	const problem = await checkSchema(openSchema.schema, content);
	if (problem !== null) log(`server: an answer does not follow its schema: ${problem.slice(0, maxHeaderLength)}`);
	if (response.headersSent) return;
	const before = response.getHeader('x-assay-schema-valid');
	response.setHeader('x-assay-schema-valid', problem === null && before !== 'false' ? 'true' : 'false');
}
