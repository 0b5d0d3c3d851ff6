import { jsonGrammar, schemaGrammar } from '../../models/json-schema-grammar.ts';
import { anyJson } from '../contract/answer-format-name.ts';

/** Returns the GBNF of an answer format; undefined: none. Throws Failure `schema-invalid`, `schema-unsupported`. */
export function answerGrammar(format: string | undefined): string | undefined {
	if (format === undefined || format === '') return undefined;
	return format === anyJson ? jsonGrammar() : schemaGrammar(format);
}
