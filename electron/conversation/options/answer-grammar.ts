import { jsonGrammar, schemaGrammar } from '../../../models/grammar/json-schema.ts';

/** The word for any JSON; everything else is the text of a JSON Schema. */
export const anyJson = 'json';

/** GBNF of an answer format; undefined: none. Throws Failure `schema-invalid`, `schema-unsupported`. */
export function answerGrammar(format: string | undefined): string | undefined {
	if (format === undefined || format === '') return undefined;
	return format === anyJson ? jsonGrammar() : schemaGrammar(format);
}
