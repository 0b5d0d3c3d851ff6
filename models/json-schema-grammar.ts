import { Failure } from './contract/failure.ts';
import { said } from './contract/said.ts';

type Schema = Record<string, unknown> | boolean;

/** Keywords that do not affect validity. */
const annotations: ReadonlySet<string> = new Set([
	...['$schema', '$id', '$comment', '$defs', 'definitions', 'title', 'description', 'default', 'examples'],
	...['deprecated', 'readOnly', 'writeOnly', 'format', 'contentMediaType', 'contentEncoding'],
]);

const understood: ReadonlySet<string> = new Set([
	...['type', 'properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems'],
	...['minLength', 'maxLength', 'enum', 'const', 'anyOf', 'oneOf', '$ref'],
]);

/** More rules or levels than any schema that a person writes; schemas may come from anywhere. */
const maxRules = 2000;
const maxDepth = 60;

/**
 * llama.cpp's own rules for JSON values (grammars/json.gbnf), with limited white space because models tend to continue
 * it.
 */
const basics: Readonly<Record<string, string>> = {
	ws: '| " " | "\\n" [ \\t]{0,20}',
	boolean: '"true" | "false"',
	null: '"null"',
	digits: '[0] | [1-9] [0-9]{0,15}',
	integer: '"-"? digits',
	number: '"-"? digits ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?',
	char: '[^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})',
	string: '"\\"" char* "\\""',
	array: '"[" ws (value ("," ws value)*)? ws "]"',
	pair: 'string ws ":" ws value',
	object: '"{" ws (pair ("," ws pair)*)? ws "}"',
	value: 'object | array | string | number | boolean | null',
};

function refused(at: string, reason: string): Failure {
	return new Failure({
		code: 'schema-unsupported',
		message: said`Answers can't be forced to match this schema: at ${at === '' ? 'its root' : at}, ${reason}.`,
		next: [
			said`Change the schema there`,
			said`Use “JSON” without a schema`,
			said`Describe the form in the prompt instead`,
		],
	});
}

/** Returns a text as a terminal of the grammar. */
const terminal = (text: string): string => JSON.stringify(text);

/** Returns a JSON value as a literal. */
const literal = (value: unknown): string => terminal(JSON.stringify(value));

const isSchema = (value: unknown): value is Schema =>
	typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));

class Writer {
	readonly #root: Record<string, unknown>;
	readonly #rules = new Map<string, string>();
	/** Rule names for targets of `$ref`, by pointer. */
	readonly #references = new Map<string, string>();
	#count = 0;

	constructor(root: Record<string, unknown>) {
		this.#root = root;
	}

	/** Adds a separate rule and returns its name. */
	#add(content: string): string {
		this.#count += 1;
		const name = `r${this.#count}`;
		this.#rules.set(name, content);
		return name;
	}

	grammar(): string {
		const root = this.rule(this.#root, '', 0);
		const rules = [...this.#rules].map(([name, content]) => `${name} ::= ${content}`);
		const values = Object.entries(basics).map(([name, content]) => `${name} ::= ${content}`);
		return `${[`root ::= ${root}`, ...rules, ...values].join('\n')}\n`;
	}

	/** Returns the part of a rule that matches a schema. */
	rule(schema: Schema, at: string, depth: number): string {
		if (depth > maxDepth || this.#count > maxRules) throw refused(at, 'it is too deep or too large');
		if (schema === true) return 'value';
		if (schema === false) throw refused(at, 'nothing is allowed');
		for (const keyword of Object.keys(schema)) {
			if (!annotations.has(keyword) && !understood.has(keyword)) throw refused(at, `“${keyword}” is not understood`);
		}
		if (schema.$ref !== undefined) return this.#reference(schema.$ref, at, depth);
		if ('const' in schema) return literal(schema.const);
		if (schema.enum !== undefined) {
			if (!Array.isArray(schema.enum) || schema.enum.length === 0) throw refused(at, '“enum” is no list of values');
			return this.#add(schema.enum.map(literal).join(' | '));
		}
		const choices = schema.anyOf ?? schema.oneOf;
		if (choices !== undefined) {
			if (!Array.isArray(choices) || choices.length === 0) throw refused(at, 'the choices are no list');
			if (schema.type !== undefined || schema.properties !== undefined) {
				throw refused(at, '“anyOf” beside other conditions is not understood');
			}
			return this.#add(choices.map((one, index) => this.#sub(one, `${at}/anyOf/${index}`, depth)).join(' | '));
		}
		return this.#typed(schema, at, depth);
	}

	#sub(schema: unknown, at: string, depth: number): string {
		if (!isSchema(schema)) throw refused(at, 'there is no schema');
		return this.rule(schema, at, depth + 1);
	}

	#reference(reference: unknown, at: string, depth: number): string {
		if (typeof reference !== 'string' || !reference.startsWith('#')) {
			throw refused(at, 'only references within the schema itself are understood');
		}
		const known = this.#references.get(reference);
		if (known !== undefined) return known;
		let found: unknown = this.#root;
		for (const part of reference.slice(1).split('/').filter(Boolean)) {
			const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
			found = isSchema(found) && typeof found !== 'boolean' && Object.hasOwn(found, key) ? found[key] : undefined;
		}
		if (!isSchema(found)) throw refused(at, `“${reference}” leads nowhere`);
		// Named before it is written because a schema may contain itself.
		const name = this.#add('value');
		this.#references.set(reference, name);
		const content = this.rule(found, reference, depth + 1);
		if (content === name) throw refused(at, `“${reference}” is nothing but itself`);
		this.#rules.set(name, content);
		return name;
	}

	#typed(schema: Record<string, unknown>, at: string, depth: number): string {
		const shape = schema.properties !== undefined ? 'object' : schema.items !== undefined ? 'array' : undefined;
		const type = schema.type ?? shape;
		if (type === undefined) return 'value';
		if (Array.isArray(type)) {
			return this.#add(type.map((one) => this.#typed({ ...schema, type: one }, at, depth + 1)).join(' | '));
		}
		switch (type) {
			case 'string':
				return this.#string(schema, at);
			case 'number':
			case 'integer':
			case 'boolean':
			case 'null':
				return String(type);
			case 'array':
				return this.#array(schema, at, depth);
			case 'object':
				return this.#object(schema, at, depth);
			default:
				throw refused(at, `there is no type “${String(type)}”`);
		}
	}

	/** Returns the bounds {least,most} of a repetition. */
	#times(schema: Record<string, unknown>, least: string, most: string, at: string): readonly [number, number | null] {
		const read = (key: string): number | null => {
			const value = schema[key];
			if (value === undefined) return null;
			if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 10_000) return value;
			throw refused(at, `“${key}” is no whole number up to 10,000`);
		};
		const [low, high] = [read(least) ?? 0, read(most)];
		if (high !== null && high < low) throw refused(at, `“${most}” is less than “${least}”`);
		return [low, high];
	}

	#string(schema: Record<string, unknown>, at: string): string {
		const [least, most] = this.#times(schema, 'minLength', 'maxLength', at);
		if (least === 0 && most === null) return 'string';
		return this.#add(`"\\"" char{${least},${most ?? ''}} "\\""`);
	}

	#array(schema: Record<string, unknown>, at: string, depth: number): string {
		const [least, most] = this.#times(schema, 'minItems', 'maxItems', at);
		const item = schema.items === undefined ? 'value' : this.#sub(schema.items, `${at}/items`, depth);
		if (most === 0) return this.#add('"[" ws "]"');
		const more = `("," ws ${item}){${Math.max(0, least - 1)},${most === null ? '' : most - 1}}`;
		const items = least === 0 ? `(${item} ${more})?` : `${item} ${more}`;
		return this.#add(`"[" ws ${items} ws "]"`);
	}

	/**
	 * Properties come in the schema's order. Each has two rules, one for when nothing has been written yet and one for
	 * when something has: only then a comma precedes the next property.
	 */
	#object(schema: Record<string, unknown>, at: string, depth: number): string {
		const properties = schema.properties ?? {};
		if (!isSchema(properties) || typeof properties === 'boolean') throw refused(at, '“properties” is no object');
		const required = schema.required ?? [];
		if (!Array.isArray(required)) throw refused(at, '“required” is no list');
		const names = Object.keys(properties);
		const missing = required.find((name) => !names.includes(String(name)));
		if (missing !== undefined) throw refused(at, `“${String(missing)}” is required and not among the properties`);
		if (names.length === 0 && schema.additionalProperties !== false && !isSchema(schema.additionalProperties)) {
			return 'object';
		}
		const more = this.#additional(schema, names.length, at, depth);
		let first = more === null ? '""' : this.#add(`(${more} ("," ws ${more})*)?`);
		let rest = more === null ? '""' : this.#add(`("," ws ${more})*`);
		for (const name of names.toReversed()) {
			const value = this.#sub(properties[name], `${at}/properties/${name}`, depth);
			const pair = this.#add(`${literal(name)} ws ":" ws ${value}`);
			const needed = required.includes(name);
			const [nextFirst, nextRest] = [first, rest];
			first = this.#add(needed ? `${pair} ${nextRest}` : `${pair} ${nextRest} | ${nextFirst}`);
			rest = this.#add(needed ? `"," ws ${pair} ${nextRest}` : `("," ws ${pair})? ${nextRest}`);
		}
		return this.#add(`"{" ws ${first} ws "}"`);
	}

	/**
	 * Returns the rule of an additional pair; null if none is allowed, which is also the case if the schema names
	 * properties and says nothing of additional ones.
	 */
	#additional(schema: Record<string, unknown>, named: number, at: string, depth: number): string | null {
		const { additionalProperties: more } = schema;
		if (more === undefined || more === false) return named === 0 && more === undefined ? 'pair' : null;
		if (more === true) return 'pair';
		return this.#add(`string ws ":" ws ${this.#sub(more, `${at}/additionalProperties`, depth)}`);
	}
}

/** Returns the GBNF of any JSON value. */
export function jsonGrammar(): string {
	return new Writer({}).grammar();
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
	return new Writer(schema).grammar();
}

function invalid(reason: string): Failure {
	return new Failure({
		code: 'schema-invalid',
		message: said`This is no JSON Schema: ${reason}.`,
		next: [
			said`Correct it`,
			said`Start from {"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}`,
		],
	});
}
