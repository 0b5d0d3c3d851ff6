import { Failure } from './contract/failure.ts';
import { said } from './contract/said.ts';
import { GrammarWriter, isSchema, type OpenKeyword, type Schema } from './json-schema/grammar-writer.ts';

/** Returns the GBNF of any JSON value. */
export function jsonGrammar(): string {
	return new GrammarWriter().grammar('value');
}

/** Returns the GBNF of any JSON object: what OpenAI's `json_object` promises. */
export function objectGrammar(): string {
	return lenientSchemaGrammar({ type: 'object' }, 'allow').grammar;
}

/**
 * Returns the GBNF for a JSON Schema (2020-12, the part that a grammar can express). Throws Failure
 * `schema-unsupported` naming the place, and `schema-invalid` for a text that is not a JSON object.
 */
export function schemaGrammar(text: string): string {
	let schema: unknown;
	try {
		schema = JSON.parse(text);
	} catch (error) {
		throw invalid(error instanceof Error ? error.message : String(error));
	}
	if (!isSchema(schema) || typeof schema === 'boolean') throw invalid('it is no JSON object');
	const writer = new GrammarWriter();
	return writer.grammar(writer.schema(schema));
}

export interface LenientGrammar {
	readonly grammar: string;
	/** What the grammar leaves open: the finished text has to be checked. */
	readonly open: readonly OpenKeyword[];
}

/**
 * Returns the GBNF of a JSON Schema that comes from a program: what a grammar can't express is left open and named.
 * Throws Failure `schema-unsupported` for a value that is no schema, and for a schema that allows nothing or is too deep
 * or too large.
 */
export function lenientSchemaGrammar(schema: Schema, undeclared: 'allow' | 'forbid' = 'forbid'): LenientGrammar {
	const writer = new GrammarWriter({ lenient: true, undeclared });
	const grammar = writer.grammar(writer.schema(schema));
	return { grammar, open: writer.open };
}

function invalid(reason: string): Failure {
	return new Failure({
		code: 'schema-invalid',
		message: said`This isn’t a JSON Schema: ${reason}.`,
		next: [
			said`Correct it`,
			said`Start from {"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}`,
		],
	});
}
