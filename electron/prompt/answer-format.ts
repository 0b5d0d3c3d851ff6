import { jsonGrammar, schemaGrammar } from '../../models/json-schema-grammar.ts';
import { anyJson } from '../contract/answer-format.ts';
import type { Technique } from '../contract/evaluation/technique.ts';

/** Returns the GBNF of an answer format; undefined: none. Throws Failure `schema-invalid`, `schema-unsupported`. */
export function answerGrammar(format: string | undefined): string | undefined {
	if (format === undefined || format === '') return undefined;
	return format === anyJson ? jsonGrammar() : schemaGrammar(format);
}

/** Returns the answer format that a technique asks for; undefined: none. */
export function techniqueFormat(technique: Technique): string | undefined {
	return 'answerFormat' in technique ? technique.answerFormat : undefined;
}
